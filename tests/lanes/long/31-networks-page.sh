#!/bin/bash
# snug-cli and the page in Chromium and in Firefox, through all kinds of NATs with all, directly and at relays, those that must not connect, too; on one network without a STUN server, also past a firewall; and over long lines that lose packets and reorder them, in Chromium
# limit: 1200
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

if lane_case 'build/ compiles' -- tests/tools/build plain; then
  for browser in chromium firefox; do
    lane_counted /usr/bin/python3 tests/lab/page_lan.py build "$browser"
    lane_counted /usr/bin/python3 tests/lab/page_cells.py build "$browser"
  done
  if lane_case 'lossy-link compiles' -- tests/tools/build sanitized tests/lab/lossy-link; then
    lane_counted /usr/bin/python3 tests/lab/impaired.py build build-test chromium
  fi
fi
lane_end
