#!/bin/bash
# the unit tests of every layer below the window, under ASan, UBSan and LSan
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build-test/ compiles with -Werror and the sanitizers' -- tests/tools/build sanitized; then
  # They mostly wait.
  lane_meson build-test --suite core --num-processes 6
fi
lane_end
