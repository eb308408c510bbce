"""cable: two places of the lab at the ends of one long, narrow or lossy cable (lossy-link).

    with cable.Cable(build, cable.Kind(rate_mbit=1000, delay_ms=10, loss_percent=0.1)) as two:
        two.a.run("ping", "-c1", cable.B)

SPDX-License-Identifier: GPL-3.0-or-later
"""
import dataclasses
import pathlib
import subprocess

from lab import Place

A, B = "10.78.0.1", "10.78.0.2"
DEVICE = "link"
# What the kernel holds of a device until lossy-link has read it; the link's own queue is the one that is full.
DEVICE_PACKETS = "10000"


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a cable is like, each way. Its queue is as long as what is under way, unless said."""
    rate_mbit: float
    delay_ms: float
    loss_percent: float = 0
    reorder_percent: float = 0
    queue_bytes: int | None = None
    seed: int = 1

    def round_trip_bytes(self):
        return int(self.rate_mbit * 1e6 / 8 * 2 * self.delay_ms / 1000)

    def of_seed(self, seed):
        return dataclasses.replace(self, seed=seed)

    def words(self):
        queue = self.queue_bytes or self.round_trip_bytes()
        return [f"--rate={self.rate_mbit}", f"--delay={self.delay_ms}", f"--loss={self.loss_percent}",
                f"--reorder={self.reorder_percent}", f"--queue={queue}", f"--seed={self.seed}"]


class Cable:
    """Ready when made: place `a` has the address A, place `b` has B."""

    def __init__(self, build, kind):
        self.a, self.b, self.processes = Place("a"), Place("b"), []
        namespaces = [f"/proc/{place.holder.pid}/ns/net" for place in (self.a, self.b)]
        self.process = subprocess.Popen([pathlib.Path(build) / "tests/lab/lossy-link", *kind.words(), *namespaces],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"no link: {self.process.stderr.read()}")
        for place, address in ((self.a, A), (self.b, B)):
            place.address(DEVICE, f"{address}/24")
            place.run("ip", "link", "set", "dev", DEVICE, "addrgenmode", "none")
            place.run("ip", "link", "set", "dev", DEVICE, "txqueuelen", DEVICE_PACKETS, "up")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def start(self, place, *words, **more):
        """A process that ends with the cable."""
        process = place.start(*words, **more)
        self.processes.append(process)
        return process

    def end(self):
        """What the link has to say about what it passed and lost."""
        for process in self.processes:
            process.kill()
            process.wait()
        told = self.process.communicate()[1]
        for place in (self.a, self.b):
            place.end()
        return told
