#!/bin/bash
# files of 150 MB to and from Chromium, Firefox and old pages in both, in both roles; the old page in Firefox
# limit: 2700
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
SNUG_TEST_BROWSERS=firefox lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/old-page.test.mjs
for browser in chromium firefox; do
  export SNUG_TEST_BROWSERS=$browser
  lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/large-files.test.mjs
done
lane_end
