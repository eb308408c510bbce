#!/bin/bash
# desktop file, metainfo, settings schema, icons, translations and man pages are what their readers expect
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

id=io.github.snugrooms.Snug

# The value of a key of the D-Bus service file must be the program that gets installed.
# shellcheck disable=SC2317
service_is_whole () {
  grep -qx "Name=$id" "build/data/$id.service" && grep -qE '^Exec=/.*/snug --gapplication-service$' "build/data/$id.service"
}

# A page that its formatter has nothing to say about.
# shellcheck disable=SC2317
man_page_is_clean () {
  local said
  said=$(groff -man -ww -z -Kutf8 -Tutf8 "$1" 2>&1)
  printf '%s\n' "$said"
  [ -z "$said" ]
}

# npm would otherwise ask the place that the lock was written at.
# shellcheck disable=SC2317
lock_names_no_host () { ! git grep -nE '"resolved":' -- '*package-lock.json'; }

lane_case 'the desktop file is valid' -- desktop-file-validate "build/data/$id.desktop"
lane_case 'the metainfo is valid' -- appstreamcli validate --no-net "build/data/$id.metainfo.xml"
lane_case 'the D-Bus service starts the window' -- service_is_whole
lane_case 'the settings schema is strict' -- glib-compile-schemas --strict --dry-run data
for icon in data/icons/hicolor/*/apps/*.svg; do
  lane_case "$(basename "$icon") is well-formed" -- xmllint --noout --nonet "$icon"
done
lane_case 'every word for a person can be translated' -- tests/tools/check-po
for page in data/man/*.1; do
  [ -e "$page" ] && lane_case "$(basename "$page") formats without a warning" -- man_page_is_clean "$page"
done
lane_case 'no lock file names a registry' -- lock_names_no_host
lane_end
