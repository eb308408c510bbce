#!/bin/bash
# the unit tests again and again under the sanitizers: none may pass only sometimes
# limit: 1800
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build-test/ compiles' -- tests/tools/build sanitized; then
  for round in 1 2 3; do
    lane_case "round $round passes" -- /usr/bin/meson test -C build-test --print-errorlogs --no-rebuild
  done
fi
lane_end
