# fresh-system.sh SUITE: sourced by a lane, after lane.sh, that looks at a Debian of that name in which there is nothing yet.
# It makes that system in $root, or skips the lane; then the lane calls by_the_readme.
#
# shellcheck shell=bash
fresh_suite=$1

# Whatever is mounted goes with the last program in it, however that ends. In a chroot there is no mount of / to make
# private.
if [ -z "${SNUG_OWN_MOUNTS-}" ]; then
  propagation=private
  unshare --mount true 2>/dev/null || propagation=unchanged
  SNUG_OWN_MOUNTS=1 exec unshare --mount --propagation "$propagation" bash "$0"
fi

box=$(mktemp -d)
root=$box/root
# shellcheck disable=SC2317
clean_up () {
  trap - EXIT
  [ ! -e "$root/proc/self" ] || umount --lazy "$root/proc"
  rm -rf --one-file-system "$box"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# As somebody who has nothing has it, but for the way out to the net.
inside () {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} ${no_proxy:+no_proxy="$no_proxy"} \
    ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/root/certificates.crt} sh -c "cd /snug && $1"
}

# shellcheck disable=SC2317
bring_the_tree () {
  mkdir -p "$root/snug"
  git ls-files -z --cached --others --exclude-standard | tar -c --null --files-from=- | tar -x -C "$root/snug"
  [ -z "${NODE_EXTRA_CA_CERTS-}" ] || cp "$NODE_EXTRA_CA_CERTS" "$root/root/certificates.crt"
}

# lanes_in_fresh_system NAME…: lanes of that system.
# shellcheck disable=SC2317
lanes_in_fresh_system () {
  local log=$box/lanes
  inside "CI=${CI-} tests/tools/run-lanes $*" | tee "$log"
  sed -n 's/^\([0-9]* passed, [0-9]* failed\)$/cases: \1, 0 skipped/p' "$log"
  grep -qE '^[0-9]+ passed, 0 failed$' "$log"
}

# In mounts of its own: those of this desktop are gone before the system is removed.
# shellcheck disable=SC2317
in_every_language () {
  SNUG_SYSTEM=$root unshare --mount --propagation unchanged \
    tests/tools/in-window-session /usr/bin/python3 tests/ui/test_installed.py
}

if ! said=$(data/packaging/container/base "$root" "$fresh_suite" 2>&1); then
  lane_skip "no $fresh_suite from where this machine has its packages: $(tail -n 1 <<<"$said")"
  lane_end
fi
mount -t proc proc "$root/proc" || exit 1

# by_the_readme: from make and git to a room, and on in every language.
by_the_readme () {
  lane_case 'the tree is there' -- bring_the_tree
  lane_case 'apt brings make and git' -- inside 'apt-get update -q && apt-get install -y -q --no-install-recommends make git' &&
    lane_case 'setup brings what it takes to run' -- inside 'tests/tools/setup run' &&
    lane_case 'apt brings eyes for QR codes, and locales' -- \
      inside 'apt-get install -y -q --no-install-recommends zbar-tools imagemagick locales' || return 1
  lane_counted tests/tools/count-tap /usr/bin/python3 tests/packages/test-fresh-system.py "$root"
  lane_counted in_every_language
}
