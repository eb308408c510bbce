"""tap.py FILE: writes down all packets that this place gets and sends, until its input ends. As a module: reads them.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import collections
import select
import socket
import struct
import subprocess
import sys

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
TCP, UDP = 6, 17


def write_down(path):
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)) as tap, open(path, "wb", 0) as file:
        tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
        print("listening", flush=True)
        # First the packets: those that came before the end are written down, also if they had to wait.
        while tap in select.select([tap, sys.stdin], [], [])[0]:
            packet = tap.recv(1 << 17)
            file.write(struct.pack("!I", len(packet)) + packet)


class Tap:
    """That, running in a place of the lab. Listens when made."""

    def __init__(self, the_lab, place, record):
        self.record = record
        self.process = the_lab.start(place, sys.executable, __file__, record, text=True, stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)
        assert self.process.stdout.readline() == "listening\n"

    def traffic(self, address):
        self.end()
        return Traffic(self.record, address)

    def sent(self, *addresses):
        """(protocol, address, port) of all that these addresses sent to over IPv4."""
        self.end()
        sources = [socket.inet_aton(address) for address in addresses]
        return {(packet[9], socket.inet_ntoa(packet[16:20]), port_of(packet)) for packet in packets_of(self.record)
                if packet[0] >> 4 == 4 and packet[12:16] in sources}

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def packets_of(path):
    with open(path, "rb") as file:
        while len(head := file.read(4)) == 4:
            yield file.read(struct.unpack("!I", head)[0])


def port_of(packet):
    """Where it goes; 0 for what has no ports."""
    start = 4 * (packet[0] & 15)
    return struct.unpack("!H", packet[start + 2:start + 4])[0] if packet[9] in (TCP, UDP) else 0


class Traffic:
    """What an address got and sent over IPv4: `datagrams` of UDP, and `streams` of TCP, one a direction; `streams_to`
    are pairs of the port that they lead to and the stream."""

    def __init__(self, path, address):
        self.datagrams, self._segments = [], collections.defaultdict(dict)
        wanted = socket.inet_aton(address)
        for packet in packets_of(path):
            if packet[0] >> 4 == 4 and wanted in (packet[12:16], packet[16:20]):
                self._take(packet)
        self.streams_to = [(struct.unpack("!H", key[-2:])[0], self._join(segments))
                           for key, segments in self._segments.items()]
        self.streams = [stream for _, stream in self.streams_to]

    def _take(self, packet):
        start, end = 4 * (packet[0] & 15), struct.unpack("!H", packet[2:4])[0]
        words = packet[start:end]
        if packet[9] == UDP:
            self.datagrams.append(words[8:])
        elif packet[9] == TCP:
            sequence, data = struct.unpack("!I", words[4:8])[0], words[4 * (words[12] >> 4):]
            if data:
                self._segments[packet[12:20] + words[:4]].setdefault(sequence, data)

    @staticmethod
    def _join(segments):
        """In order, what came twice once. Streams here are short: no number wraps but by a rare chance, which sorting bears."""
        joined, due = b"", None
        for sequence in sorted(segments):
            data = segments[sequence]
            joined += data if due is None or sequence >= due else data[due - sequence:]
            due = max(due or 0, sequence + len(data))
        return joined

    def words(self):
        """All that was said over TCP, WebSocket frames without their masks."""
        return b"\n".join(map(unmask, self.streams))


def unmask(stream):
    """The head of a WebSocket and the payloads of its frames; another stream as it is."""
    head, _, rest = stream.partition(b"\r\n\r\n")
    if b"upgrade: websocket" not in head.lower():
        return stream
    words = [head]
    while len(rest) >= 2:
        is_masked, length, at = rest[1] >> 7, rest[1] & 127, 2
        if length >= 126:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(rest[at:at + size], "big"), at + size
        mask, at = (rest[at:at + 4], at + 4) if is_masked else (bytes(4), at)
        words.append(bytes(byte ^ mask[i % 4] for i, byte in enumerate(rest[at:at + length])))
        rest = rest[at + length:]
    return b"\n".join(words)


if __name__ == "__main__":
    write_down(sys.argv[1])
