# lane.sh: sourced by every lane. A lane is a row of cases and ends with lane_end, which prints the
# line that tests/tools/run-lanes counts by:
#
#   lane: NAME P passed, F failed, S skipped
#
# shellcheck shell=bash
set -uo pipefail

lane_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lane_name=$(basename "$0" .sh)
lane_name=${lane_name#[0-9][0-9]-}
lane_passed=0
lane_failed=0
lane_skipped=0
cd "$lane_root" || exit 1

# lane_case WORDS -- COMMAND…: one case; it passes if the command does. Its output is shown if not.
lane_case () {
  local words='' output
  while [ "$1" != -- ]; do words="$words${words:+ }$1"; shift; done
  shift
  if output=$("$@" 2>&1); then
    lane_passed=$((lane_passed + 1))
    printf 'ok - %s\n' "$words"
  else
    lane_failed=$((lane_failed + 1))
    printf 'not ok - %s\n%s\n' "$words" "$output"
    return 1
  fi
}

# lane_skip WORDS: a case that could not be tried, and why. It fails in CI.
lane_skip () {
  lane_skipped=$((lane_skipped + 1))
  printf 'skip - %s\n' "$*"
}

# lane_light_chromium: where there is one, Chromium's engine of the same version without its windows, tabs and menus,
# which are a third of the work and nothing that these cases look at. The whole browser is in page-https, everyone and
# the long ones.
lane_light_chromium () { [ ! -x /usr/bin/chromium-headless-shell ] || export SNUG_CHROMIUM=/usr/bin/chromium-headless-shell; }

# lane_counted COMMAND…: a driver of many cases, whose last `cases: P passed, F failed, S skipped` line
# is added up. One that ends badly without owning up to a failure counts as one.
lane_counted () {
  local log status line p=0 f=0 s=0
  log=$(mktemp)
  "$@" 2>&1 | tee "$log"
  status=$?
  line=$(grep -E '^cases: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
  rm -f "$log"
  if [ -n "$line" ]; then
    read -r _ p _ f _ s _ <<<"${line//,/}"
  fi
  if { [ "$status" -ne 0 ] || [ -z "$line" ]; } && [ "$f" -eq 0 ]; then
    printf 'not ok - %s ended with status %s%s\n' "$1" "$status" "${line:+, its cases: $line}"
    f=1
  fi
  lane_passed=$((lane_passed + p))
  lane_failed=$((lane_failed + f))
  lane_skipped=$((lane_skipped + s))
}

# lane_window FILE [WORDS…]: cases of a test file of the window, all or those with these words in their names, in a desktop
# of their own.
lane_window () {
  SNUG_BUILD=$PWD/build lane_counted tests/tools/in-window-session tests/tools/env build /usr/bin/python3 "tests/ui/$1" "${@:2}"
}

# lane_meson FOLDER ARGUMENT…: `meson test` there; every case inside its programs counts.
lane_meson () {
  local log=$1/meson-logs/$lane_name.json
  rm -f "$log"
  lane_counted meson_suite "$log" --logbase "$lane_name" -C "$@"
}

meson_suite () {
  local log=$1
  shift
  /usr/bin/meson test --print-errorlogs --no-rebuild "$@"
  /usr/bin/python3 tests/tools/count-meson "$log"
}

# The last word of a lane.
lane_end () {
  printf 'lane: %s %d passed, %d failed, %d skipped\n' "$lane_name" "$lane_passed" "$lane_failed" "$lane_skipped"
  [ "$lane_failed" -eq 0 ]
  exit
}
