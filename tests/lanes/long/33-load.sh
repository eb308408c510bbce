#!/bin/bash
# snug-server with a thousand members, 100 joining at once, beside slow requests, bad joins and frames too large
# limit: 900
# alone
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain; then
  SNUG_BUILD=$PWD/build lane_counted tests/tools/count-tap /usr/bin/python3 tests/server/test-load.py
fi
lane_end
