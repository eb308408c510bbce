#!/bin/bash
# the web page in Chromium: people in a room, files, refusals, a hostile member; plain http and a loss
# limit: 900
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
lane_light_chromium
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-page.test.mjs
lane_counted tests/interop/in-network tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-network.test.mjs
lane_end
