#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""snug-cli as a person sees it: on a pseudo-terminal."""
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugscreen import Terminal
from snugtest import BUILD, check, create, folder, make_file, sha256, start_server

CLI = BUILD / 'src/cli/snug-cli'


def enter(server, *arguments, **more):
    """Ana in a script, and Ben at a terminal in her room."""
    ana, code = create(server, '--name', 'Ana')
    ben = Terminal([CLI, 'join', code, '--server', server.url, '--name', 'Ben', *arguments], **more)
    ana.wait(event='member', name='Ben', state='connected')
    ben.wait_text('Ana joined')
    return ana, ben


def last_row(screen):
    return screen.text.split('\n')[-1]


def test_chat_does_not_break_the_line():
    with start_server() as server:
        ana, ben = enter(server)
        ben.type('half a sen')
        ben.wait_text('› half a sen')
        ana.say('first line from Ana')
        ana.say('Grüße, 日本 🙂')
        ben.wait_text('Ana  Grüße, 日本 🙂')
        ben.wait_screen(lambda screen: last_row(screen) == '› half a sen', 'typed line below')
        ben.type('tence\r')
        ana.wait(event='chat', text='half a sentence')
        ben.wait_text('You  half a sentence')
        ben.wait_screen(lambda screen: last_row(screen) == '›', 'empty line')
        ben.type('/leave\r')
        check(ben.wait_exit() == 0)
        check(ben.is_as_before(), 'terminal left in another mode')
        ana.leave()


def test_what_was_said_is_changed():
    with start_server() as server:
        ana, ben = enter(server)
        ben.type('/edit nothing yet\r')
        ben.wait_text('You have not said anything yet.')
        ana.say('shall we?')
        ben.wait_text('Ana  shall we?')
        asked = 'shall we?'
        ben.type('/reply yse\r')
        answer = ana.wait(event='chat', text='yse')
        check('reply' in answer, answer)
        ben.type('/edit yes\r')
        check(ana.wait(event='edited', text='yes')['id'] == answer['id'])
        ben.wait_text('You, edited: yes')
        ben.type('/react 👍\r')
        ana.wait(event='reacted', id=answer['reply'], emoji='👍', on=True)
        ben.wait_text(f'You: 👍 to “{asked}”')
        ben.type('/react 👍\r')
        ana.wait(event='reacted', id=answer['reply'], emoji='👍', on=False)
        ben.type('/react word\r')
        ben.wait_text('With which emoji?')
        ben.type('/delete\r')
        ana.wait(event='deleted', id=answer['id'])
        ben.wait_text('You deleted a message')
        ben.interrupt()
        check(ben.wait_exit() == 0)
        ana.leave()


def test_asked_before_a_file():
    with start_server() as server:
        target, path = folder(), make_file(folder() / 'holiday.tar', 5_000_000)
        ana, code = create(server, '--name', 'Ana', '--send', path)
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--save-to', target, '--accept', 'ask'])
        ben.wait_text('Take holiday.tar (5.0\xa0MB)? [y/N]')
        check(list(target.iterdir()) == [])
        ben.type('y\r')
        ben.wait_text(f'From Ana: {target}/holiday.tar')
        check(sha256(target / 'holiday.tar') == sha256(path))
        ana.wait(event='transfer', state='done')
        ben.interrupt()
        check(ben.wait_exit() == 0)
        ana.leave()


def test_asked_what_of_a_folder():
    with start_server() as server:
        target, path = folder(), folder() / 'Holiday'
        (path / 'sea').mkdir(parents=True)
        make_file(path / 'list.txt', 10)
        make_file(path / 'sea' / 'one.jpg', 5_000)
        ana, code = create(server, '--name', 'Ana', '--send', path)
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--save-to', target, '--accept', 'ask'])
        ben.wait_text('Take Holiday (5.0\xa0kB)? [y/N, l:')
        ben.type('l\r')
        ben.wait_text('sea/one.jpg  5.0\xa0kB')
        ben.wait_screen(lambda screen: last_row(screen).startswith('Take Holiday'), 'asked again')
        check(list(target.iterdir()) == [])
        ben.type('only *.jpg\r')
        ben.wait_text(f'From Ana: {target}/Holiday')
        check([str(one.relative_to(target)) for one in sorted(target.rglob('*'))]
              == ['Holiday', 'Holiday/sea', 'Holiday/sea/one.jpg'])
        ana.wait(event='transfer', state='done')
        ben.interrupt()
        check(ben.wait_exit() == 0)
        ana.leave()


def test_enter_alone_is_a_no():
    with start_server() as server:
        target, path = folder(), make_file(folder() / 'a', 10)
        ana, code = create(server, '--send', path)
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--save-to', target, '--accept', 'ask'])
        ben.wait_text('Take a (10 bytes)? [y/N]')
        ben.type('\r')
        ana.wait(event='transfer', state='declined')
        check(list(target.iterdir()) == [])
        ben.interrupt()
        ben.wait_exit()
        ana.leave()


def test_sentence_is_no_answer_and_is_not_lost():
    with start_server() as server:
        ana, code = create(server, '--send', make_file(folder() / 'a', 10))
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--save-to', folder(), '--accept', 'ask'])
        ben.wait_text('[y/N]')
        ben.type('yesterday was nice\r')
        ben.wait_text('Please answer')
        check(ana.count(event='transfer', state='accepted') == 0)
        ben.type('n\r')
        ana.wait(event='transfer', state='declined')
        ben.wait_screen(lambda screen: last_row(screen) == '› yesterday was nice', 'the sentence again')
        ben.type('\r')
        ana.wait(event='chat', text='yesterday was nice')
        ben.interrupt()
        ben.wait_exit()
        ana.leave()


def test_question_goes_with_the_offer():
    with start_server() as server:
        ana, code = create(server, '--send', make_file(folder() / 'a', 10))
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--save-to', folder(), '--accept', 'ask'])
        ben.wait_text('[y/N]')
        ana.leave()
        ben.wait_screen(lambda screen: last_row(screen) == '›', 'prompt again')
        ben.interrupt()
        ben.wait_exit()


def test_the_secret_is_asked_for():
    with start_server() as server:
        ana = snugtest.Cli('create', '--server', server.url, '--name', 'Ana')
        invite = ana.wait(event='room', state='waiting')['invite']
        code, _, secret = invite.partition('-')
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--name', 'Ben'])
        ben.wait_text('This room is private')
        ben.wait_text('Secret:')
        ben.type('otter otter otter\r')
        ben.wait_text('not the secret of this room. 4 tries are left.')
        ben.type('-'.join(f'{word[:4].upper()}\t' for word in secret.split('-')))
        ben.wait_text(f'Secret: {secret}')
        ben.type('\r')
        ben.wait_text('Ana joined')
        ben.interrupt()
        ben.wait_exit()
        chi = Terminal([CLI, 'join', code, '--server', server.url])
        chi.wait_text('Secret:')
        chi.type('\r')
        check(chi.wait_exit() == 4, 'an empty line gives up')
        ana.leave()


def test_progress_bar():
    with start_server() as server:
        target, path = folder(), folder() / 'big.bin'
        path.touch()
        os.truncate(path, 2_000_000_000)
        ana, code = create(server, '--name', 'Ana', '--send', path)
        ben = Terminal([CLI, 'join', code, '--server', server.url, '--save-to', target], columns=100)
        ben.wait_screen(lambda screen: any('big.bin' in line and '▕' in line and '/s' in line and 'left' in line
                                           for line in screen.lines), 'bar with speed and time left')
        ben.type('meanwhile')
        ben.wait_text('› meanwhile')
        ana.say('still sending')
        ben.wait_text('Ana  still sending')
        ben.wait_screen(lambda screen: '▕' in screen.lines[-2] and last_row(screen) == '› meanwhile', 'bar above the line')
        ben.type('\x15/cancel\r')
        ben.wait_text('big.bin was cancelled')
        ben.wait_screen(lambda screen: '▕' not in screen.text and last_row(screen) == '›', 'end of the bar')
        ana.wait(event='transfer', state='cancelled')
        ben.interrupt()
        ben.wait_exit()
        check(list(target.iterdir()) == [], list(target.iterdir()))
        ana.leave()


def test_commands():
    with start_server() as server:
        source = folder()
        make_file(source / 'a b.txt', 10)
        ana, ben = enter(server)
        ben.type('/help\r')
        ben.wait_text('/send PATH')
        ben.type('/who\r')
        ben.wait_text('Ana  Direct, local network')
        ben.type('/frob\r')
        ben.wait_text('There is no /frob')
        ben.type(f'/send {source}/nothing\r')
        ben.wait_text('nothing')
        ben.type(f"/send '{source}/a b.txt'\r")
        ana.wait(event='transfer', direction='in', name='a b.txt')
        ben.type('/name Bert\r')
        ana.wait(event='member', name='Bert')
        ben.type('//not a command\r')
        ana.wait(event='chat', text='/not a command')
        check(ana.count(event='chat') == 1)
        ben.type('\x04')
        check(ben.wait_exit() == 0)
        ana.leave()


def test_qr_code_and_link():
    ana = Terminal([CLI, 'create', '--open', '--listen', '127.0.0.1:0'])
    link = ana.wait_text('Room link: ').removeprefix('Room link: ')
    ana.wait_text('Invite: ')
    check(any(set(line) <= set(' ▀▄█') and '█' in line for line in ana.screen.lines), ana.screen.text)
    # Black on white, whatever colours the terminal has.
    check(b'\x1b[38;5;16;48;5;231m' in ana.raw)
    ben = snugtest.Cli('join', link)
    ben.wait(event='member', state='connected')
    ben.say('found you')
    ana.wait_text('found you')
    ana.interrupt()
    check(ana.wait_exit() == 0)
    ben.wait(event='member', state='left')
    ben.kill()


def test_no_color():
    env = snugtest.environment(TERM='xterm', NO_COLOR='1')
    with start_server() as server:
        ana, ben = enter(server, env=env)
        ana.say('black and white')
        ben.wait_text('black and white')
        check(not ben.screen.colored, ben.raw)
        ben.interrupt()
        ben.wait_exit()
        ana.leave()


def test_terminal_without_utf8():
    env = snugtest.environment(TERM='xterm', LC_ALL='C')
    ana = Terminal([CLI, 'create', '--open', '--listen', '127.0.0.1:0'], env=env, columns=100)
    link = ana.wait_text('Room link: ').removeprefix('Room link: ')
    ben = snugtest.Cli('join', link, '--name', 'Zoë')
    ana.wait_text('joined')
    ben.say('Grüße 🙂 end')
    ana.wait_text('Gr??e ? end')
    check(ana.raw.isascii(), ana.raw)
    ana.interrupt()
    check(ana.wait_exit() == 0)
    ben.kill()


def test_no_control_characters_of_strangers():
    with start_server() as server:
        ana, ben = enter(server)
        # The screen itself fails on a sequence that snug-cli has no reason to write.
        ana.say('red \x1b[31m bell \x07 back\x08 title \x1b]0;x\x07 \x9b2J \u202e end')
        ben.wait_text('end')
        check('\u202e' not in ben.screen.text)
        ben.interrupt()
        ben.wait_exit()
        ana.leave()


def test_narrow_window():
    with start_server() as server:
        ana, ben = enter(server, columns=30)
        ben.type('a line that is longer than thirty columns')
        ben.wait_text('thirty columns')
        ana.say('hello')
        ben.wait_text('hello')
        ben.wait_screen(lambda screen: last_row(screen).endswith('thirty columns') and len(last_row(screen)) < 30,
                        'the end of the line')
        ben.type('\r')
        ana.wait(event='chat', text='a line that is longer than thirty columns')
        ben.interrupt()
        ben.wait_exit()
        ana.leave()


def test_terminal_given_back_at_every_end():
    with start_server() as server:
        for number, status in ((signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGABRT, -signal.SIGABRT)):
            ana, ben = enter(server)
            ben.wait_text('›')
            check(not ben.is_as_before(), 'not in character mode')
            ben.send_signal(number)
            found = ben.wait_exit()
            check(found == status, number, 'ended with', found)
            check(ben.is_as_before(), number, 'left the terminal in another mode')
            ana.leave()


def test_stop_and_go_on():
    with start_server() as server:
        ana, ben = enter(server)
        ben.type('typed')
        ben.wait_text('› typed')
        ben.type('\x1a')
        ben.wait_stopped()
        check(ben.is_as_before(), 'stopped with the terminal in another mode')
        ben.send_signal(signal.SIGCONT)
        ben.wait_screen(lambda screen: screen.text.count('› typed') == 2, 'the line again')
        check(not ben.is_as_before(), 'does not type again')
        ben.type(' on\r')
        ana.wait(event='chat', text='typed on')
        ben.interrupt()
        check(ben.wait_exit() == 0)
        ana.leave()


def test_two_people_compare():
    with start_server() as server:
        ana, ben = enter(server)
        ben.type('/same\r')
        ben.wait_text('Whose phrase?')
        ben.type('/compare ana\r')
        phrase = ana.wait(event='safety', state='phrase')['phrase']
        check(len(phrase.split()) == 4, phrase)
        ben.wait_text(f'Safety phrase with Ana: {phrase}')
        ben.type('/same\r')
        ben.wait_text(f'Ana is checked: {phrase}')
        ben.type('/who\r')
        ben.wait_text('· checked')
        ben.type('/different\r')
        ben.wait_text('Not safe')
        status = ben.wait_exit()
        check(status == 8, status, ben.screen.text)
        ana.leave()


def test_room_that_is_not_there():
    with start_server() as server:
        ben = Terminal([CLI, 'join', 'QXWV23', '--server', server.url])
        check(ben.wait_exit() == 3)
        check('QXWV23' in ben.screen.text or 'room' in ben.screen.text.lower(), ben.screen.text)
        check(ben.is_as_before())


if __name__ == '__main__':
    snugtest.run([function for name, function in list(globals().items()) if name.startswith('test_')])
