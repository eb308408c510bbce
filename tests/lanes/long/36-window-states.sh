#!/bin/bash
# the window: every state of a room in words, what is done with files less often, and all its words in every language
# limit: 900
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

window_cases () {
  SNUG_BUILD=$1 tests/tools/in-window-session tests/tools/env "$1" /usr/bin/python3 "tests/ui/$2"
}

if lane_case 'build/ and the gallery compile with -Werror' -- tests/tools/build plain tests/ui/gallery; then
  for file in test_states.py test_files_more.py test_copies.py test_languages.py; do
    lane_counted window_cases "$PWD/build" "$file"
  done
fi
lane_end
