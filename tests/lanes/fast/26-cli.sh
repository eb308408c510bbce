#!/bin/bash
# snug-cli: its words, its JSON lines, its line editor and its screen, under ASan, UBSan and LSan
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build-test/ compiles with -Werror and the sanitizers' -- tests/tools/build sanitized; then
  # They mostly wait.
  lane_meson build-test --suite cli --num-processes 5
fi
lane_end
