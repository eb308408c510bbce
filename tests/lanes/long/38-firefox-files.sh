#!/bin/bash
# a page of version 1 in Firefox; files of 150 MB to and from Firefox, our page and one of version 1, in both roles
# limit: 1800
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
export SNUG_TEST_BROWSERS=firefox
for what in old-page large-files; do
  lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/$what.test.mjs
done
lane_end
