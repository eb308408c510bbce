#!/bin/bash
# the web page's types and its unit tests, on the same data as the C side
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

lane_case 'tsc --checkJs --strict has nothing to say' -- tests/node_modules/.bin/tsc -p src/web
lane_counted tests/tools/count-tap node --test --test-reporter=tap tests/web/*.test.mjs
lane_end
