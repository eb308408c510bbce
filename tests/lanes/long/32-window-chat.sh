#!/bin/bash
# the chat of the window: answers, edits, reactions, its menu by keyboard, search, pictures, long texts, saving
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  lane_window test_chat.py
fi
lane_end
