#!/usr/bin/python3
# The program snug-server, as cli.md's contract has it. Prints TAP.
#
# SPDX-License-Identifier: GPL-3.0-or-later
import http.client
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import traceback

PROGRAM = sys.argv[1]
ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)


class Server:
    """A running one; leaving the block sends SIGTERM."""

    def __init__(self, *arguments, env=None, stderr=None):
        self.process = subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=stderr, text=True,
                                        env={**os.environ, **(env or {})})
        self.line = self.process.stdout.readline().strip()
        self.port = int(self.line.rsplit(':', 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.status = self.process.wait(60)
        self.process.stdout.close()

    def get(self, path, method='GET', body=None, headers=None, tls=None):
        connection = (http.client.HTTPSConnection('127.0.0.1', self.port, timeout=60, context=tls) if tls
                      else http.client.HTTPConnection('127.0.0.1', self.port, timeout=60))
        connection.request(method, path, body, headers or {})
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
           '[server]\nmax-frame-burst=0\n', '[server]\ntrusted-proxies=proxy.example.org\n', '[server]\nlog=loud\n',
           '[server]\ntls-key=/nowhere\n', '[server]\ntls-certificate=/nowhere\ntls-key=/nowhere\n',
           '[ice-server x]\nurl=http://a.example.org\n', '[ice-server x]\n',
           '[ice-server x]\nurl=turn:a.example.org\nsecret=\n',
           '[ice-server x]\nurl=turn:a.example.org\nusername=u\npassword=c\n']
    for text in bad:
        with tempfile.NamedTemporaryFile('w', suffix='.conf') as file:
            file.write(text)
            file.flush()
            result = run('--listen', '127.0.0.1:0', '--config', file.name)
            assert result.returncode == 1, text
            assert result.stdout == '' and file.name in result.stderr, (text, result)


def write_config(folder, *lines):
    path = os.path.join(folder, 'snug-server.conf')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(('[server]', 'listen=127.0.0.1:0', *lines, '')))
    return path


def every_setting_of_the_example_is_one():
    text = (ROOT / 'data/server/snug-server.conf').read_text(encoding='utf-8')
    shown = set(re.findall(r'^#?([a-z-]+)=', text, re.MULTILINE))
    known = set(re.findall(r'(?<!\?)\b([a-z-]+)=', run('--help').stdout.split('FILE:')[1]))
    assert shown == known, shown ^ known
    with tempfile.TemporaryDirectory() as folder:
        lines = [line[1:] for line in text.splitlines() if re.match(r'#(\[|(?!redis)[a-z-]+=(?!/))', line)]
        with Server('--config', write_config(folder, *lines), '--listen', '127.0.0.1:0') as server:
            assert server.get('/api/health')[0] == 200
        assert server.status == 0


def believes_trusted_proxies_only():
    def rooms_for(server, *addresses):
        return [server.get('/api/create-room', 'POST', headers={'X-Forwarded-For': list_})[0] for list_ in addresses]

    with tempfile.TemporaryDirectory() as folder:
        with Server('--config', write_config(folder, 'max-rooms-per-address=1')) as server:
            assert rooms_for(server, '192.0.2.1', '192.0.2.2') == [200, 429]
        with Server('--config', write_config(folder, 'max-rooms-per-address=1',
                                             'trusted-proxies=127.0.0.0/8;198.51.100.7')) as server:
            assert rooms_for(server, '192.0.2.1', '192.0.2.2', '192.0.2.1') == [200, 200, 429]
            # What a client wrote itself stands first, what another of our proxies wrote stands last.
            assert rooms_for(server, '192.0.2.9, 192.0.2.1', '192.0.2.3, 198.51.100.7') == [429, 200]
            assert rooms_for(server, '192.0.2.3') == [429]


def make_certificate(folder, name):
    files = [os.path.join(folder, end) for end in ('chain.pem', 'key.pem')]
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', f'/CN={name}', '-addext', 'subjectAltName=IP:127.0.0.1',
                    '-out', files[0], '-keyout', files[1]], check=True, capture_output=True)
    return files


def certificate_of(port):
    return ssl.get_server_certificate(('127.0.0.1', port))


def speaks_tls_and_takes_a_new_certificate():
    with tempfile.TemporaryDirectory() as folder:
        chain, key = make_certificate(folder, 'first')
        first = pathlib.Path(chain).read_text(encoding='ascii')
        config = write_config(folder, f'tls-certificate={chain}', f'tls-key={key}')
        with Server('--config', config, stderr=subprocess.PIPE) as server:
            assert server.line == f'listening https://127.0.0.1:{server.port}', server.line
            tls = ssl.create_default_context(cafile=chain)
            assert server.get('/api/health', tls=tls)[0] == 200
            assert certificate_of(server.port) == first
            make_certificate(folder, 'second')
            server.process.send_signal(signal.SIGHUP)
            while json.loads(server.process.stderr.readline())['event'] != 'reloaded':
                pass
            assert certificate_of(server.port) == pathlib.Path(chain).read_text(encoding='ascii') != first
            pathlib.Path(key).write_text('nonsense', encoding='ascii')
            server.process.send_signal(signal.SIGHUP)
            while json.loads(server.process.stderr.readline())['event'] != 'reload-failed':
                pass
            assert server.get('/api/health', tls=ssl.create_default_context(cafile=chain))[0] == 200
        server.process.stderr.close()
        assert server.status == 0


def tells_what_happens_without_addresses():
    def events_of(*lines):
        with tempfile.TemporaryDirectory() as folder:
            with Server('--config', write_config(folder, 'max-rooms-per-address=1', *lines),
                        stderr=subprocess.PIPE) as server:
                code = json.loads(server.get('/api/create-room', 'POST')[1])['code']
                assert server.get('/api/create-room', 'POST')[0] == 429
            text = server.process.stderr.read()
            server.process.stderr.close()
        assert code not in text, text
        return [json.loads(line) for line in text.splitlines()]

    events = events_of()
    assert [event['event'] for event in events] == ['started', 'room-made', 'stopping', 'room-over'], events
    assert not any('address' in event for event in events), events
    assert events[1]['room'] == events[3]['room']
    assert any(event.get('address') == '127.0.0.1' for event in events_of('log-addresses=true'))
    assert not events_of('log=quiet')


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


TESTS = [listens_and_ends, serves_the_page, refuses_what_it_does_not_know, every_setting_of_the_example_is_one,
         believes_trusted_proxies_only, speaks_tls_and_takes_a_new_certificate, tells_what_happens_without_addresses,
         says_what_it_is, cannot_listen]

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
