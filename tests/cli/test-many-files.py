#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten thousand small files in one folder, beside one file of the same size: no round trip for each."""
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugtest import Failure, create, folder, join, make_file, sha256, start_server

N_FILES = 10_000
N_BYTES = 4096


def send(path):
    """Returns the folder that it came into, and the seconds from the question to the last byte on the disk."""
    with start_server() as server:
        target = folder()
        ben, code = create(server, '--save-to', target, '--until', 'received=1')
        ana = join(server, code, '--send', path, '--until', 'sent=1')
        ben.wait(event='transfer', state='accepted')
        began = time.monotonic()
        ben.wait(event='transfer', state='done', timeout=300)
        seconds = time.monotonic() - began
        ben.expect_exit(0)
        ana.expect_exit(0)
        return target, seconds


def test_ten_thousand_files():
    source = folder()
    large, many = make_file(source / 'one.bin', N_FILES * N_BYTES), source / 'many'
    for number in range(N_FILES):
        make_file(many / f'{number // 100:02}' / f'{number:04}.bin', N_BYTES, seed=number)
    target, of_one = send(large)
    target, of_many = send(many)
    found = sorted(path.relative_to(target / 'many') for path in (target / 'many').rglob('*.bin'))
    wanted = sorted(path.relative_to(many) for path in many.rglob('*.bin'))
    if found != wanted:
        raise Failure(f'{len(found)} files, not {len(wanted)}')
    for path in wanted:
        if sha256(many / path) != sha256(target / 'many' / path):
            raise Failure(f'another content: {path}')
    print(f'# one file {of_one:.2f} s, {N_FILES} files {of_many:.2f} s: {of_many / of_one:.1f} times as long')


snugtest.run([test_ten_thousand_files])
