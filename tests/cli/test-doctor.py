#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""snug-cli doctor on the loopback interface: servers that are there, and what may be there in their place.

What it finds behind routers is in tests/lab/doctor.py.
"""
import http.server
import pathlib
import socket
import socketserver
import struct
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugtest import Cli, check, refusing_port, start_server

DONE, UNREACHABLE, TIMED_OUT, NOBODY_REACHED = 0, 2, 6, 7
# That of UDP's discard service, which nobody runs any more.
NOBODYS_PORT = 9
COOKIE = 0x2112a442
UNAUTHENTICATED, STALE, FULL, FORBIDDEN = 401, 438, 486, 403


class Serving:
    """`with Serving(socketserver): …`, on a thread."""

    def __init__(self, server):
        self.server, self.port = server, server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def web(answers):
    """A web server with these answers by path, each a body or a status; 400 to everything else."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            answer = answers.get(self.path, 400)
            status, body = (answer, b'') if isinstance(answer, int) else (200, answer)
            self.rfile.read(int(self.headers.get('Content-Length', 0)))
            self.send_response(status)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_):
            pass
    return Serving(http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler))


def attribute(kind, value):
    return struct.pack('!HH', kind, len(value)) + value + bytes(-len(value) % 4)


def by_datagrams(answer):
    """A STUN or TURN server by UDP that says answer(method, request): kind and attributes, or None for no word."""
    answers = {}

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            data, out = self.request
            request_id = data[8:20]
            # The same request once more, because the answer was late: no new one (RFC 8489 section 6.3.1).
            if request_id not in answers:
                answers[request_id] = answer(struct.unpack('!H', data[:2])[0], data)
            if answers[request_id] is not None:
                kind, body = answers[request_id]
                out.sendto(struct.pack('!HHI', kind, len(body), COOKIE) + request_id + body, self.client_address)
    return Serving(socketserver.UDPServer(('127.0.0.1', 0), Handler))


def by_streams(answer):
    """The same by TCP, which brings what it says in pieces: a byte, and what is left."""
    class Handler(socketserver.StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self):
            while header := self.rfile.read(20):
                method, n_bytes = struct.unpack('!HH', header[:4])
                kind, body = answer(method, self.rfile.read(n_bytes))
                said = struct.pack('!HHI', kind, len(body), COOKIE) + header[8:20] + body
                self.wfile.write(said[:1])
                self.wfile.write(said[1:])
    return Serving(socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler))


def relay(*codes, serve=by_datagrams):
    """A TURN server: asks for a password, then says these one after the other; 0 is yes. All that was asked."""
    left, asked = list(codes), []

    def answer(method, request):
        asked.append(method)
        code = left.pop(0) if b'user' in request else UNAUTHENTICATED
        body = attribute(0x14, b'realm') + attribute(0x15, b'nonce %d' % len(asked))
        if code:
            return method | 0x110, attribute(9, struct.pack('!HBB', 0, code // 100, code % 100)) + body
        return method | 0x100, attribute(0x16, struct.pack('!BBHI', 0, 1, 7, 7))
    serving = serve(answer)
    serving.asked = asked
    return serving


def stun(*ports):
    """A STUN server that sees who asks at these ports, one after the other, as behind a router; then it is silent."""
    left = list(ports)

    def answer(method, _):
        return (method | 0x100, attribute(0x20, struct.pack('!BBHI', 0, 1, left.pop(0), 7))) if left else None
    return by_datagrams(answer)


def doctor(status, *words):
    """What it found, by step, when it ended with that status."""
    cli = Cli('doctor', *words)
    cli.expect_exit(status)
    check(all(event['event'] == 'check' for event in cli.events), cli.events)
    return {event['step']: event['code'] for event in cli.events}


def test_a_server_where_rooms_can_be_made():
    with start_server() as server:
        found = doctor(DONE, '--server', server.url)
        check(found['server'] == 'works' and found['reach'] == 'unknown', found)


def test_without_any_server():
    found = doctor(DONE)
    check(found['server'] == found['stun'] == found['relay'] == 'not-named', found)


def test_nobody_listens():
    with refusing_port() as port:
        found = doctor(UNREACHABLE, '--server', f'127.0.0.1:{port}')
        check(found['server'] == 'nobody', found)


def test_another_web_server():
    with web({'/api/health': b'<html>welcome to the hotel</html>'}) as hotel:
        found = doctor(UNREACHABLE, '--server', f'127.0.0.1:{hotel.port}')
        check(found['server'] == 'something-else', found)


def test_a_proxy_that_breaks_websockets():
    answers = {'/api/health': b'{"v":2}', '/api/create-room': b'{"v":2,"code":"QXWV23","member":"m1","token":"t"}'}
    with web(answers) as proxy:
        found = doctor(UNREACHABLE, '--server', f'127.0.0.1:{proxy.port}')
        check(found['server'] == 'no-sockets', found)


def test_a_server_that_asks_to_wait():
    with web({'/api/health': b'{"v":2}', '/api/create-room': 429}) as busy:
        found = doctor(UNREACHABLE, '--server', f'127.0.0.1:{busy.port}')
        check(found['server'] == 'full', found)


def test_a_server_that_hangs_and_a_limit():
    with socket.create_server(('127.0.0.1', 0)) as hangs:
        cli = Cli('doctor', '--server', f'127.0.0.1:{hangs.getsockname()[1]}', '--timeout', '0.2')
        cli.expect_exit(TIMED_OUT)


def stun_words(*servings):
    return [word for serving in servings for word in ('--stun', f'stun:127.0.0.1:{serving.port}')]


# Each server is asked whether it answers, then from the socket that both are asked from.
def test_a_router_that_is_seen_from_two_servers():
    for ports, status, router, reach in (((7, 7), DONE, 'easy', 'directly'),
                                         ((7, 8), NOBODY_REACHED, 'strict', 'some')):
        with stun(7, ports[0]) as one, stun(7, ports[1]) as other:
            found = doctor(status, *stun_words(one, other))
            check(found['nat'] == router and found['reach'] == reach, found)


def test_a_router_that_is_seen_from_one_server():
    with stun(7, 7) as one:
        found = doctor(DONE, *stun_words(one))
        check(found['stun'] == 'works' and found['nat'] == found['reach'] == 'unknown', found)
    with stun(7, 7) as one, relay(0, 0) as other:
        found = doctor(DONE, *stun_words(one), '--turn', f'turn:user:secret@127.0.0.1:{other.port}')
        check(found['reach'] == 'by-relay', found)


def test_a_limit_before_the_router_is_known():
    with stun(7) as silent_to_the_second:
        found = doctor(TIMED_OUT, *stun_words(silent_to_the_second), '--timeout', '0.5')
        check('nat' not in found and 'reach' not in found, found)


def turn(serving, query=''):
    return ['--relay', 'only', '--turn', f'turn:user:secret@127.0.0.1:{serving.port}{query}']


def test_relays_that_say_no():
    for code, wanted in ((FULL, 'full'), (FORBIDDEN, 'refused'), (UNAUTHENTICATED, 'password')):
        with relay(code) as serving:
            found = doctor(NOBODY_REACHED, *turn(serving))
            check(found['relay-udp'] == wanted and found['reach'] == 'none', code, found)


def test_a_relay_whose_nonce_is_stale():
    # Allocate (3) with and without a password, and Refresh (4) gives the place back.
    with relay(STALE, 0, 0) as serving:
        found = doctor(DONE, *turn(serving))
        check(found['relay-udp'] == 'works' and found['reach'] == 'by-relay', found)
        check(serving.asked[:4] == [3, 3, 3, 4], serving.asked)
    with relay(STALE, STALE) as serving:
        found = doctor(NOBODY_REACHED, *turn(serving))
        check(found['relay-udp'] == 'refused', found)


def test_a_relay_over_tcp():
    with relay(STALE, 0, 0, serve=by_streams) as serving:
        found = doctor(DONE, *turn(serving, '?transport=tcp'))
        check(found['relay-tcp'] == 'works' and serving.asked == [3, 3, 3, 4], found, serving.asked)


def test_a_relay_that_is_a_web_server():
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.sendall(b'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    with Serving(socketserver.ThreadingTCPServer(('127.0.0.1', 0), Handler)) as serving:
        found = doctor(NOBODY_REACHED, '--turn', f'turn:user:secret@127.0.0.1:{serving.port}?transport=tcp')
        check(found['relay-tcp'] == 'something-else', found)


def test_words_for_a_person():
    with start_server() as server:
        plain = snugtest.Process([snugtest.BUILD / 'src/cli/snug-cli', 'doctor', '--server', server.url, '--stun',
                                  f'stun:127.0.0.1:{NOBODYS_PORT}'])
        plain.expect_exit(NOBODY_REACHED)
        text = '\n'.join(plain.lines)
        check('ok - Server: It works.' in plain.lines, text)
        check('not ok - STUN server: Nobody listens there. Check address and port, and that it runs.' in plain.lines, text)
        check(plain.lines[-1].startswith('not ok - People in other networks: '), text)
        check('127.0.0.1' not in text, text)


if __name__ == '__main__':
    snugtest.run([function for name, function in list(globals().items()) if name.startswith('test_')])
