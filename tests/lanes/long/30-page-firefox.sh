#!/bin/bash
# the web page in Firefox, beside Chromium, beside itself and beside snug-cli; the check-up in both, with a relay
# limit: 1800
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
for browsers in 'chromium firefox' 'firefox chromium' firefox; do
  export SNUG_TEST_BROWSERS=$browsers
  lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-page.test.mjs
done
for what in page-cli page-folders; do
  SNUG_TEST_BROWSERS=firefox lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/$what.test.mjs
done
for browser in chromium firefox; do
  SNUG_TEST_LONG=1 SNUG_TEST_BROWSERS=$browser lane_counted tests/interop/in-network tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-doctor.test.mjs
done
lane_end
