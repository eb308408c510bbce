"""lab: a small internet of network namespaces on one machine, for tests of what NATs do to us.

    host a -- router a --+                      2001:db8:1::/64 and 192.168.1.0/24 behind router a
                         +-- segment -- server  203.0.113.0/24 and 2001:db8:0:1::/64
    host b -- router b --+                      2001:db8:2::/64 and 192.168.2.0/24 behind router b

A namespace lives as long as the process that holds it, and that process as long as we do: nothing is left
behind even if we are killed. No names in /run, no mounts, so it works in a chroot; and without root in a
user namespace of one's own (`lab.enter_own_network`).

SPDX-License-Identifier: GPL-3.0-or-later
"""
import base64
import hmac
import os
import signal
import subprocess
import sys
import threading
import time

PATIENCE_SECONDS = 30
SERVER = "203.0.113.10"
SERVER_6 = "2001:db8:0:1::10"

# How a router maps UDP on its way out. That of a home stays the same for every destination and lets in only who
# was written to: port restricted. A full cone lets in everybody. A symmetric one takes another port for each
# destination, of all there are, or one that is more random, of some.
NATS = {
    "full-cone": "",
    "port-restricted": "",
    "symmetric": "meta l4proto udp masquerade random",
    "symmetric-random": "meta l4proto udp masquerade to :20000-60000 fully-random",
    "udp-blocked": "",
}


def meet_directly(nats):
    """Whether the two can meet without a relay: each writes first to where the other is seen from by the STUN server. A
    symmetric router is seen from elsewhere by everybody, so it needs one that lets in everybody at the other side."""
    if "udp-blocked" in nats:
        return False
    symmetric = [nat.startswith("symmetric") for nat in nats]
    return not any(symmetric) or (not all(symmetric) and "full-cone" in nats)


def enter_own_network():
    """Starts the program again as root of a network of its own, once. A stopped program leaves its `with`s."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if os.environ.get("SNUG_LAB") == str(os.getppid()):
        return
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    environment = dict(os.environ, SNUG_LAB=str(os.getpid()))
    command = ["unshare", *as_root, "--net", "--", sys.executable, *sys.argv]
    process = subprocess.Popen(command, env=environment)
    try:
        sys.exit(process.wait())
    except (KeyboardInterrupt, SystemExit):
        process.terminate()
        sys.exit(process.wait())


class Place:
    """One namespace. `run` waits for a command in it, `start` does not."""

    def __init__(self, name):
        self.name = name
        # cat ends when our end of the pipe closes, whatever became of us.
        self.holder = subprocess.Popen(["unshare", "--net", "--", "cat"], stdin=subprocess.PIPE,
                                       stdout=subprocess.DEVNULL)
        self.wait_for_namespace()
        self.run("ip", "link", "set", "lo", "up")

    def wait_for_namespace(self):
        ours = os.readlink("/proc/self/ns/net")
        while self.holder.poll() is None:
            if os.readlink(f"/proc/{self.holder.pid}/ns/net") != ours:
                return
            os.sched_yield()
        raise RuntimeError(f"no namespace for {self.name}")

    def command(self, *words):
        return ["nsenter", f"--net=/proc/{self.holder.pid}/ns/net", "--", *map(str, words)]

    def run(self, *words, **more):
        return subprocess.run(self.command(*words), check=True, **more)

    def start(self, *words, **more):
        return subprocess.Popen(self.command(*words), **more)

    def allow_forwarding(self):
        for path in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
            self.run("sh", "-c", f"echo 1 >/proc/sys/net/{path}")

    def plug(self, device, peer, peer_device):
        """A cable between two places."""
        self.run("ip", "link", "add", device, "type", "veth", "peer", "name", peer_device, "netns", peer.holder.pid)
        self.run("ip", "link", "set", device, "up")
        peer.run("ip", "link", "set", peer_device, "up")

    def address(self, device, *addresses):
        for address in addresses:
            # nodad: an IPv6 address that may be used at once.
            self.run("ip", "address", "add", address, "dev", device, *(["nodad"] if ":" in address else []))

    def end(self):
        self.holder.stdin.close()
        self.holder.wait()


def host_address(number):
    """Of the host behind that router, at home."""
    return f"192.168.{number}.2"


class Lab:
    """The places of the picture above; `with Lab() as lab`. All routers start port restricted. There may be other
    sides than a and b, up to nine."""

    def __init__(self, sides="ab"):
        self.numbers = {side: number for number, side in enumerate(sides, start=1)}
        self.segment, self.server = Place("segment"), Place("server")
        self.routers = {side: Place(f"router {side}") for side in sides}
        self.hosts = {side: Place(f"host {side}") for side in sides}
        self.processes = []

    def __enter__(self):
        self.segment.run("ip", "link", "add", "switch", "type", "bridge")
        self.segment.run("ip", "link", "set", "switch", "up")
        self.plug_into_segment(self.server, "server", f"{SERVER}/24", f"{SERVER_6}/64")
        for side in self.numbers:
            self.build_side(side)
        for side, number in self.numbers.items():
            for place in (self.server, *(router for other, router in self.routers.items() if other != side)):
                place.run("ip", "-6", "route", "add", f"2001:db8:{number}::/64", "via", f"2001:db8:0:1::{number}")
            self.set_nat(side, "port-restricted")
        return self

    def plug_into_segment(self, place, port, *addresses):
        self.segment.plug(port, place, "wan")
        self.segment.run("ip", "link", "set", port, "master", "switch")
        place.address("wan", *addresses)
        # The rest of the world swallows what is sent there. Without a route there would be an error at once, at
        # which coturn ends the sender's allocation.
        place.run("ip", "link", "add", "world", "type", "veth", "peer", "name", "nowhere")
        place.run("ip", "link", "set", "world", "up", "arp", "off")
        place.run("ip", "link", "set", "nowhere", "up")
        place.run("ip", "route", "add", "default", "dev", "world")
        place.run("ip", "-6", "route", "add", "default", "dev", "world")

    def build_side(self, side):
        number, router, host = self.numbers[side], self.routers[side], self.hosts[side]
        self.plug_into_segment(router, f"router-{number}", f"203.0.113.{number}/24", f"2001:db8:0:1::{number}/64")
        router.plug("lan", host, "eth0")
        router.address("lan", f"192.168.{number}.1/24", f"2001:db8:{number}::1/64")
        host.address("eth0", f"{host_address(number)}/24", f"2001:db8:{number}::2/64")
        host.run("ip", "route", "add", "default", "via", f"192.168.{number}.1")
        host.run("ip", "-6", "route", "add", "default", "via", f"2001:db8:{number}::1")
        router.allow_forwarding()

    def set_nat(self, side, kind):
        """Router `side` becomes of that kind; it forwards IPv4 only."""
        let_in = f"iifname wan udp dport 1024-65535 dnat to {host_address(self.numbers[side])}" if kind == "full-cone" else ""
        mapping = f"oifname wan {NATS[kind]}" if NATS[kind] else ""
        block_udp = "meta l4proto udp drop" if kind == "udp-blocked" else ""
        self.routers[side].run("nft", "-f", "-", text=True, input=f"""
            flush ruleset
            table ip nat {{
              chain in {{
                type nat hook prerouting priority -100;
                {let_in}
              }}
              chain out {{
                type nat hook postrouting priority 100;
                {mapping}
                oifname wan masquerade
              }}
            }}
            table inet gate {{
              chain to_router {{
                type filter hook input priority 0;
                iifname wan meta l4proto udp drop
              }}
              chain through {{
                type filter hook forward priority 0;
                {block_udp}
                meta nfproto ipv6 drop
                iifname wan ct state new ct status dnat accept
                iifname wan ct state new drop
              }}
            }}
            """)

    def start(self, place, *words, **more):
        """A process that ends with the lab."""
        process = place.start(*words, **more)
        self.processes.append(process)
        return process

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for place in (self.segment, self.server, *self.routers.values(), *self.hosts.values()):
            place.end()


def temporary_login(secret, seconds=3600):
    """User and password of one who shares a secret with the relay, as the TURN REST scheme has it."""
    user = f"{int(time.time()) + seconds}:snug"
    return user, base64.b64encode(hmac.digest(secret.encode(), user.encode(), "sha1")).decode()


def temporary_turn(secret, seconds=3600):
    """A relay with such a login in its address."""
    user, password = temporary_login(secret, seconds)
    return f"turn:{user.replace(':', '%3A')}:{password}@{SERVER}"


class Relay:
    """coturn at the server: STUN, and TURN over UDP, TCP and TLS for `snug:lamp`, or for who has a login that was made
    with a secret. Ready when made."""

    PORT, TLS_PORT = 3478, 5349
    STUN = f"stun:{SERVER}"
    TURN = f"turn:snug:lamp@{SERVER}"
    TURN_TCP = f"turn:snug:lamp@{SERVER}?transport=tcp"
    TURN_TLS = f"turns:snug:lamp@{SERVER}:{TLS_PORT}?transport=tcp"

    def __init__(self, lab, folder, secret=None, names=()):
        self.folder = folder
        subjects = ",".join([f"IP:{SERVER}"] + [f"DNS:{name}" for name in names])
        logins = ["--use-auth-secret", f"--static-auth-secret={secret}"] if secret else ["--lt-cred-mech", "--user=snug:lamp"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=relay", "-addext", f"subjectAltName={subjects}",
                        "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, stderr=subprocess.DEVNULL)
        self.process = lab.start(
            lab.server, "stdbuf", "-oL", "turnserver", "-n", "--verbose", "--log-file=stdout", "--no-cli", "--no-rfc5780",
            f"--listening-ip={SERVER}", f"--relay-ip={SERVER}", "--realm=snug.test", *logins,
            f"--cert={folder}/cert.pem", f"--pkey={folder}/key.pem", f"--userdb={folder}/turndb",
            f"--pidfile={folder}/turn.pid", cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait_for_lines(self.process, [f"{kind} listener opened on{gap}: {SERVER}:{port}"
                                      for kind, gap in (("DTLS/UDP", ""), ("TLS/TCP", " "))
                                      for port in (self.PORT, self.TLS_PORT)])
        drain(self.process)

    @classmethod
    def bytes_of(cls, traffic):
        """All bytes of UDP that the relay's computer heard and said, and those of TCP that were said to the relay."""
        streams = [stream for port, stream in traffic.streams_to if port in (cls.PORT, cls.TLS_PORT)]
        return sum(map(len, traffic.datagrams + streams))

    def trusted_by(self, *words):
        """The command of these words, for which no other certificate than the relay's is to be trusted."""
        return ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/ssl/certs/ca-certificates.crt && exec "$@"',
                self.folder / "cert.pem", *words]


def wait_for_lines(process, wanted, stream=None):
    """Until every one of the words was seen in a line of its own, of what it prints or of another stream. A process that
    keeps us waiting is killed."""
    wanted, seen = list(wanted), []
    impatience = threading.Timer(PATIENCE_SECONDS, process.kill)
    impatience.start()
    for line in stream or process.stdout:
        seen.append(line)
        found = [words for words in wanted if words in line]
        if found:
            wanted.remove(found[0])
        if not wanted:
            impatience.cancel()
            return
    raise RuntimeError(f"{process.args[4]} ended without saying {wanted}:\n{''.join(seen)}")


def drain(process):
    """Reads on, so that a process that talks does not stop at a full pipe."""
    threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
