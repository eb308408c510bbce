#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""100 MB to nine members over an uplink of 10 MB/s: receivers have most of it from each other."""
import json
import pathlib
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / name) for name in ('fixtures', 'lab')]
import lab
import snugtest
from snugtest import Cli, Failure, create, folder, join, make_file, sha256, start_server

MB = 1_000_000
SIZE = 100 * MB
N_RECEIVERS = 9
# One copy goes to each of two at once; the rest is what it costs to say so, and to begin again now and then.
MAX_COPIES = 4
ROOM = '10.77.0.1'


def plug_in_sender():
    """A place behind 10 MB/s; everybody else is where we are."""
    place = lab.Place('sender')
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    subprocess.run(['ip', 'link', 'add', 'room', 'type', 'veth', 'peer', 'name', 'eth0', 'netns',
                    str(place.holder.pid)], check=True)
    subprocess.run(['ip', 'link', 'set', 'room', 'up'], check=True)
    subprocess.run(['ip', 'address', 'add', f'{ROOM}/24', 'dev', 'room'], check=True)
    place.run('ip', 'link', 'set', 'eth0', 'up')
    place.address('eth0', '10.77.0.2/24')
    place.run('tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'tbf', 'rate', '80mbit', 'burst', '128kb', 'latency', '50ms')
    return place


def sent_by(place):
    """Bytes that have left it."""
    shown = place.run('ip', '-s', '-j', 'link', 'show', 'dev', 'eth0', capture_output=True, text=True).stdout
    return json.loads(shown)[0]['stats64']['tx']['bytes']


def test_nine_receivers():
    place = plug_in_sender()
    path = make_file(folder() / 'film.bin', SIZE)
    targets = [folder() for _ in range(N_RECEIVERS)]
    with start_server(listen=f'{ROOM}:0') as server:
        first, code = create(server, '--save-to', targets[0])
        receivers = [first, *(join(server, code, '--save-to', target) for target in targets[1:])]
        first.wait_count(N_RECEIVERS - 1, event='member', state='connected')
        began = time.monotonic()
        sender = Cli('join', code, '--server', server.url, '--send', path, place=place.command())
        for member in receivers:
            member.wait(event='transfer', state='done', timeout=300)
        seconds = time.monotonic() - began
        sender.wait_count(N_RECEIVERS, event='transfer', state='done')
        n_bytes = sent_by(place)
        for member in (sender, *receivers):
            member.stop()
    wanted = sha256(path)
    for target in targets:
        if sha256(target / path.name) != wanted:
            raise Failure(f'another content: {target}')
    print(f'# {SIZE / MB:.0f} MB to {N_RECEIVERS} in {seconds:.1f} s, {n_bytes / SIZE:.1f} copies sent')
    if n_bytes >= MAX_COPIES * SIZE:
        raise Failure(f'{n_bytes} bytes were sent')
    place.end()


lab.enter_own_network()
snugtest.run([test_nine_receivers])
