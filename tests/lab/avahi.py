"""avahi: a real Avahi in a place of the lab, on a system bus of that place's own.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import subprocess

import lab


def start(the_lab, place, name, folder):
    """Both are ready when it returns; how a program there is told of the bus."""
    bus = f"unix:path={folder}/bus"
    told = f"DBUS_SYSTEM_BUS_ADDRESS={bus}"
    daemon = the_lab.start(place, "dbus-daemon", "--session", "--nofork", "--print-address", f"--address={bus}",
                           text=True, stdout=subprocess.PIPE)
    assert daemon.stdout.readline().startswith(bus)
    settings = folder / "avahi.conf"
    settings.write_text(f"[server]\nhost-name={name}\nallow-interfaces=eth0\n")
    # What it keeps below /run is its own.
    avahi = the_lab.start(place, "env", told, "unshare", "--mount", "sh", "-c",
                          'mount -t tmpfs tmpfs /run && exec "$@"', "sh",
                          "avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", f"--file={settings}",
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lab.wait_for_lines(avahi, ["Server startup complete"])
    lab.drain(avahi)
    return told
