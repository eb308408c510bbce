#!/usr/bin/python3
"""Three snug-servers behind one name share their rooms through a real Redis; snug-cli are the members.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import asyncio
import pathlib
import signal
import socket
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest  # noqa: E402  pylint: disable=wrong-import-position
from snugsocket import enter  # noqa: E402  pylint: disable=wrong-import-position


class Redis(snugtest.Process):
    """A redis-server that keeps nothing on disk, so that a restart is the worst one."""

    def __init__(self, port=0):
        self.port = port or snugtest.free_port()
        super().__init__(['redis-server', '--port', self.port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
                         cwd=snugtest.folder())
        self.wait_line('Ready to accept connections')

    @property
    def uri(self):
        return f'redis://127.0.0.1:{self.port}'

    def restart(self):
        self.stop()
        return Redis(self.port)


class Name:
    """One name for several servers: each connection goes to the first of them that lives."""

    def __init__(self, *servers):
        self.addresses = [(server.address.split(':')[0], int(server.address.split(':')[1])) for server in servers]
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = 'http://127.0.0.1:%d' % self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self._lead, args=(near,), daemon=True).start()

    def _lead(self, near):
        for address in self.addresses:
            try:
                far = socket.create_connection(address)
                break
            except OSError:
                continue
        else:
            near.close()
            return
        threading.Thread(target=self._copy, args=(near, far), daemon=True).start()
        self._copy(far, near)

    @staticmethod
    def _copy(one, other):
        try:
            while piece := one.recv(65536):
                other.sendall(piece)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def start(n=3):
    redis = Redis()
    return redis, [snugtest.start_server('--redis', redis.uri) for _ in range(n)]


def create(name, who, *arguments):
    cli = snugtest.Cli('create', '--server', name.url, '--name', who, *arguments)
    return cli, cli.wait(event='room', state='waiting')


def join(name, invite, who, *arguments):
    return snugtest.Cli('join', invite, '--server', name.url, '--name', who, *arguments)


def meet(*members):
    """Each is connected with each other, under ids that are different, and hears what the others say."""
    names = [member.command[member.command.index('--name') + 1] for member in members]
    for member, own in zip(members, names):
        for other in names:
            if other != own:
                member.wait(event='member', name=other, state='connected')
    for member, own in zip(members, names):
        member.wait(event='room', state='joined')
        member.say(f'from {own} to {len(members)}')
    for member, own in zip(members, names):
        for other in names:
            if other != own:
                member.wait(event='chat', text=f'from {other} to {len(members)}')


def back(member):
    """It lost its server after meet(), once, and is in the room again."""
    member.wait(event='room', state='reconnecting')
    member.wait_count(2, event='room', state='joined')


def test_members_of_one_room_on_three_servers():
    redis, (one, two, three) = start()
    ana, room = create(Name(one), 'Ana', '--open')
    ben = join(Name(two), room['code'], 'Ben')
    cleo = join(Name(three), room['code'], 'Cleo')
    meet(ana, ben, cleo)
    ids = {event['id'] for member in (ana, ben, cleo) for event in member.events if event['event'] == 'member'}
    assert ids == {'m1', 'm2', 'm3'}, ids
    for member in (cleo, ben, ana):
        member.leave()
    for server in (one, two, three, redis):
        server.stop()


def test_a_private_room():
    redis, (one, two, three) = start()
    ana, room = create(Name(one), 'Ana')
    ben = join(Name(two), room['invite'], 'Ben')
    meet(ana, ben)
    meet(ana, ben, join(Name(three), room['invite'], 'Cleo'))
    stranger = join(Name(three), room['code'] + '-otter-otter-otter', 'Eve')
    stranger.expect_exit(4)
    nobody = join(Name(three), 'ABCD99', 'Nobody')
    nobody.expect_exit(3)
    for process in (one, two, three, redis):
        process.stop()


def test_the_server_of_a_member_is_killed():
    _, (one, two, three) = start()
    ana, room = create(Name(one), 'Ana', '--open')
    ben = join(Name(two, three), room['code'], 'Ben')
    meet(ana, ben)
    two.kill()
    back(ben)
    meet(ana, ben, join(Name(three), room['code'], 'Cleo'))


def test_the_server_of_the_room_is_killed():
    _, (one, two, three) = start()
    ana, room = create(Name(one, two), 'Ana', '--open')
    ben = join(Name(two), room['code'], 'Ben')
    cleo = join(Name(three), room['code'], 'Cleo')
    meet(ana, ben, cleo)
    one.kill()
    for member in (ana, ben, cleo):
        back(member)
    meet(ana, ben, cleo, join(Name(three), room['code'], 'Dora'))
    ids = {event['id'] for event in ana.events if event['event'] == 'member'}
    assert len(ids) == 3, ids   # the others, and nobody under two names


def test_the_server_of_the_room_is_restarted():
    _, (one, two, three) = start()
    ana, room = create(Name(one, three), 'Ana')
    ben = join(Name(two), room['invite'], 'Ben')
    meet(ana, ben)
    one.stop()
    for member in (ana, ben):
        back(member)
    meet(ana, ben, join(Name(three), room['invite'], 'Cleo'))


def test_the_server_of_the_room_hangs():
    """It neither ends a connection nor answers: its lease runs out. When it goes on it finds that the room is another's."""
    _, (one, two, three) = start()
    ana, room = create(Name(one), 'Ana')
    ben = join(Name(two), room['invite'], 'Ben')
    meet(ana, ben)
    one.send_signal(signal.SIGSTOP)
    back(ben)
    meet(ben, join(Name(three), room['invite'], 'Cleo'))
    one.send_signal(signal.SIGCONT)
    back(ana)
    meet(ana, ben, join(Name(three), room['invite'], 'Dora'))
    ids = {event['id'] for event in ben.events if event['event'] == 'member'}
    assert len(ids) == 3, ids   # nobody under two names


async def hear_to_the_end(member):
    types = []
    while (frame := await member.hear()) is not None:
        types.append(frame['type'])
    return types


async def come_back(code, ports):
    """Ben moves from server to server, and lives on each: who is the same client is let in, and who only has his token
    is not."""
    old = await enter(ports[1], code, client='ben')
    token = old.welcome['token']
    new = await enter(ports[2], code, token=token, client='ben')
    assert new.welcome['type'] == 'welcome' and new.welcome['resumed'], new.welcome
    assert 'error' not in await hear_to_the_end(old)   # after which it would stay away
    alive = asyncio.ensure_future(hear_to_the_end(new))
    for port in ports:
        thief = await enter(port, code, token=token, client='eve')
        assert thief.welcome['code'] == 'in-use', thief.welcome
    alive.cancel()


def test_the_same_client_comes_to_another_server():
    _, servers = start()
    _, room = create(Name(servers[0]), 'Ana', '--open')
    ports = [int(server.url.rsplit(':', 1)[1]) for server in servers]
    asyncio.run(asyncio.wait_for(come_back(room['code'], ports), snugtest.PATIENCE))


def test_redis_is_restarted():
    redis, (one, two, three) = start()
    ana, room = create(Name(one), 'Ana', '--open')
    ben = join(Name(two), room['code'], 'Ben')
    meet(ana, ben)
    redis.restart()
    back(ben)
    assert ana.count(event='room', state='reconnecting') == 0   # her room is where she is
    meet(ana, ben, join(Name(three), room['code'], 'Cleo'))


def test_without_redis_nothing_starts():
    with snugtest.refusing_port() as port:
        missing = snugtest.Process([snugtest.BUILD / 'src/server/snug-server', '--listen', '127.0.0.1:0', '--redis',
                                    f'redis://127.0.0.1:{port}'])
        missing.expect_exit(2)
    assert not missing.lines and 'Redis' in missing.stderr


snugtest.run([test_members_of_one_room_on_three_servers, test_a_private_room, test_the_server_of_a_member_is_killed,
              test_the_server_of_the_room_is_killed, test_the_server_of_the_room_is_restarted,
              test_the_server_of_the_room_hangs, test_the_same_client_comes_to_another_server, test_redis_is_restarted,
              test_without_redis_nothing_starts])
