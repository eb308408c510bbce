#!/bin/bash
# make install puts everything in its place, the menu entry leads to the program, manuals tell what programs do
# shellcheck disable=SC2016,SC2317
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

id=io.github.snugrooms.Snug
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT

# With the plain build: `make install` differs from it by prefix and optimisation only.
prefix=$(/usr/bin/meson introspect build --buildoptions | /usr/bin/python3 -c \
  'import json, sys; print(next(o["value"] for o in json.load(sys.stdin) if o["name"] == "prefix"))')
top=$box$prefix

# What is to be there: the list, and a catalogue for every language that po/ has.
awaited () { { cat tests/lanes/installed.txt && sed 's|.*|./share/locale/&/LC_MESSAGES/snug.mo|' po/LINGUAS; } | LC_ALL=C sort; }
files_are () { diff -u <(awaited) <(cd "$top" && find . ! -type d ! -path './share/snug/web/*' | LC_ALL=C sort); }
programs_start () { for program in "$top"/bin/*; do "$program" --version || return 1; done; }
field () { sed -n "s/^$1=\([^ ]*\).*/\1/p" "$top/$2"; }
entry_leads_to_program () { test -x "$top/bin/$(field Exec "share/applications/$id.desktop" | head -n 1)"; }
service_leads_to_program () { test -x "$box$(field Exec "share/dbus-1/services/$id.service")"; }

launching_opens_the_window () {
  PATH=$top/bin:$PATH XDG_DATA_DIRS=$top/share:/usr/local/share:/usr/share \
    tests/tools/in-window-session tests/tools/launch-installed "$top" "$box"
}

# The installed completion, asked as bash would ask it.
completes () {
  local COMP_WORDS=(snug-cli create --on-) COMP_CWORD=2 COMPREPLY=()
  . "$top/share/bash-completion/completions/snug-cli" && _snug_cli && [ "${COMPREPLY[*]}" = --on-conflict ]
}

# speaks_in FOLDER: snug-cli helps in each language that we have, with the catalogues in that folder.
# A locale under another name than C.UTF-8's, for which a newer C library translates nothing.
speaks_in () {
  local language words
  [ -e "$box/some.utf8" ] || cp -r /usr/lib/locale/C.utf8 "$box/some.utf8"
  local -x LOCPATH=$box LC_ALL=some.UTF-8
  while read -r language; do
    words=$(LANGUAGE=$language TEXTDOMAINDIR=$1 gettext snug 'Show this help')
    [ "$words" != 'Show this help' ] || { echo "no words of $language in $1"; return 1; }
    LANGUAGE=$language "${@:2}" --help | grep -qF "$words" || { echo "$2 does not speak $language"; return 1; }
  done <po/LINGUAS
}

lane_case 'it installs below DESTDIR' -- env DESTDIR="$box" /usr/bin/meson install -C build --no-rebuild
lane_case 'nothing is left out or added unnoticed' -- files_are
lane_case 'the programs start' -- programs_start
lane_case 'the menu entry names the program' -- entry_leads_to_program
lane_case 'the D-Bus service names the program' -- service_leads_to_program
lane_case 'gtk-launch opens its window' -- launching_opens_the_window
lane_case 'bash completes an option' -- completes
lane_case 'in every language, as installed' -- speaks_in "$top/share/locale" env SNUG_LOCALE_DIR="$top/share/locale" "$top/bin/snug-cli"
lane_case 'in every language, from the build folder' -- speaks_in "$PWD/build/po" tests/tools/env build build/src/cli/snug-cli
for program in build/src/cli/snug-cli build/src/server/snug-server build/src/ui/snug; do
  lane_case "help, manual and completion of $(basename "$program") agree" -- tests/tools/check-options "$program"
done
lane_end
