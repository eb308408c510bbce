#!/usr/bin/python3
"""data/server/HOSTING.md, taken at its word: its settings, with TLS and behind a real nginx and a real Caddy.

A hosted name, its ports and files are exchanged for ones of this test; every other word runs as it stands there.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import http.client
import json
import pathlib
import re
import socket
import ssl
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest  # noqa: E402  pylint: disable=wrong-import-position

DOC = (snugtest.ROOT / 'data/server/HOSTING.md').read_text(encoding='utf-8')
NAME = 'snug.example.org'


def blocks(language):
    return re.findall(rf'^```{language}\n(.*?)^```$', DOC, re.MULTILINE | re.DOTALL)


def settings_with(key):
    return next(block for block in blocks('ini') if key in block)


def make_certificate(folder):
    chain, key = folder / 'fullchain.pem', folder / 'privkey.pem'
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', f'/CN={NAME}', '-addext', f'subjectAltName=DNS:{NAME}',
                    '-out', chain, '-keyout', key], check=True, capture_output=True)
    return chain


class Site:
    """https://snug.example.org, on a port of the loopback interface."""

    def __init__(self, port, chain):
        self.port = port
        self.tls = ssl.create_default_context(cafile=chain)

    def connect(self):
        # Not from where proxies are trusted.
        plain = socket.create_connection(('127.0.0.1', self.port), snugtest.PATIENCE, source_address=('127.0.0.2', 0))
        return self.tls.wrap_socket(plain, server_hostname=NAME)

    def ask(self, method, path, body=None, headers=None):
        """Status, headers and text of an answer."""
        connection = http.client.HTTPConnection('127.0.0.1')
        connection.sock = self.connect()
        connection.request(method, path, body, {'Host': NAME, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text

    def enter(self, code, token):
        """A WebSocket with its first frame said; what it hears until `welcome` is whole."""
        key = 'AAAAAAAAAAAAAAAAAAAAAA=='
        payload = json.dumps({'type': 'enter', 'token': token}).encode()
        mask = bytes(4)   # a mask of zeros leaves a payload as it is
        with self.connect() as stream:
            stream.sendall((f'GET /api/ws?code={code}&v=2 HTTP/1.1\r\nHost: {NAME}\r\nUpgrade: websocket\r\n'
                            f'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n').encode())
            heard = b''
            while b'\r\n\r\n' not in heard:
                heard += stream.recv(4096)
            assert heard.startswith(b'HTTP/1.1 101 '), heard
            stream.sendall(b'\x81\xfe' + len(payload).to_bytes(2, 'big') + mask + payload)
            while b'iceServers' not in heard:
                piece = stream.recv(4096)
                assert piece, heard
                heard += piece
        return heard


def check(site):
    """What a page and a member need of a server, wherever it stands."""
    status, headers, text = site.ask('GET', '/')
    assert status == 200 and '<html' in text, text
    assert 'content-security-policy' in headers, headers
    assert site.ask('GET', '/api/health')[0] == 200
    room = json.loads(site.ask('POST', '/api/create-room', json.dumps({'v': 2}))[2])
    assert b'"welcome"' in site.enter(room['code'], room['token'])


def check_that_a_proxy_is_believed(site):
    """A client cannot choose what limits count by: the proxy's word stands behind its own."""
    answers = [site.ask('POST', '/api/create-room', headers={'X-Forwarded-For': f'192.0.2.{i}'})[0] for i in range(2)]
    assert answers == [200, 429], answers
    assert site.ask('GET', '/metrics')[0] == 404


def start_server(settings, folder, *more):
    """With the settings of the page, its files in this folder. --listen goes before what it says."""
    text = settings.replace('/var/lib/snug-server/', f'{folder}/').replace('/etc/snug/', f'{folder}/')
    config = folder / 'snug-server.conf'
    config.write_text('\n'.join((text, *more, '')), encoding='utf-8')
    server = snugtest.Process([snugtest.BUILD / 'src/server/snug-server', '--config', config, '--listen', '127.0.0.1:0'])
    return server, int(server.wait_line('listening ').rsplit(':', 1)[1])


def test_by_itself():
    folder = snugtest.folder()
    chain = make_certificate(folder)
    server, port = start_server(settings_with('tls-certificate'), folder)
    check(Site(port, chain))
    server.stop()


def start_behind_proxy(folder):
    """A server that lets an address make two rooms: the one that check() makes, and one more."""
    return start_server(settings_with('trusted-proxies'), folder, 'max-rooms-per-address=2')


def wait_for(process, port):
    """A proxy says nothing when it is ready: it is when it takes a connection."""
    while process.process.poll() is None:
        try:
            socket.create_connection(('127.0.0.1', port)).close()
            return
        except ConnectionRefusedError:
            pass
    raise snugtest.Failure(process.describe())


def test_behind_nginx():
    folder = snugtest.folder()
    chain = make_certificate(folder)
    server, inner = start_behind_proxy(folder)
    port = snugtest.free_port()
    site = blocks('nginx')[0].replace('listen 443', f'listen 127.0.0.1:{port}').replace(':2029', f':{inner}')
    config = folder / 'nginx.conf'
    config.write_text(f'daemon off; pid {folder}/pid; error_log stderr; events {{}}\nhttp {{\n'
                      + ''.join(f'{name}_temp_path {folder}/{name};\n'
                                for name in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
                      + site.replace('/etc/snug/', f'{folder}/') + '}\n', encoding='utf-8')
    nginx = snugtest.Process(['/usr/sbin/nginx', '-p', folder, '-e', 'stderr', '-c', config])
    wait_for(nginx, port)
    check(Site(port, chain))
    check_that_a_proxy_is_believed(Site(port, chain))
    nginx.stop()
    server.stop()


def test_behind_caddy():
    folder = snugtest.folder()
    chain = make_certificate(folder)
    server, inner = start_behind_proxy(folder)
    port = snugtest.free_port()
    site = blocks('caddy')[0].replace(NAME, f'{NAME}:{port}').replace(':2029', f':{inner}')
    config = folder / 'Caddyfile'
    # Its own certificates come from the internet; it binds to where this test is.
    config.write_text('{\nadmin off\nauto_https disable_redirects\n}\n'
                      + site.replace('{', f'{{\nbind 127.0.0.1\ntls {chain} {folder}/privkey.pem', 1), encoding='utf-8')
    caddy = snugtest.Process(['/usr/bin/caddy', 'run', '--config', config, '--adapter', 'caddyfile'],
                             env=snugtest.environment(HOME=str(folder)))
    wait_for(caddy, port)
    check(Site(port, chain))
    check_that_a_proxy_is_believed(Site(port, chain))
    caddy.stop()
    server.stop()


snugtest.run([test_by_itself, test_behind_nginx, test_behind_caddy])
