#!/bin/bash
# the window: every state of a room in words, what is done with files less often, and all its words in every language
# limit: 900
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ and the gallery compile with -Werror' -- tests/tools/build plain tests/ui/gallery; then
  for file in test_states.py test_files_more.py test_copies.py test_languages.py; do
    lane_window "$file"
  done
fi
lane_end
