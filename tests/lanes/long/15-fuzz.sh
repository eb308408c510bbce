#!/bin/bash
# a minute of hostile bytes for every parser
# limit: 1800
# shellcheck source=tests/lanes/lane.sh
. "$(dirname "$0")/../lane.sh"

lane_counted tests/fuzz/run 60
lane_end
