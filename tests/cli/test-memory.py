#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs in memory: not the size of a file, and not the size times the number of those who take it."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugtest import Failure, create, folder, join, make_file, sha256, start_server

MB = 1_000_000
SPARE_MB = 10


def peak_mb(member):
    """Of a member that is still there: the most that it had resident."""
    status = pathlib.Path(f'/proc/{member.process.pid}/status').read_text()
    return next(int(line.split()[1]) * 1024 / MB for line in status.splitlines() if line.startswith('VmHWM'))


def send(path, n_receivers, timeout):
    """From one to several at once. Returns the peaks of the sender and of the first receiver."""
    with start_server() as server:
        targets = [folder() for _ in range(n_receivers)]
        first, code = create(server, '--save-to', targets[0])
        receivers = [first, *(join(server, code, '--save-to', target) for target in targets[1:])]
        if n_receivers > 1:
            first.wait_count(n_receivers - 1, event='member', state='connected')
        eva = join(server, code, '--send', path)
        for member in receivers:
            member.wait(event='transfer', state='done', timeout=timeout)
        eva.wait_count(n_receivers, timeout, event='transfer', state='done')
        peaks = peak_mb(eva), peak_mb(receivers[0])
        wanted = sha256(path)
        for target in targets:
            if sha256(target / path.name) != wanted:
                raise Failure(f'another content: {target}')
            (target / path.name).unlink()
        for member in (eva, *receivers):
            member.stop()
        return peaks


def sparse_file(path, size):
    """A file with few bytes of its own, at the ends and in the middle."""
    with open(path, 'wb') as file:
        for offset in (0, size // 2 + 12345, size - 8):
            file.seek(offset)
            file.write(b'not zero')
    return path


def test_nine_receivers():
    source = folder()
    # Not less: ten are gone before as much is under way to all of them as may be.
    small, _ = send(make_file(source / 'small.bin', 50 * MB), 9, 300)
    large, _ = send(make_file(source / 'large.bin', 200 * MB), 9, 600)
    print(f'# sender of 50 MB to nine: {small:.1f} MB, of 200 MB to nine: {large:.1f} MB')
    if large > small + SPARE_MB:
        raise Failure(f'the sender grows with the size: {small:.1f} MB, {large:.1f} MB')


def test_ten_gigabytes():
    source = folder()
    # Not less: all that may be under way at once is reached in some seconds only.
    small = send(sparse_file(source / 'small.bin', 1000 * MB), 1, 300)
    large = send(sparse_file(source / 'large.bin', 10_000 * MB), 1, 900)
    for who, before, after in zip(('sender', 'receiver'), small, large):
        print(f'# {who} of 1 GB: {before:.1f} MB, of 10 GB: {after:.1f} MB')
        if abs(after - before) > SPARE_MB:
            raise Failure(f'the {who} grows with the size: {before:.1f} MB, {after:.1f} MB')


snugtest.run([test_nine_receivers, test_ten_gigabytes])
