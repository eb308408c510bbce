#!/bin/bash
# snug-cli: its words, its JSON lines, its line editor and its screen, under ASan, UBSan and LSan
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

cli_suite () {
  local log=build-test/meson-logs/testlog.json
  rm -f "$log"
  /usr/bin/meson test -C build-test --suite cli --print-errorlogs --no-rebuild
  /usr/bin/python3 tests/tools/count-meson "$log"
}

if lane_case 'build-test/ compiles with -Werror and the sanitizers' -- tests/tools/build sanitized; then
  lane_counted cli_suite
fi
lane_end
