#!/bin/bash
# the tools themselves: lanes are counted rightly, setup asks only for what is missing, a session cleans up
# Functions are called through lane_case, and other shells expand what is in single quotes.
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT

# says WORDS COMMAND…: the command prints a line with these words.
says () {
  local words=$1 output
  shift
  output=$("$@" 2>&1)
  grep -qF -e "$words" <<<"$output" || { printf 'no "%s" in:\n%s\n' "$words" "$output"; return 1; }
}

never_says () { ! says "$@" >/dev/null; }

# one_lane BODY [SECONDS]: runs a lane of that body, as in CI, with that limit.
one_lane () {
  mkdir -p "$box/lanes/fast" "$box/lanes/long"
  cp tests/lanes/lane.sh "$box/lanes/"
  printf '#!/bin/bash\n# a trial\n# limit: %s\n. "%s/lanes/lane.sh"\n%s\n' "${2-60}" "$box" "$1" \
    >"$box/lanes/fast/10-trial.sh"
  CI=true V='' SNUG_LANES="$box/lanes" SNUG_LANE_LOGS="$box/logs" SNUG_LANES_UNTIL='' SNUG_LANES_END='' \
    tests/tools/run-lanes trial
}

lane_case 'a lane of two cases counts two' -- \
  says '2 passed, 0 failed' one_lane 'lane_case one -- true; lane_case two -- true; lane_end'
lane_case 'a failed case is a failure' -- \
  says '1 passed, 1 failed' one_lane 'lane_case one -- true; lane_case two -- false; lane_end'
lane_case 'a driver is counted by its last line' -- \
  says '3 passed, 2 failed' one_lane 'lane_counted sh -c "echo cases: 3 passed, 2 failed, 0 skipped; exit 1"; lane_end'
lane_case 'what a failed case said is shown, however much came after it' -- \
  says 'error: here' one_lane 'printf "not ok 1 - it\n  ---\n  error: here\n  ...\n"; seq 500; lane_case two -- false; lane_end'
lane_case 'a driver that fails without saying so is a failure' -- \
  says '3 passed, 1 failed' one_lane 'lane_counted sh -c "echo cases: 3 passed, 0 failed, 0 skipped; exit 1"; lane_end'
lane_case 'a driver without a last line is a failure' -- says '0 passed, 1 failed' one_lane 'lane_counted true; lane_end'
lane_case 'a lane that ends early is a failure' -- says '0 passed, 1 failed' one_lane 'exit 0'
lane_case 'a lane that tries nothing is a failure' -- says '0 passed, 1 failed' one_lane 'lane_end'
lane_case 'a lane that hangs is a failure' -- says 'out of time' one_lane 'lane_case hangs -- tail -f /dev/null; lane_end' 2
lane_case 'a skip says why' -- says 'trial: skip - no luck' one_lane 'lane_skip no luck; lane_end'
lane_case 'a skip is counted as failed in CI' -- says '1 passed, 1 failed' one_lane 'lane_case one -- true; lane_skip no; lane_end'

# two_lanes FIRST SECOND: runs fast lanes of these bodies.
two_lanes () {
  rm -rf "$box/lanes"
  mkdir -p "$box/lanes/fast" "$box/lanes/long"
  cp tests/lanes/lane.sh "$box/lanes/"
  printf '#!/bin/bash\n# a trial\n# limit: 60\n%s\n' "$1" >"$box/lanes/fast/10-first.sh"
  printf '#!/bin/bash\n# a trial\n# limit: 60\n%s\n' "$2" >"$box/lanes/fast/20-second.sh"
  V='' SNUG_LANES="$box/lanes" SNUG_LANE_LOGS="$box/logs" SNUG_LANES_UNTIL='' SNUG_LANES_END='' SNUG_LANE_JOBS='' \
    tests/tools/run-lanes fast
}

begin=". '$box/lanes/lane.sh'"
mkfifo "$box/meeting"
lane_case 'two fast lanes run beside each other' -- says '2 passed, 0 failed' two_lanes \
  "$begin; lane_case waits -- cat '$box/meeting'; lane_end" "$begin; lane_case comes -- sh -c 'echo >$box/meeting'; lane_end"
lane_case 'a lane that wants to be alone is' -- says '2 passed, 0 failed' two_lanes \
  "# alone
$begin; timeout 1 cat '$box/meeting'; lane_case leaves -- touch '$box/left'; lane_end" \
  "$begin; lane_case 'comes after' -- test -e '$box/left'; lane_end"

# gate: the gate over a fast lane and three long ones of one case each, where everything is installed.
gate () {
  local tree=$box/tree lane
  mkdir -p "$tree/.ci" "$tree/tests/tools" "$tree/tests/lanes/fast" "$tree/tests/lanes/long" "$box/make"
  cp .ci/run "$tree/.ci/"
  cp tests/tools/run-lanes tests/tools/with-terminals "$tree/tests/tools/"
  cp tests/lanes/lane.sh "$tree/tests/lanes/"
  for lane in fast/10-first long/10-second long/20-third long/30-fourth; do
    printf '#!/bin/bash\n# a trial\n. "%s/lanes/lane.sh"\nlane_case one -- true; lane_end\n' "$tree/tests" >"$tree/tests/lanes/$lane.sh"
  done
  printf '#!/bin/sh\n' >"$tree/tests/tools/setup"
  printf '#!/bin/sh\nexec tests/tools/run-lanes fast\n' >"$box/make/make"
  chmod +x "$tree/tests/tools/setup" "$box/make/make"
  V='' SNUG_LANES='' SNUG_LANE_LOGS='' PATH=$box/make:$PATH bash "$tree/.ci/run"
}
lane_case 'the gate runs the long lanes after the fast ones' -- says '4 passed, 0 failed' gate

# fake NAME BODY: a program of that name in front of PATH.
fake () { mkdir -p "$box/bin"; printf '#!/bin/sh\n%s\n' "$2" >"$box/bin/$1"; chmod +x "$box/bin/$1"; }

# With only these programs, setup runs against fakes of apt, dpkg and id.
set_up () { env -i PATH="$box/bin" HOME="$box" /bin/sh tests/tools/setup "$@"; }

for program in sed grep tr dirname env cat find; do
  mkdir -p "$box/bin"
  ln -sf "$(command -v "$program")" "$box/bin/$program"
done
fake apt-get 'echo "apt-get $*"'
fake id 'echo 0'
fake npm 'echo "npm $*"'
fake dpkg-query 'shift 2; for name; do echo "installed $name"; done'
lane_case 'setup is silent when all is there' -- test -z "$(set_up run 2>&1)"

fake dpkg-query 'shift 2; for name; do [ "$name" = meson ] || echo "installed $name"; done'
lane_case 'setup installs what is missing, and no more' -- \
  says 'apt-get install -y --no-install-recommends --no-remove meson' set_up run
lane_case 'setup reads the lists of packages before that' -- says 'apt-get update' set_up run
fake dpkg-query 'shift 2; for name; do [ "$name" = meson ] && echo "config-files meson" || echo "installed $name"; done'
lane_case 'a package that only left its settings is missing' -- says 'no-remove meson' set_up run
lane_case 'setup takes no nodejs where there is an npm' -- never_says nodejs set_up test
rm "$box/bin/npm"
fake dpkg-query 'shift 2; for name; do case $name in meson|nodejs|npm) ;; *) echo "installed $name" ;; esac; done'
lane_case 'setup takes nodejs and npm where there is none' -- says 'nodejs npm' set_up test
lane_case 'and to run as well: the page is built with it' -- says 'nodejs npm' set_up run

fake id 'echo 1000'
lane_case 'without root and sudo, setup prints the one command' -- \
  says 'apt-get update && apt-get install -y --no-install-recommends --no-remove meson' set_up run
lane_case 'and ends with 1' -- sh -c 'env -i PATH="$1/bin" /bin/sh tests/tools/setup run 2>/dev/null; [ $? = 1 ]' sh "$box"
fake sudo 'echo "sudo $*"'
lane_case 'without root, setup uses sudo' -- says 'sudo env DEBIAN_FRONTEND=noninteractive apt-get install' set_up run
rm "$box/bin/apt-get"
lane_case 'elsewhere than on Debian, setup prints names of packages' -- says libadwaita-1-dev set_up run

# A session hands on its command's status, and leaves neither folder nor server behind.
session () { TMPDIR=$box/tmp tests/tools/in-window-session "$@"; }
nothing_left () { [ -z "$(ls "$box/tmp")" ]; }
mkdir -p "$box/tmp"
lane_case 'a session has a display and a bus, and hands on the status' -- \
  sh -c 'TMPDIR=$1/tmp tests/tools/in-window-session sh -c "xdotool getdisplaygeometry && exit 7"; [ $? = 7 ]' sh "$box"
lane_case 'accessibility answers there' -- session /usr/bin/python3 -c 'import pyatspi; pyatspi.Registry.getDesktop(0).childCount'
lane_case 'a session leaves nothing behind' -- nothing_left

# The command keeps the pipe open: its end is the command's end.
stopped_session () {
  local session pipe
  mkfifo "$box/alive"
  TMPDIR=$box/tmp tests/tools/in-window-session sh -c 'exec 9>"$1"; echo here >&9; exec tail -f /dev/null' sh "$box/alive" \
    >"$box/session.log" 2>&1 &
  session=$!
  exec {pipe}<"$box/alive"
  read -r _ <&"$pipe"
  kill -TERM "$session"
  wait "$session"
  timeout 60 cat <&"$pipe" && nothing_left
}
lane_case 'a session that is stopped takes its command along' -- stopped_session
lane_end
