#!/bin/bash
# snug-cli in network namespaces: through NATs, directly and at relays; what its doctor finds; what an evil server hears; who may come to a room that it carries
# limit: 180
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  lane_counted /usr/bin/python3 tests/lab/cells.py build direct relay no-udp tls
  lane_counted /usr/bin/python3 tests/lab/doctor.py build easy no-udp strict no-server
  lane_counted /usr/bin/python3 tests/lab/evil.py build private own-relay open
  lane_counted /usr/bin/python3 tests/lab/door.py build
fi
lane_end
