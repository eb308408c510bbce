#!/bin/bash
# a page of version 1 in Chromium and snug-cli, in both roles, on servers of both versions
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

tests/tools/build plain >/dev/null || exit 1
lane_light_chromium
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/interop/old-page.test.mjs
lane_end
