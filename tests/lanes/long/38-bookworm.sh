#!/bin/bash
# a fresh Debian 12: the README leads to a room there, in every language
# limit: 1800
# alone
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"
# shellcheck source=tests/lanes/fresh-system.sh
. "$(dirname "$0")/../fresh-system.sh" bookworm

by_the_readme

lane_end
