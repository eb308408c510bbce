#!/bin/bash
# the web page in Chromium and snug-cli in one room; folders, and what a reload of the page leaves
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
lane_light_chromium
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-cli.test.mjs
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-folders.test.mjs
lane_end
