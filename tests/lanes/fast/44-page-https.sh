#!/bin/bash
# the web page on https in Chromium: installing it, what it keeps, without its server, a new version; and in another language
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-https.test.mjs
lane_light_chromium
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-languages.test.mjs
lane_end
