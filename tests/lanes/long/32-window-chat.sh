#!/bin/bash
# the chat of the window: answers, edits, reactions, its menu by keyboard, search, pictures, long texts, saving
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

window_cases () {
  SNUG_BUILD=$1 tests/tools/in-window-session tests/tools/env "$1" /usr/bin/python3 "tests/ui/$2"
}

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  lane_counted window_cases "$PWD/build" test_chat.py
fi
lane_end
