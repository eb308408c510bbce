#!/usr/bin/python3
"""snug-server with a thousand members, and with people who want to spoil it for them.

Members come from addresses of 127.0.0.0/8, a room from each, so that the limits are those of the internet. Figures are
printed, and nothing is expected of the clock: what must hold is that nobody is lost and no frame is missing.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import asyncio
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest  # noqa: E402  pylint: disable=wrong-import-position
from snugsocket import enter, post  # noqa: E402  pylint: disable=wrong-import-position

N_ROOMS, N_OF_ROOM = 100, 10
N_AT_ONCE = 100
N_SLOW = 500
N_BAD_JOINS = 10000
N_FRAMES = 5000
# What a member may cost the server, over and above what the allocator rounds: a guard, the figure is printed.
MAX_BYTES_OF_MEMBER = 24 * 1024


def say_figure(words):
    print(f'# {words}', flush=True)


def address_of(group, number):
    return f'127.{group}.{number // 250}.{1 + number % 250}'


async def make_room(port, address):
    room = await post(port, '/api/create-room', {'v': 2}, address)
    return room['code'], await enter(port, room['code'], address, token=room['token'])


def port_of(server):
    return int(server.url.rsplit(':', 1)[1])


def resident_bytes(server):
    return int(pathlib.Path(f'/proc/{server.pid}/statm').read_text(encoding='ascii').split()[1]) * os.sysconf('SC_PAGE_SIZE')


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text(encoding='ascii').rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


async def fill(port, n_rooms, n_members, group):
    """Rooms with so many members each, as lists of them."""
    rooms = []
    for number in range(n_rooms):
        address = address_of(group, number)
        code, first = await make_room(port, address)
        rooms.append([first] + [await enter(port, code, address) for _ in range(n_members - 1)])
        rooms[-1][0].code = code
    return rooms


def in_them(test):
    """A server, and the coroutine `test` with its port and itself."""
    with snugtest.start_server(env=snugtest.environment(G_MESSAGES_DEBUG='')) as server:
        asyncio.run(asyncio.wait_for(test(port_of(server), server), 20 * snugtest.PATIENCE))


async def talk(one, other, n, gaps=None):
    """`one` says n frames to `other`, each when the last has come, and all come."""
    for number in range(n):
        began = time.monotonic()
        one.say({'type': 'x-load', 'to': other.welcome['self'], 'n': number})
        heard = await other.hear_type('x-load')
        assert heard['n'] == number and heard['from'] == one.welcome['self'], heard
        if gaps is not None:
            gaps.append(time.monotonic() - began)


async def a_thousand_members(port, server):
    await fill(port, 5, 2, 1)     # what the first ones cost is not theirs
    before = resident_bytes(server)
    rooms = await fill(port, N_ROOMS, N_OF_ROOM, 2)
    n = N_ROOMS * N_OF_ROOM
    each = (resident_bytes(server) - before) / n
    say_figure(f'{n} members in {N_ROOMS} rooms: {each / 1024:.1f} kB of the server each')
    assert each < MAX_BYTES_OF_MEMBER, each
    for room in rooms:
        assert [member.welcome['seq'] for member in room] == list(range(1, N_OF_ROOM + 1))
        await talk(room[0], room[-1], 1)

    codes = [await make_room(port, address_of(3, number)) for number in range(N_AT_ONCE // 10)]
    began = time.monotonic()
    joined = await asyncio.gather(*[enter(port, codes[i % len(codes)][0], address_of(3, i % len(codes)))
                                    for i in range(N_AT_ONCE)])
    say_figure(f'{N_AT_ONCE} joining at once beside them: {time.monotonic() - began:.2f} s')
    assert all(member.welcome['type'] == 'welcome' for member in joined)


def test_a_thousand_members():
    in_them(a_thousand_members)


async def join_badly(port, numbers):
    for number in numbers:
        member = await enter(port, f'ZZZZ{number % 8 + 2}{number // 8 % 8 + 2}', address_of(5, number % 200))
        assert member.welcome['type'] == 'error', member.welcome
        member.close()


async def say_a_megabyte(port, number):
    """A frame of which the server need not read much to know."""
    address = address_of(6, number)
    _, member = await make_room(port, address)
    member.writer.write(b'\x81\xff' + (1 << 20).to_bytes(8, 'big') + bytes(4) + b' ' * (1 << 20))
    assert (await member.hear_type('error'))['code'] == 'too-large'
    member.close()


async def send_slowly(port, number):
    """A request that goes on for as long as it may, a byte at a time."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port, local_addr=(address_of(7, number), 0))
    writer.write(b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
    return reader, writer


def percentiles(gaps):
    gaps = sorted(gaps)
    return f'p50 {gaps[len(gaps) // 2] * 1000:.1f} ms, p99 {gaps[len(gaps) * 99 // 100] * 1000:.1f} ms'


async def nobody_notices(port, server):
    (one, other), = await fill(port, 1, 2, 4)
    quiet, spoilt, spoiling = [], [], True
    await talk(one, other, 100, quiet)

    async def talk_on():
        while spoiling:
            await talk(one, other, 1, spoilt)
            await asyncio.sleep(0.05)     # twenty frames a second is what a member may say

    talking = asyncio.create_task(talk_on())
    before = resident_bytes(server)
    slow = [await send_slowly(port, number) for number in range(N_SLOW)]
    await asyncio.gather(*[join_badly(port, range(i, N_BAD_JOINS, 50)) for i in range(50)])
    for number in range(20):
        await say_a_megabyte(port, number)
    for reader, writer in slow:
        assert await reader.read() == b''     # cut off, when its time is over
        writer.close()
    spoiling = False
    await talking
    say_figure(f'a frame and its way, this client included: {percentiles(quiet)}; beside {N_SLOW} slow requests, {N_BAD_JOINS} bad joins and '
               f'20 frames of a megabyte {percentiles(spoilt)}; the server grew by {(resident_bytes(server) - before) / 1e6:.1f} MB')


def test_nobody_notices_spoilers():
    in_them(nobody_notices)


async def cost_of_frames(port, pid, code, token):
    one = await enter(port, code, token=token)
    other = await enter(port, code)
    sdp = 'v=0\r\n' * 200     # about what an offer has
    before = cpu_seconds(pid)
    for _ in range(N_FRAMES // 50):
        for number in range(50):
            one.say({'type': 'x-load', 'to': other.welcome['self'], 'n': number, 'sdp': sdp})
        for number in range(50):
            assert (await other.hear_type('x-load'))['n'] == number
    return N_FRAMES / max(cpu_seconds(pid) - before, 0.01)


def test_frames_beside_a_relay_of_node():
    config = snugtest.folder() / 'config'
    config.write_text('[server]\nmax-frames-per-second=1000000\nmax-frame-burst=1000000\n', encoding='ascii')

    async def ours(server):
        room = await post(port_of(server), '/api/create-room', {'v': 2}, '127.0.0.1')
        return await cost_of_frames(port_of(server), server.pid, room['code'], room['token'])

    with snugtest.start_server('--config', config) as server:
        rate = asyncio.run(ours(server))
    relay = snugtest.Process(['node', snugtest.ROOT / 'tests/server/ws-relay.mjs'])
    port = int(relay.wait_line('listening ').rsplit(':', 1)[1])
    theirs = asyncio.run(cost_of_frames(port, relay.pid, 'ABCD23', None))
    relay.kill()
    say_figure(f'offers handed on in a second of one core: {rate:.0f}, a relay on node with ws {theirs:.0f}')


snugtest.run([test_a_thousand_members, test_nobody_notices_spoilers, test_frames_beside_a_relay_of_node])
