#!/bin/bash
# the window, driven through accessibility: doors, keys, settings, files on their way, names for a screen reader
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

# window_cases BUILD FILE: the cases of a test file, in a desktop of their own.
window_cases () {
  SNUG_BUILD=$1 tests/tools/in-window-session tests/tools/env "$1" /usr/bin/python3 "tests/ui/$2"
}

if lane_case 'build/ and the gallery compile with -Werror' -- tests/tools/build plain tests/ui/gallery; then
  for file in test_start.py test_files.py test_names.py; do
    lane_counted window_cases "$PWD/build" "$file"
  done
fi
lane_end
