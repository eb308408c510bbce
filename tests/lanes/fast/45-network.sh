#!/bin/bash
# snug-cli through NATs in network namespaces: directly, at a relay, at a relay with UDP blocked
# limit: 180
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  lane_counted /usr/bin/python3 tests/lab/cells.py build direct relay no-udp
fi
lane_end
