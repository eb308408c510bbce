#!/bin/bash
# every state of the web page: what some people could not use, by axe-core or with a finger, and what is cut off at 320 pixels in any language
# limit: 900
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
for what in page-accessibility page-cut-off; do
  lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/$what.test.mjs
done
lane_end
