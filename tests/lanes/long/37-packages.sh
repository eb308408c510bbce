#!/bin/bash
# Debian packages: built, looked at by lintian, installed and run in a fresh system; an OCI image of the server, started
# limit: 2400
# alone
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain &&
   lane_case 'dpkg-buildpackage makes packages' -- tests/tools/debian-packages "$box"; then
  lane_case 'lintian finds nothing' -- lintian --allow-root --fail-on error,warning "$box"/*.changes
  SNUG_BUILD=$PWD/build lane_counted tests/tools/count-tap /usr/bin/python3 tests/packages/test-packages.py "$box"
fi
lane_end
