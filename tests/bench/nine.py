#!/usr/bin/python3
"""nine.py BUILD [RUNS]: 100 MB from one to nine over an uplink of 10 MB/s, until all have it, in one file and in a folder.

Nine copies one after the other would take 90 s. They are the cases of the lane `transfers`, with their time looked at.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import pathlib
import sys

os.environ["SNUG_BUILD"] = str(pathlib.Path(sys.argv[1]).resolve())
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))
import lab  # noqa: the build folder is read when it is loaded
import uplink  # noqa
from report import Report  # noqa

N_RECEIVERS = 9
SIZE = 100 * uplink.MB

lab.enter_own_network()
report = Report("100 MB to nine members over an uplink of 10 MB/s")
for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
    for words, make in (("", uplink.make_file), ("a folder: ", uplink.make_folder)):
        seconds, n_bytes = uplink.send_to(N_RECEIVERS, SIZE, make)
        report.add_all({f"{words}until all have it, s": seconds,
                        f"{words}copies that the sender's link carried": n_bytes / SIZE})
report.aim("until all have it, s", at_most=25)
report.aim("a folder: until all have it, s", at_most=25)
report.show()
