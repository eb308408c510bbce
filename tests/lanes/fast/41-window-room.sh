#!/bin/bash
# the window in a room: a phone that scans the code off the screen, snug-cli, files, every refusal in words
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

window_cases () {
  SNUG_BUILD=$1 tests/tools/in-window-session tests/tools/env "$1" /usr/bin/python3 "tests/ui/$2" "${@:3}"
}

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain; then
  lane_light_chromium
  lane_counted window_cases "$PWD/build" test_room.py
  lane_counted window_cases "$PWD/build" test_chat.py 'a message is answered' 'what the other side edits'
fi
lane_end
