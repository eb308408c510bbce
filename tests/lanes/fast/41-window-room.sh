#!/bin/bash
# the window in a room: a phone that scans the code off the screen, snug-cli, files, every refusal in words
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain; then
  lane_light_chromium
  lane_window test_room.py
  lane_window test_chat.py 'a message is answered' 'what the other side edits'
fi
lane_end
