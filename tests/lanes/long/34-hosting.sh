#!/bin/bash
# the service is shut in; HOSTING.md taken at its word: TLS of its own, behind a real nginx and a real Caddy
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain; then
  lane_case 'the service is as good as shut in' -- \
    systemd-analyze security --offline=true --threshold=20 build/data/snug-server.service
  SNUG_BUILD=$PWD/build lane_counted tests/tools/count-tap /usr/bin/python3 tests/server/test-hosting.py
fi
lane_end
