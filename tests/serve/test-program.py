#!/usr/bin/python3
# The program snug-server, as cli.md's contract has it. Prints TAP.
#
# SPDX-License-Identifier: GPL-3.0-or-later
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import traceback

PROGRAM = sys.argv[1]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


class Server:
    """A running one; leaving the block sends SIGTERM."""

    def __init__(self, *arguments, env=None):
        self.process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(env or {})})
        self.line = self.process.stdout.readline().strip()
        self.port = int(self.line.rsplit(':', 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(60)
        self.process.stdout.close()

    def get(self, path, method='GET', body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


def listens_and_ends():
    with Server('--listen', '127.0.0.1:0') as server:
        assert server.line == f'listening http://127.0.0.1:{server.port}', server.line
        assert server.port > 0
        assert server.get('/api/health')[0] == 200
        assert '"success":true' in server.get('/api/create-room', 'POST')[1]
    assert server.status == 0, server.status
    with Server('--listen', '[::1]:0') as server:
        assert server.line.startswith('listening http://[::1]:'), server.line
    assert server.status == 0


def serves_the_page():
    with tempfile.TemporaryDirectory() as root:
        with open(os.path.join(root, 'index.html'), 'w', encoding='utf-8') as page:
            page.write('<p>from here')
        with Server('--listen', '127.0.0.1:0', env={'SNUG_WEB_ROOT': root}) as server:
            assert server.get('/?code=BOOK23') == (200, '<p>from here')

        config = os.path.join(root, 'config')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(f'[server]\nlisten=127.0.0.1:0\nweb-root={root}\nmax-rooms-per-address=1\n'
                       '[ice-server one]\nurl=turn:relay.example.org\nusername=u\ncredential=c\n')
        with Server('--config', config, env={'SNUG_WEB_ROOT': '/nowhere'}) as server:
            assert server.get('/') == (200, '<p>from here')
            assert server.get('/api/create-room', 'POST')[0] == 200
            assert server.get('/api/create-room', 'POST')[0] == 429


def refuses_what_it_does_not_know():
    assert run('--bogus').returncode == 1
    assert run('extra').returncode == 1
    assert run('--config', '/nowhere/file').returncode == 1
    bad = ['[server]\nmax-joins=5\n', '[servers]\n', '[server]\nmax-frame-burst=many\n',
           '[server]\nmax-frame-burst=0\n', '[ice-server x]\nurl=http://a.example.org\n', '[ice-server x]\n']
    for text in bad:
        with tempfile.NamedTemporaryFile('w', suffix='.conf') as file:
            file.write(text)
            file.flush()
            result = run('--listen', '127.0.0.1:0', '--config', file.name)
            assert result.returncode == 1, text
            assert result.stdout == '' and file.name in result.stderr, (text, result)


def says_what_it_is():
    assert run('--version').stdout.startswith('snug-server ')
    text = run('--help').stdout
    assert '--listen' in text and 'max-rooms-per-address' in text
    assert run('--help').returncode == 0


def cannot_listen():
    with Server('--listen', '127.0.0.1:0') as server:
        result = run('--listen', f'127.0.0.1:{server.port}')
        assert result.returncode == 2 and result.stdout == ''
    assert run('--listen', 'nonsense').returncode == 2


TESTS = [listens_and_ends, serves_the_page, refuses_what_it_does_not_know, says_what_it_is, cannot_listen]

print(f'1..{len(TESTS)}')
failed = False
for number, test in enumerate(TESTS, 1):
    try:
        test()
        print(f'ok {number} {test.__name__}', flush=True)
    except Exception as error:  # pylint: disable=broad-except
        failed = True
        print(f'not ok {number} {test.__name__}', flush=True)
        traceback.print_exception(error)
sys.exit(failed)
