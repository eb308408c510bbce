#!/bin/bash
# a fresh Debian trixie: the README leads to a room there, in every language; the unit tests and snug-cli's suites pass
# limit: 1800
# alone
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"
# shellcheck source=tests/lanes/fresh-system.sh
. "$(dirname "$0")/../fresh-system.sh" trixie

by_the_readme &&
  lane_case 'apt brings what makes networks' -- inside 'apt-get install -y -q --no-install-recommends iproute2' &&
  lane_counted lanes_in_fresh_system core cli

lane_end
