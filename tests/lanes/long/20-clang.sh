#!/bin/bash
# another compiler builds all of it without a warning, and the unit tests pass there too
# limit: 1200
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

# shellcheck disable=SC2317
set_up () { [ -e build-clang/build.ninja ] || CC=clang PATH="/usr/bin:$PATH" meson setup build-clang; }

lane_case 'meson takes clang' -- set_up
if lane_case 'it compiles with -Werror' -- ninja -C build-clang; then
  lane_meson build-clang
fi
lane_end
