#!/bin/bash
# ten thousand files in a folder; memory, of nine receivers and of 10 GB; nine receivers of a file, and of a folder, behind 10 MB/s; half a gigabyte whose sender, or receiver, is killed at twenty random moments: it goes on each time; five receivers whose sender is killed for good, and six who chose different files of a folder
# limit: 2700
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  lane_counted tests/tools/count-tap env SNUG_BUILD="$PWD/build" tests/cli/test-kill.py --mebibytes 500 --kills 20 --spare 2 --for-good
  lane_counted tests/tools/count-tap env SNUG_BUILD="$PWD/build" tests/cli/test-many-files.py
  lane_counted tests/tools/count-tap env SNUG_BUILD="$PWD/build" tests/cli/test-memory.py
  lane_counted tests/tools/count-tap env SNUG_BUILD="$PWD/build" tests/cli/test-uplink.py
fi
lane_end
