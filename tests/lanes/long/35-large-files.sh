#!/bin/bash
# files of 150 MB to and from Chromium, our page and one of version 1, in both roles
# limit: 1200
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
SNUG_TEST_BROWSERS=chromium lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/large-files.test.mjs
lane_end
