#!/bin/bash
# ten members of every kind in one room: five command lines, Chromium, Firefox, a phone, the window
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain; then
  SNUG_BUILD=$PWD/build lane_counted tests/tools/in-window-session tests/tools/env build tests/tools/count-tap \
    /usr/bin/python3 tests/everyone/test_everyone.py --many
fi
lane_end
