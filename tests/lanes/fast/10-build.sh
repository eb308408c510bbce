#!/bin/bash
# everything compiles without a warning, as a person builds it
# alone
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

lane_case 'build/ compiles with -Werror' -- tests/tools/build plain
lane_end
