#!/bin/bash
# the page and large files: reloads, half a minute offline, 1 GiB over plain http, 2.5 GiB over https and the memory they take
# limit: 3000
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
export SNUG_TEST_LONG=1
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-folders.test.mjs
SNUG_TEST_LISTEN=10.77.0.1:0 lane_counted tests/interop/in-network tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-folders.test.mjs
lane_counted tests/interop/in-network tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-receive.test.mjs
lane_end
