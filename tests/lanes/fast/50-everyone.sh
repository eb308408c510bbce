#!/bin/bash
# snug-server, two command lines, a page in Chromium and the window in one room: chat and a file of 5 MB
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain; then
  SNUG_BUILD=$PWD/build lane_counted tests/tools/in-window-session tests/tools/env build tests/tools/count-tap \
    /usr/bin/python3 tests/everyone/test_everyone.py
fi
lane_end
