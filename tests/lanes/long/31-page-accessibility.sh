#!/bin/bash
# every state of the web page, phone and desktop, light and dark, by axe-core: what some people could not use
# limit: 900
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/page-accessibility.test.mjs
lane_end
