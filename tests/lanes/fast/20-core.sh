#!/bin/bash
# the unit tests of every layer below the window, under ASan, UBSan and LSan
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

core_suite () {
  local log=build-test/meson-logs/testlog.json
  rm -f "$log"
  /usr/bin/meson test -C build-test --suite core --print-errorlogs --no-rebuild
  /usr/bin/python3 tests/tools/count-meson "$log"
}

if lane_case 'build-test/ compiles with -Werror and the sanitizers' -- tests/tools/build sanitized; then
  lane_counted core_suite
fi
lane_end
