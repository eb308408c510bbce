#!/bin/bash
# Flatpak: the bundle, built offline from the manifest against a runtime of Debian's packages, installed and used
# limit: 1500
# alone
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

id=io.github.snugrooms.Snug
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
export FLATPAK_USER_DIR=$box/user

# shellcheck disable=SC2317
build_bundle () { flatpak/local/build "$box/snug.flatpak" "$box/repo" >"$box/system"; }
# shellcheck disable=SC2317
install_bundle () { flatpak --user install -y --noninteractive "$box/snug.flatpak"; }
# A link to our own repository, as a server would hand it out.
# shellcheck disable=SC2317
install_from_link () {
  meson setup "$box/link" -Dui=false -Dtests=false -Drepo_url="file://$box/repo" &&
    flatpak --user uninstall -y --noninteractive "$id" &&
    flatpak --user install -y --noninteractive --from "$box/link/flatpak/$id.flatpakref"
}
# The portals give a file by its path below this folder, which every sandbox has too: one of that name, of our own.
# shellcheck disable=SC2016,SC2317
use () {
  tests/tools/in-window-session unshare --mount sh -c '
    mkdir -p /run/user && mount -t tmpfs -o mode=755 tmpfs /run/user
    XDG_RUNTIME_DIR=/run/user/$(id -u)
    mkdir -m 700 "$XDG_RUNTIME_DIR" && exec "$@"' sh /usr/bin/python3 tests/ui/test_flatpak.py
}

if lane_case 'build/ compiles with -Werror' -- tests/tools/build plain &&
   lane_case 'the bundle is built' -- build_bundle; then
  FLATPAK_SYSTEM_DIR=$(cat "$box/system")
  export FLATPAK_SYSTEM_DIR
  lane_case 'the bundle is installed' -- install_bundle &&
    SNUG_BUILD=$PWD/build lane_counted use
  lane_case 'a link to a repository installs it too' -- install_from_link
fi
lane_end
