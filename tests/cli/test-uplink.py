#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""100 MB to nine members over an uplink of 10 MB/s, in one file and in a folder: receivers have most of it from each
other."""
import pathlib
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name) for name in ('fixtures', 'lab')]
import lab
import snugtest
import uplink

SIZE = 100 * uplink.MB
N_RECEIVERS = 9
# One copy goes to each of two at once; the rest is what it costs to say so, and to begin again now and then.
MAX_COPIES = 4


def send(make):
    seconds, n_bytes = uplink.send_to(N_RECEIVERS, SIZE, make)
    print(f'# {SIZE / uplink.MB:.0f} MB to {N_RECEIVERS} in {seconds:.1f} s, {n_bytes / SIZE:.1f} copies sent')
    if n_bytes >= MAX_COPIES * SIZE:
        raise snugtest.Failure(f'{n_bytes} bytes were sent')


def test_nine_receivers():
    send(uplink.make_file)


def test_nine_receivers_of_a_folder():
    send(uplink.make_folder)


lab.enter_own_network()
snugtest.run([test_nine_receivers, test_nine_receivers_of_a_folder])
