#!/bin/bash
# three snug-servers behind one name, with a real Redis between them: killed, restarted; under ASan and UBSan
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build-test/ compiles with -Werror and the sanitizers' -- tests/tools/build sanitized; then
  lane_counted tests/tools/count-tap /usr/bin/python3 tests/server/test-redis.py
fi
lane_end
