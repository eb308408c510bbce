#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed in the middle (SIGKILL) and started again: what was checked stays, and nothing of it is sent twice. Killed and
gone: those who take it finish from each other.

    test-kill.py [--for-good] [--mebibytes N] [--kills N] [--spare MiB] [--seed N] [TEST…]
"""
import argparse
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugtest import check, create, environment, folder, join, make_file, sha256, start_server

PIECE = 1 << 20
# Rooms have few seats, and who was killed keeps its own for a while.
KILLS_A_ROOM = 10
# Of the folder that others have: two are sent it, and three have it from these.
N_RECEIVERS = 5
N_FILES = 12
# Where all had it before the sender could be killed it is tried again.
MAX_ROOMS = 3

options = None
chance = None


def debug():
    return environment(G_MESSAGES_DEBUG='snug-transfer')


def bytes_out(lines):
    """How far it is, on the transfer that it is at."""
    return [int(line.split()[-4]) for line in lines if line.endswith('bytes are out')]


def bytes_sent(sender):
    """All that left it: of every transfer from the first to the last place."""
    of = {}
    for line in sender.stderr.splitlines():
        if line.endswith('bytes are out'):
            of.setdefault(line.split()[-5], []).append(int(line.split()[-4]))
    # the same transfer may be asked for again from further back
    return sum(sum(max(b - a, 0) for a, b in zip(out, out[1:])) for out in of.values())


def wait_for_bytes(sender, number):
    """Until it is at that place or behind it. Looks at the lines themselves: stderr would wait for its own lock."""
    sender.wait_until(lambda: max(bytes_out(sender._errors), default=-1) >= number, f'{number} bytes')


def one_room(size, kills, side):
    """Returns bytes sent in all, and how many kills came before the end."""
    sent = done = 0
    with start_server() as server:
        source, target = folder(), folder()
        path = make_file(source / 'large.bin', size, seed=chance.random())
        host, code = create(server, '--capacity', '16')

        def sender():
            return join(server, code, '--send', path, '--name', 'Ana', env=debug())

        def receiver():
            return join(server, code, '--save-to', target, '--until', 'received=1', '--name', 'Ben')

        ana, ben = sender(), receiver()
        for place in sorted(chance.randint(PIECE, size - 4 * PIECE) for _ in range(kills)):
            wait_for_bytes(ana, place)
            (ana if side == 'sender' else ben).kill()
            if (target / 'large.bin').exists():
                break  # too late: it was all there
            done += 1
            if side == 'sender':
                sent += bytes_sent(ana)
                ana = sender()
            else:
                ben = receiver()
        if not (target / 'large.bin').exists():
            ben.expect_exit(0, timeout=600)
        check(sha256(target / 'large.bin') == sha256(path), 'another content')
        check([entry.name for entry in target.iterdir()] == ['large.bin'], list(target.iterdir()))
        ana.kill()
        sent += bytes_sent(ana)
        host.kill()
    return sent, done


def kill(side):
    size = options.mebibytes * PIECE + 12345
    left, rooms, sent = options.kills, 0, 0
    while left > 0:
        check(rooms < options.kills * 2, 'always too late')
        more, done = one_room(size, min(left, KILLS_A_ROOM), side)
        sent += more
        left -= done
        rooms += 1
    spare = (sent - rooms * size) / options.kills
    print(f'# {options.kills} of {options.kills} went on; {spare / PIECE:.2f} MiB sent again for each kill', flush=True)
    check(sent <= rooms * size + options.kills * options.spare * PIECE, f'{sent} bytes sent for {rooms} × {size}')


def test_sender_is_killed():
    kill('sender')


def test_receiver_is_killed():
    kill('receiver')


def leave_receivers_alone():
    """One offers a folder to five, and is killed as soon as one has it. Returns how many had it."""
    with start_server() as server:
        source = folder() / 'film'
        for number in range(N_FILES):
            make_file(source / f'{number}.bin', 10 * PIECE, seed=number)
        targets = [folder() for _ in range(N_RECEIVERS)]
        first, code = create(server, '--save-to', targets[0])
        receivers = [first, *(join(server, code, '--save-to', target) for target in targets[1:])]
        first.wait_count(N_RECEIVERS - 1, event='member', state='connected')
        ana = join(server, code, '--send', source, '--name', 'Ana')
        ana.wait(event='transfer', state='done', timeout=300)
        ana.kill()
        n_done = sum(member.count(event='transfer', state='done') for member in receivers)
        for member, target in zip(receivers, targets):
            member.wait(event='transfer', state='done', timeout=300)
            for path in source.iterdir():
                check(sha256(target / 'film' / path.name) == sha256(path), f'another content: {path.name}')
        # Not before all have it: who lacks some has it from those.
        for member in receivers:
            member.kill()
        return n_done


def test_sender_is_killed_for_good():
    had_it = [leave_receivers_alone()]
    while had_it[-1] == N_RECEIVERS and len(had_it) < MAX_ROOMS:
        had_it.append(leave_receivers_alone())
    print(f'# {had_it[-1]} of {N_RECEIVERS} had it when the sender was killed', flush=True)
    check(had_it[-1] < N_RECEIVERS, 'always too late')


def leave_choosers_alone():
    """One offers a folder to six who want different files of it, and is killed when each quarter is with somebody. Returns
    whether the one who takes all had it by then."""
    with start_server() as server:
        source = folder() / 'film'
        quarters = [[f'{letter}{number}.bin' for number in range(3)] for letter in 'abcd']
        names = [name for quarter in quarters for name in quarter]
        for name in names:
            make_file(source / name, 5 * PIECE, seed=name)
        make_file(source / 'z', 0)
        middle = [*names[2:-2], 'z']
        wanted = [([], [*names, 'z']), *(([f'{quarter[0][0]}*'], quarter) for quarter in quarters), (middle, middle)]
        receivers, code = [], None
        for only, _ in wanted:
            words = ['--save-to', folder(), *(word for pattern in only for word in ('--only', pattern))]
            if code is None:
                first, code = create(server, *words)
                receivers.append((first, words[1]))
            else:
                receivers.append((join(server, code, *words), words[1]))
        receivers[0][0].wait_count(len(wanted) - 1, event='member', state='connected')
        ana = join(server, code, '--send', source, '--name', 'Ana')
        for member, _ in receivers[1:1 + len(quarters)]:
            member.wait(event='transfer', state='done', timeout=300)
        ana.kill()
        was_late = receivers[0][0].count(event='transfer', state='done') > 0
        for (member, target), (_, expected) in zip(receivers, wanted):
            member.wait(event='transfer', state='done', timeout=300)
            check(sorted(path.name for path in (target / 'film').iterdir()) == sorted(expected), target)
            for name in expected:
                check(sha256(target / 'film' / name) == sha256(source / name), f'another content: {name}')
        for member, _ in receivers:
            member.kill()
        return was_late


def test_sender_is_killed_whose_files_are_chosen():
    check(not all(leave_choosers_alone() for _ in range(MAX_ROOMS)), 'always too late')


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--mebibytes', type=int, default=32)
    parser.add_argument('--kills', type=int, default=3)
    # What may be on its way, unchecked, when a program is killed: more where sanitizers slow the workers down.
    parser.add_argument('--spare', type=int, default=6, help='MiB')
    parser.add_argument('--seed', default=None)
    # A minute more: for the lane that has the time.
    parser.add_argument('--for-good', action='store_true')
    options, rest = parser.parse_known_args()
    seed = options.seed or str(random.SystemRandom().getrandbits(32))
    print(f'# seed {seed}')
    chance = random.Random(seed)
    sys.argv[1:] = rest
    tests = [test_sender_is_killed, test_receiver_is_killed]
    snugtest.run([*tests, test_sender_is_killed_for_good, test_sender_is_killed_whose_files_are_chosen]
                 if options.for_good else tests)
