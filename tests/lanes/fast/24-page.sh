#!/bin/bash
# the web page in Chromium: people in a room, files, refusals, a hostile member; plain http, a loss, and the check-up
# limit: 900
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
lane_light_chromium
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-page.test.mjs
for what in page-network page-doctor; do
  lane_counted tests/interop/in-network tests/tools/count-tap node --test --test-reporter=tap tests/interop/$what.test.mjs
done
lane_end
