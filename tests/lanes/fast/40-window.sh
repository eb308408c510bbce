#!/bin/bash
# the window, driven through accessibility: doors, keys, settings, files on their way, names for a screen reader
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ and the gallery compile with -Werror' -- tests/tools/build plain tests/ui/gallery; then
  for file in test_start.py test_files.py test_names.py; do
    lane_window "$file"
  done
fi
lane_end
