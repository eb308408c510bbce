#!/bin/bash
# snug-cli through NATs: all kinds of routers with all, those that must not connect too; what its doctor finds in each; who dies, is cut off or moves meanwhile; rooms found by Avahi; what goes past a proxy, also of who comes behind it; long lines that lose packets and reorder them
# limit: 1200
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  lane_counted /usr/bin/python3 tests/lab/cells.py build
  lane_counted /usr/bin/python3 tests/lab/doctor.py build
  lane_counted /usr/bin/python3 tests/lab/evil.py build
  lane_counted /usr/bin/python3 tests/lab/staying.py build
  lane_counted /usr/bin/python3 tests/lab/nearby.py build
  lane_counted /usr/bin/python3 tests/lab/proxies.py build
  if lane_case 'lossy-link compiles' -- tests/tools/build sanitized tests/lab/lossy-link; then
    lane_counted /usr/bin/python3 tests/lab/impaired.py build build-test apps
  fi
fi
lane_end
