#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""snug-cli as scripts use it: real processes on the loopback interface."""
import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugtest import PATIENCE, Cli, check, create, folder, join, make_file, refusing_port, sha256, start_server


def both_connected(*members):
    for member in members:
        member.wait(event='member', state='connected')


# Chat

def test_chat_both_ways_with_ticks():
    with start_server() as server:
        ana, code = create(server, '--name', 'Ana')
        ben = join(server, code, '--name', 'Ben')
        both_connected(ana, ben)
        check(ana.wait(event='member', name='Ben')['legacy'] is False)
        ben.wait(event='member', name='Ana', state='connected')
        ben.wait(event='room', state='joined', code=code)
        ben.say('Grüße, 日本 🙂 "quoted" \\ back')
        heard = ana.wait(event='chat', text='Grüße, 日本 🙂 "quoted" \\ back')
        check(heard['from'] == ana.wait(event='member', name='Ben')['id'], heard)
        ben.wait(event='delivered', id=heard['id'], to=ben.wait(event='member', name='Ana')['id'])
        ana.say('hello Ben')
        ana.wait(event='delivered', id=ben.wait(event='chat', text='hello Ben')['id'])
        # Nobody hears oneself.
        check(ana.count(event='chat') == 1 and ben.count(event='chat') == 1)
        ben.leave()
        ana.wait(event='member', state='left')
        ana.leave()
        last = ana.events[-1]
        check(last['event'] == 'room' and last['state'] == 'closed' and last['code'] == code, last)


def test_say_waits_until_somebody_is_there():
    with start_server() as server:
        ana, code = create(server, '--say', 'one', '--say', 'two')
        ben = join(server, code, '--until', 'chat=2')
        ben.expect_exit(0)
        check([event['text'] for event in ben.events if event['event'] == 'chat'] == ['one', 'two'])
        ana.wait_count(2, event='delivered')
        ana.leave()


def test_who_says_and_leaves_is_heard():
    with start_server() as server:
        ana, code = create(server)
        ben = join(server, code, '--say', 'last words', '--until', 'members=1')
        ben.expect_exit(0)
        ana.wait(event='chat', text='last words')
        check(ben.count(event='delivered') == 1, 'left before the answer')
        ana.leave()


def test_lines_of_a_pipe_in_order():
    with start_server() as server:
        ana, code = create(server)
        ben = join(server, code)
        both_connected(ana, ben)
        ben.write(''.join(f'line {i}\n' for i in range(150)))
        ben.close_input()
        ana.wait_count(150, event='chat')
        check([event['text'] for event in ana.events if event['event'] == 'chat'] == [f'line {i}' for i in range(150)])
        # The end of the pipe is not the end of the stay.
        ana.say('still there?')
        ben.wait(event='chat', text='still there?')
        ben.leave()
        ana.leave()


def test_line_of_64_kib_and_one_more():
    with start_server() as server:
        ana, code = create(server)
        ben = join(server, code)
        both_connected(ana, ben)
        ben.say('x' * 65536)
        check(len(ana.wait(event='chat')['text']) == 65536)
        ben.say('y' * 65537)
        ben.wait(event='error', code='cannot-say')
        ben.say('after')
        ana.wait(event='chat', text='after')
        check(ana.count(event='chat') == 2)
        ben.leave()
        ana.leave()


def test_names_are_made_safe():
    with start_server() as server:
        ana, code = create(server, '--name', 'A\u202ena\x1b[31m\n')
        ben = join(server, code)
        name = ben.wait_event(lambda event: event['event'] == 'member' and event['name'])['name']
        check(name == 'Ana[31m', repr(name))
        ben.leave()
        ana.leave()


# The end, and its status

def refused(status, *arguments, code=None, words=''):
    cli = Cli(*arguments)
    cli.expect_exit(status)
    if code:
        error = cli.wait(event='error', code=code)
        check(words in error['message'], error)


def test_unknown_room():
    with start_server() as server:
        refused(3, 'join', 'QXWV23', '--server', server.url, code='room-not-found')


def test_full_room():
    with start_server() as server:
        ana, code = create(server, '--capacity', '2')
        ben = join(server, code)
        both_connected(ana, ben)
        refused(3, 'join', code, '--server', server.url, code='room-full')
        ben.say('undisturbed')
        ana.wait(event='chat', text='undisturbed')
        ben.leave()
        ana.leave()


def test_what_cannot_be_reached():
    """Three that only patience can tell, half a minute each, side by side."""
    with refusing_port() as port, start_server() as server:
        joining = Cli('join', 'QXWV23', '--server', f'http://127.0.0.1:{port}')
        creating = Cli('create', '--open', '--server', f'http://127.0.0.1:{port}')
        ana, code = create(server, '--relay', 'only')
        ben = join(server, code, '--relay', 'only', '--until', 'members=1')
        ben.expect_exit(7, 2 * PATIENCE)
        ben.wait(event='error', code='peer-unreachable')
        # Who made the room goes on waiting for others.
        ana.wait(event='member', state='left')
        ana.leave()
        for cli in (joining, creating):
            cli.expect_exit(2, 2 * PATIENCE)
            words = cli.wait(event='error', code='server-not-answering')
            check('may be waking up' in words['message'], words)
            cli.wait(event='error', code='server-unreachable', after=words)
            check(cli.count(event='room') == 0, 'no room, so nothing is said of one', cli.events)


def test_server_wakes_up():
    """Said while it is tried, to scripts and to people, and then all is as if it had been there."""
    with refusing_port() as port:
        url = f'http://127.0.0.1:{port}'
        creating = Cli('create', '--open', '--server', url)
        plain = snugtest.Process([snugtest.BUILD / 'src/cli/snug-cli', 'create', '--open', '--server', url])
        creating.wait(event='error', code='server-not-answering')
        plain.wait_error('may be waking up')
    with start_server(listen=f'127.0.0.1:{port}'):
        check('link' in creating.wait(event='room', state='waiting'), creating.events)
        plain.wait_error('?code=')
        check(creating.count(event='error') == 1, creating.events)
        for cli in (creating, plain):
            cli.stop()


def test_no_server_named():
    refused(1, 'join', 'QXWV23', code='no-server-named')


def test_bad_invite():
    with start_server() as server:
        refused(1, 'join', 'not an invite', '--server', server.url, code='bad-invite')


def create_private(server, *arguments):
    ana = Cli('create', '--server', server.url, '--name', 'Ana', *arguments)
    return ana, ana.wait(event='room', state='waiting')


def test_private_room_by_default():
    with start_server() as server:
        ana, room = create_private(server)
        code, *words = room['invite'].split('-')
        assert code == room['code'] and len(words) == 3, room
        assert room['link'] == f'{server.url}/?code={code}#{"-".join(words)}', room
        bo = Cli('join', room['invite'].lower(), '--server', server.url, '--name', 'Bo', '--say', 'hello')
        chi = Cli('join', room['link'], '--name', 'Chi')
        for cli in (ana, bo, chi):
            cli.wait_count(2, event='member', state='connected')
        ana.wait(event='chat', text='hello')
        for cli in (chi, bo, ana):
            cli.leave()


def test_private_room_with_a_secret_of_ones_own():
    secret = folder() / 'secret'
    secret.write_text('pässwörd of  ours\nnot this line\n')
    with start_server() as server:
        ana, room = create_private(server, '--secret-file', secret)
        assert room['invite'] == f"{room['code']}-pässwörd of  ours", room
        bo = Cli('join', room['code'], '--server', server.url, '--name', 'Bo', '--secret-file', '-')
        bo.say('pässwörd of  ours')
        bo.say('and this is chat')
        ana.wait(event='chat', text='and this is chat')
        assert ana.count(event='chat') == 1
        bo.leave()
        ana.leave()


def test_wrong_secret():
    with start_server() as server:
        ana, room = create_private(server)
        refused(4, 'join', room['code'], '--server', server.url, code='secret-needed')
        for _ in range(5):
            assert not ana.count(event='error', code='guessing')
            refused(4, 'join', f"{room['code']}-otter-otter-otter", '--server', server.url, code='secret')
        ana.wait(event='error', code='guessing')
        ana.leave()


def test_after_five_wrong_secrets_the_host_is_asked():
    settings = folder() / 'settings'
    # Who guesses and who comes then do so from one address here.
    settings.write_text('[server]\nmax-joins-per-minute=100\n')
    with start_server('--config', settings) as server:
        ana, room = create_private(server, '--name', 'Ana', '--commands')
        for _ in range(5):
            refused(4, 'join', f"{room['code']}-otter-otter-otter", '--server', server.url, code='secret')
        ben = Cli('join', room['invite'], '--server', server.url, '--name', 'Ben')
        ben.wait(event='error', code='held')
        ana.say('/let')
        ana.wait(event='member', name='Ben', state='connected')
        for cli in (ben, ana):
            cli.leave()


def test_nothing_tells_the_secret():
    with start_server(env={**os.environ, 'G_MESSAGES_DEBUG': 'all'}) as server:
        ana, room = create_private(server)
        secret = room['invite'].partition('-')[2]
        bo = Cli('join', room['link'], '--name', 'Bo')
        ana.wait(event='member', name='Bo', state='connected')
        bo.leave()
        ana.leave()
        for process in (bo, server):
            assert secret not in process.stderr, process.stderr
        assert not any(secret in line or 'Bo' in line for line in server.lines), server.lines


def test_a_script_compares():
    with start_server() as server:
        ana, code = create(server, '--name', 'Ana', '--commands')
        ben = join(server, code, '--name', 'Ben', '--commands')
        ana_id = ben.wait(event='member', name='Ana', state='connected')['id']
        ben_id = ana.wait(event='member', name='Ben', state='connected')['id']
        ana.say(f'/same {ben_id}')
        ana.wait(event='error', code='cannot-compare')
        ana.say(f'/compare {ben_id}')
        phrases = {cli.wait(event='safety', state='phrase')['phrase'] for cli in (ana, ben)}
        check(len(phrases) == 1, phrases)
        ana.say(f'/same {ben_id}')
        ana.wait(event='safety', id=ben_id, state='checked')
        ana.say('//same is no command')
        ben.wait(event='chat', text='/same is no command')
        check(ben.count(event='chat') == 1, ben.events)
        ben.say(f'/different {ana_id}')
        ben.expect_exit(8)
        # Without the option every line is chat.
        chi = join(server, code, '--name', 'Chi')
        ana.wait(event='member', name='Chi', state='connected')
        chi.say('/leave')
        ana.wait(event='chat', text='/leave')
        for cli in (chi, ana):
            cli.leave()


def test_timeout():
    with start_server() as server:
        ana = Cli('create', '--open', '--server', server.url, '--until', 'members=1', '--timeout', '0.3')
        ana.expect_exit(6)
        ana.wait(event='error', code='timed-out')


def test_usage():
    target = folder()
    (target / 'file').write_text('')
    refused(1, 'create', '--open', '--secret-file', '-', code='usage', words='--secret-file')
    refused(1, 'join', 'BOOK23', '--frob', code='usage', words='--frob')
    refused(1, 'join', 'BOOK23', '--server', 'http://127.0.0.1:1', '--send', target / 'nothing', code='usage', words='nothing')
    refused(1, 'join', 'BOOK23', '--server', 'http://127.0.0.1:1', '--save-to', target / 'file', code='usage', words='file')


def test_interrupt_leaves_in_good_order():
    with start_server() as server:
        ana, code = create(server)
        ben = join(server, code)
        both_connected(ana, ben)
        ben.send_signal(signal.SIGINT)
        ben.expect_exit(0)
        ana.wait(event='member', state='left')
        ana.leave()


def test_interrupt_before_what_was_asked_for():
    with start_server() as server:
        ana, code = create(server, '--until', 'chat=1')
        ana.send_signal(signal.SIGTERM)
        ana.expect_exit(128 + signal.SIGTERM)


def test_nobody_reads_the_output():
    with start_server() as server:
        ana, code = create(server)
        reader, writer = os.pipe()
        ben = subprocess.Popen([snugtest.BUILD / 'src/cli/snug-cli', 'join', code, '--server', server.url, '--json'],
                               stdin=subprocess.DEVNULL, stdout=writer, env=snugtest.environment())
        os.close(writer)
        ana.wait(event='member', state='connected')
        os.close(reader)
        ana.say('into the void')
        check(ben.wait(snugtest.PATIENCE) == 0, ben.returncode)
        ana.wait(event='member', state='left')
        ana.leave()


def test_until_alone():
    with start_server() as server:
        ana, code = create(server, '--until', 'alone')
        ben = join(server, code, '--until', 'members=1')
        ben.expect_exit(0)
        ana.expect_exit(0)


# Rooms of several

def test_five_members_and_one_killed():
    with start_server() as server:
        source, target = folder(), folder()
        path = make_file(source / 'five.bin', 5_000_000)
        first, code = create(server, '--name', 'm0', '--send', path, '--save-to', target / '0')
        members = [first] + [join(server, code, '--name', f'm{i}', '--save-to', target / str(i)) for i in range(1, 5)]
        for member in members:
            for other in range(5):
                if member is not members[other]:
                    member.wait(event='member', name=f'm{other}', state='connected')
        for i, member in enumerate(members):
            member.say(f'from {i}')
        for i, member in enumerate(members):
            for other in range(5):
                if other != i:
                    member.wait(event='chat', text=f'from {other}')
            check(member.count(event='chat') == 4)
        for i in range(1, 5):
            members[i].wait(event='transfer', state='done')
            check(sha256(target / str(i) / 'five.bin') == sha256(path))
        members[3].kill()
        rest = members[:3] + members[4:]
        for member in rest:
            gone = member.wait(event='member', name='m3')['id']
            member.wait_event(lambda event: event['event'] == 'member' and event['id'] == gone
                              and event['state'] in ('reconnecting', 'away', 'left'), what='loss of m3')
        rest[1].say('the others go on')
        for member in (rest[0], rest[2], rest[3]):
            member.wait(event='chat', text='the others go on')
        for member in rest:
            member.leave()


# A room of its own

def decode_qr(text):
    """The words of a QR code drawn in half blocks, ink is light, by a reader that knows nothing of us."""
    rows = [line for line in text.split('\n') if line and set(line) <= set(' ▀▄█')]
    check(len(rows) > 15, text)
    pixels = []
    for row in rows:
        pixels.append([255 if char in '█▀' else 0 for char in row])
        pixels.append([255 if char in '█▄' else 0 for char in row])
    scale = 6
    image = folder() / 'qr.pgm'
    with open(image, 'wb') as stream:
        stream.write(f'P5 {len(rows[0]) * scale} {len(pixels) * scale} 255\n'.encode())
        for row in pixels:
            stream.write(b''.join(bytes([value]) * scale for value in row) * scale)
    found = subprocess.run(['zbarimg', '-q', '--raw', image], capture_output=True, text=True, check=True)
    return found.stdout.strip()


def test_hosts_its_own_room():
    ana = Cli('create', '--open', '--listen', '127.0.0.1:0')
    room = ana.wait(event='room', state='waiting')
    check(room['link'].endswith(f"/?code={room['code']}"), room)
    ana.wait_error(f"Invite: {room['invite']}")
    check(f"Room link: {room['link']}" in ana.stderr)
    check(decode_qr(ana.stderr) == room['link'])
    ben = Cli('join', room['link'])
    both_connected(ana, ben)
    ben.say('by the link')
    ana.wait(event='chat', text='by the link')
    ana.leave()
    ben.wait(event='member', state='left')
    ben.kill()


def test_host_goes_when_its_file_is_there():
    source, target = folder(), folder()
    path = make_file(source / 'big', 30_000_000)
    ana = Cli('create', '--open', '--listen', '127.0.0.1:0', '--send', path, '--until', 'sent=1')
    link = ana.wait(event='room', state='waiting')['link']
    ben = Cli('join', link, '--save-to', target, '--sha256', '--until', 'received=1')
    ana.expect_exit(0)
    ben.expect_exit(0)
    check(ben.wait(event='transfer', state='done')['sha256'] == sha256(path))


def test_room_is_over_when_its_host_goes():
    ana = Cli('create', '--open', '--listen', '127.0.0.1:0')
    link = ana.wait(event='room', state='waiting')['link']
    ben = Cli('join', link)
    both_connected(ana, ben)
    ana.leave()
    ben.expect_exit(3)
    ben.wait(event='error', code='expired')


def test_plain_words_where_there_is_no_terminal():
    with start_server() as server:
        target = folder()
        ana, code = create(server, '--name', 'Ana', '--send', make_file(folder() / 'a.txt', 10))
        ben = snugtest.Process([snugtest.BUILD / 'src/cli/snug-cli', 'join', code, '--server', server.url, '--save-to', target])
        ana.wait(event='transfer', state='done')
        ana.say('one\tline')
        check(ben.wait_line('one') == 'Ana: one\tline')
        ben.wait_line(f'From Ana: {target}/a.txt')
        check('\x1b' not in '\n'.join(ben.lines) + ben.stderr and '%' not in '\n'.join(ben.lines))
        ben.stop()
        ana.leave()


def test_two_of_one_name():
    with start_server() as server:
        ana, code = create(server, '--name', 'Ana')
        plain = snugtest.Process([snugtest.BUILD / 'src/cli/snug-cli', 'join', code, '--server', server.url])
        plain.wait_error('Ana joined')
        other = join(server, code, '--name', 'Ana')
        plain.wait_error('Ana (2) joined')
        other.say('the second')
        plain.wait_line('Ana (2): the second')
        ana.say('the first')
        plain.wait_line('Ana: the first')
        # To scripts they are who they say they are, told apart by their ids.
        other.wait(event='member', name='Ana')
        ids = {event['id'] for event in other.events if event['event'] == 'member' and event.get('name') == 'Ana'}
        check(len(ids) == 1, other.events)
        for member in (other, plain, ana):
            member.stop()


if __name__ == '__main__':
    snugtest.run([function for name, function in list(globals().items()) if name.startswith('test_')])
