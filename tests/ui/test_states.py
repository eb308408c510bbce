#!/usr/bin/python3
"""The states of a room that are met less often, each in words, and what the host can do. Run by a long lane."""
import base64
import hashlib
import json
import os
import re
import shutil
import socket
import socketserver
import subprocess
import threading

import window
from cases import BUILD, SNUG, case, make_file, run, sha256
from files import DOWNLOADS, LINK, clear_downloads, create, endless, row
from in_room import link_of, read_qr, say, show
from window import alive, until


def open_row_of_ana(desk):
    """She is in our room, and her row says what can be done with her."""
    opened, link = create(desk)
    ana = desk.member("join", link, "--name", "Ana")
    opened.wait_for_title("2 people")
    opened.tab_to("Ana, Terminal")
    opened.key("Return")
    return opened, ana


@case("the host locks the room by a switch and opens it again; the card says which it is")
def test_lock(desk):
    opened, link = create(desk)
    desk.member("join", link, "--name", "Ana")
    opened.wait_for_title("2 people")
    opened.toggle("Lock the Room")
    opened.find("label", re.compile("^Locked: the host is asked before anybody enters"))
    opened.toggle("Lock the Room")
    opened.find("label", re.compile("^Private: only people with the secret can enter"))


@case("somebody who is not the host has no lock and removes nobody")
def test_guest(desk):
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0", "--name", "Ana")
    opened = desk.open()
    opened.fill("Code or link", ana.wait_for(event="room")["link"])
    opened.press("push button", "Join")
    opened.wait_for_title("2 people")
    assert not opened.has("check box", "Lock the Room")
    opened.tab_to("Ana, Terminal")
    opened.key("Return")
    opened.find("list item", "Send File…")
    assert not opened.has("list item", "Remove from the Room…")


@case("two people compare the safety phrase: the same words on both screens, and who is checked is marked")
def test_phrase(desk):
    opened, ana = open_row_of_ana(desk)
    opened.press("push button", "Compare")
    phrase = ana.wait_for(event="safety", state="phrase")["phrase"]
    opened.find("label", phrase)
    opened.press("push button", "Yes")
    opened.find("label", re.compile("^You have compared it"))
    opened.find("list item", re.compile("^Ana, Terminal, .*, checked$"))


@case("words that differ close the room: it says not safe, and there is only one way on")
def test_not_safe(desk):
    opened, ana = open_row_of_ana(desk)
    opened.press("push button", "Compare")
    ana.wait_for(event="safety", state="phrase")
    opened.press("push button", "No, Leave")
    opened.wait_for_title("Not safe")
    opened.find("label", re.compile("somebody may be listening in between"))
    ana.wait_for(event="member", state="left")
    opened.press("push button", "Leave")
    opened.wait_for_title("Not in a room")


@case("who knocks at a locked room is refused by the button beside Let In, and reads that they were not let in")
def test_refuse(desk):
    opened, link = create(desk)
    opened.toggle("Lock the Room")
    opened.find("label", re.compile("^Locked: the host is asked before anybody enters"))
    bo = desk.member("join", link, "--name", "Bo")
    opened.find("label", "Bo asks to be let in")
    opened.press("push button", "Refuse")
    assert bo.wait_for(event="error")["code"] == "refused"
    assert bo.process.wait(window.PATIENCE_S) == 3
    chi = desk.member("join", link, "--name", "Chi")
    opened.find("label", "Chi asks to be let in")
    opened.press("push button", "Let In")
    chi.wait_for(event="member", name="Mira", state="connected")


@case("the host removes a member, once they said so twice, by the keyboard alone")
def test_remove(desk):
    opened, ana = open_row_of_ana(desk)
    opened.find("list item", "Remove from the Room…")
    opened.tab_to("Remove from the Room…")
    opened.key("Return")
    opened.find("label", "Remove Ana?")
    opened.press("push button", "Cancel")
    opened.gone("label", "Remove Ana?")
    opened.wait_for_title("2 people")
    opened.key("Return")
    opened.press("push button", "Remove")
    opened.wait_for_title("Waiting for people")
    opened.find("label", re.compile("^Locked: the host is asked before anybody enters"))
    ana.wait_for(event="error", code="refused")


@case("who cannot be reached is said so, and the report has nothing in it that tells who or where")
def test_no_route(desk):
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0", "--name", "Ana")
    room = ana.wait_for(event="room")
    desk.set("relay-policy", "only")
    opened = desk.open()
    opened.fill("Your name", "Mira")
    opened.fill("Code or link", room["link"])
    opened.press("push button", "Join")
    opened.wait_for_title("Could not connect")
    opened.find("label", re.compile("both networks block direct links, and no relay is set up"))
    opened.find("push button", "Try Again")
    opened.press("push button", "Copy Report")
    report = desk.other("paste").rest()
    assert "no-route" in report and "relay: only" in report and "Member 1: failed" in report, report
    for private in (room["code"], "127.0.0.1", "Ana", "Mira"):
        assert private not in report, report


@case("the connection is checked step by step: what works is one line until it is opened, and addresses are shown and "
      "copied only to who asks for them")
def test_doctor(desk):
    server = desk.server()
    desk.set("server", server.url)
    opened = desk.open()
    opened.do("room.check-connection")
    opened.find("list item", "Relay: skipped. None was named.")
    opened.find("list item", re.compile("^People in other networks: skipped"))
    opened.find("push button", "Try Again")
    for working in ("Server", "IPv6", "Names in this network"):
        assert not opened.has("list item", re.compile(f"^{working}")), working
    works = opened.find("list item", re.compile(r"^\d things? works?$")).name
    opened.focus_dialog()
    opened.tab_to(works)
    opened.key("Return")
    opened.find("list item", "Server: ok. It works.")
    opened.find("list item", re.compile("^IPv6: ok. "))
    opened.press("push button", "Copy Report")
    opened.find("label", "Report copied. It has no codes, names or addresses in it.")
    report = desk.other("paste").rest()
    assert "Check server: ok, works\n" in report and "127.0.0.1" not in report, report
    opened.toggle("Show Addresses")
    opened.find("list item", f"Server: ok. It works.\n{server.url}")
    opened.press("push button", "Copy Report")
    opened.find("label", "Report copied. It has addresses in it.")
    assert server.url in desk.other("paste").rest()


@case("a check of a server that says nothing is not begun twice, can be given up, and begun again from there")
def test_doctor_cancelled(desk):
    with socket.create_server(("127.0.0.1", 0)) as hangs:
        desk.set("server", f"http://127.0.0.1:{hangs.getsockname()[1]}")
        opened = desk.open()
        opened.do("room.check-connection")
        opened.find("push button", "Cancel")
        opened.do("room.check-connection")
        opened.press("push button", "Cancel")
        opened.press("push button", "Try Again")
        opened.find("push button", "Cancel")
        opened.focus_dialog()
        opened.key("Escape")
        opened.gone("push button", "Cancel")
        opened.gone("push button", "Try Again")


@case("a room whose time is up says so and offers a new one")
def test_expired(desk):
    settings = desk.folder / "server.ini"
    settings.write_text("[server]\nroom-lifetime-s=5\n")
    desk.set("server", desk.server(config=settings).url)
    opened = desk.open()
    opened.press("push button", "Create Room")
    opened.wait_for_title("This room is over")
    opened.find("push button", "Copy Report")
    opened.press("push button", "New Room")
    opened.find("push button", "Create Room")


@case("a page built without its libraries lets phones into open rooms only: the window says so and makes one")
def test_limited_page(desk):
    page = shutil.copytree(BUILD / "src/web", desk.folder / "web", ignore=shutil.ignore_patterns("noble"))
    says_so = re.compile("^Phones and browsers can enter open rooms only")
    opened = desk.open(env={"SNUG_WEB_ROOT": str(page)})
    opened.find("label", says_so)
    opened.press("push button", "Create Room")
    opened.find("label", re.compile("^Private: only people with the secret can enter"))
    opened.find("label", says_so)
    assert not opened.has("push button", re.compile("^QR code of the link to room"))
    assert not opened.can("room.show-qr")
    dee = desk.member("join", link_of(opened), "--name", "Dee", "--until", "chat=1")
    opened.wait_for_title("2 people")
    say(opened, "For Dee only")
    assert dee.wait() == 0
    opened.wait_for_title("Waiting for people")
    say(opened, "The notes come with it")
    assert desk.start(SNUG, "--send", str(make_file(desk.folder / "notes.txt", 1000))).wait() == 0
    opened.press("push button", "Send")
    row(opened, "notes.txt", "waiting for")
    opened.key("ctrl+3")
    opened.press("push button", "Create Open Room")
    opened.find("label", re.compile("^Open room: whoever has the code can enter"))
    opened.gone("label", says_so)
    opened.find("push button", re.compile("^QR code of the link to room"))
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    ana.wait_for(event="chat", text="The notes come with it")
    assert not [event for event in ana.events if event.get("text") == "For Dee only"]
    ana.wait_for(event="transfer", name="notes.txt", direction="in")
    desk.phone().join(link_of(opened), "Bo")
    opened.wait_for_title("3 people")


@case("what is to be sent in a new room waits until the server has made it")
def test_send_before_room(desk):
    desk.set("server", desk.server().url)
    opened = desk.open()
    opened.find("push button", "Create Room")
    assert desk.start(SNUG, "--send", str(make_file(desk.folder / "notes.txt", 1000))).wait() == 0
    opened.find("label", re.compile("^You are in no room yet"))
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    ana.wait_for(event="transfer", name="notes.txt", direction="in")


@case("a room whose time is up in the middle of a file says what of it can go on")
def test_expired_in_transfer(desk):
    clear_downloads()
    settings = desk.folder / "server.ini"
    settings.write_text("[server]\nroom-lifetime-s=25\n")
    desk.set("server", desk.server(config=settings).url)
    desk.set("ask-before-receiving", "false")
    opened, link = create(desk)
    desk.member("join", link, "--name", "Ana", "--send", str(endless(desk, "endless.bin")))
    opened.key("ctrl+2")
    # Some of it is here, or nothing is unfinished.
    row(opened, "endless.bin", r"[MG]B of 40 GB .* from Ana$")
    opened.wait_for_title("This room is over")
    row(opened, "endless.bin", r"This room is over\. · 40 GB · from Ana$")
    opened.find("label", "1 unfinished transfer")
    opened.key("ctrl+3")
    opened.find("label", re.compile(r"^This can go on when it is offered again:\nendless\.bin · .* of 40 GB are here$"))
    opened.press("push button", "Show Unfinished Transfers")
    opened.find("push button", "Resume")
    clear_downloads()


def first_window(program):
    found = subprocess.run(["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(program.pid)],
                           capture_output=True, text=True, timeout=window.PATIENCE_S, check=True)
    return found.stdout.split()[-1]


def press_keys(name, *keys):
    subprocess.run(["xdotool", "windowfocus", "--sync", name, "key", "--clearmodifiers", *keys], check=True,
                   timeout=window.PATIENCE_S)


@case("without a session bus, and so without a portal, a room is opened and scanned, and a file comes in")
def test_no_bus(desk):
    clear_downloads()
    desk.set("ask-before-receiving", "false")
    program = desk.start(SNUG, env={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent", "GTK_A11Y": "none"})
    name = first_window(program)
    press_keys(name, "ctrl+n")
    link = read_qr(name, desk.folder)
    source = make_file(desk.folder / "holiday.bin", 1_000_000)
    ana = desk.member("join", link, "--name", "Ana", "--send", str(source))
    ana.wait_for(event="transfer", state="done", direction="out")
    assert sha256(DOWNLOADS / "holiday.bin") == sha256(source)
    press_keys(name, "ctrl+q")
    assert program.wait() == 0


def may_write(opened, folder, may):
    """Permissions do not stop root: there it is a disk of the window's own, mounted for reading."""
    if os.getuid() == 0:
        subprocess.run(["nsenter", "--target", str(opened.pid), "--mount", "mount", "-o", f"remount,{'rw' if may else 'ro'}",
                        str(folder)], check=True, timeout=window.PATIENCE_S)
    else:
        folder.chmod(0o755 if may else 0o555)


@case("a folder that can only be read is said so, the offer stands, and is accepted once it can be written")
def test_read_only(desk):
    clear_downloads()
    DOWNLOADS.mkdir()
    own_disk = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(DOWNLOADS)]
    opened = desk.keep(window.Window(*(own_disk if os.getuid() == 0 else []), SNUG))
    opened.on_screen()
    opened.focus()
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    may_write(opened, DOWNLOADS, False)
    source = make_file(desk.folder / "holiday.bin", 1000)
    ana = desk.member("join", opened.find("label", LINK).name, "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    show(opened, "Files")
    opened.press("push button", "Accept holiday.bin")
    opened.find("label", re.compile("^The folder to save in cannot be written to"))
    opened.find("push button", "Save To…")
    row(opened, "holiday.bin", "wants to send you this")
    may_write(opened, DOWNLOADS, True)
    opened.press("push button", "Accept holiday.bin")
    ana.wait_for(event="transfer", state="done", direction="out")
    assert sha256(f"/proc/{opened.pid}/root{DOWNLOADS}/holiday.bin") == sha256(source)


@case("with one font and no other, none of emoji among them, the window shows its words")
def test_fonts(desk):
    font = subprocess.run(["fc-match", "-f", "%{file}", "DejaVu Sans"], capture_output=True, text=True, check=True,
                          timeout=window.PATIENCE_S).stdout
    (desk.folder / "fonts").mkdir()
    shutil.copy(font, desk.folder / "fonts")
    config = desk.folder / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{desk.folder}/fonts</dir><cachedir>{desk.folder}/cache</cachedir></fontconfig>")
    opened = desk.open(env={"FONTCONFIG_FILE": str(config)})
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    ana = desk.member("join", opened.find("label", LINK).name, "--name", "Ana")
    opened.wait_for_title("2 people")
    ana.say("🎉 مرحبا 你好")
    opened.key("ctrl+1")
    opened.find("list item", re.compile("^Ana, .*你好"))


def is_on_screen(opened):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(opened.pid)], capture_output=True,
                           text=True, timeout=window.PATIENCE_S)
    return found.stdout.split() != []


@case("the window is closed and the room goes on, if one wants: a notification, a second start, and a way to end it")
def test_stay(desk):
    desk.set("stay-in-room", "true")
    opened, link = create(desk)
    ana = desk.member("join", link, "--name", "Ana")
    opened.wait_for_title("2 people")
    opened.key("ctrl+w")
    desk.notifications.wait_for("You are still in the room")
    until(lambda: not is_on_screen(opened), "the window to go")
    ana.say("are you there?")
    ana.wait_for(event="delivered")
    desk.notifications.press(desk.notifications.wait_for("Message from Ana"), "")
    until(lambda: is_on_screen(opened), "the window to come back")
    opened.find("list item", re.compile("^Ana, .*are you there"))
    opened.key("ctrl+w")
    until(lambda: not is_on_screen(opened), "the window to go again")
    assert desk.start(SNUG).wait() == 0
    until(lambda: is_on_screen(opened), "the window to come back by a second start")
    opened.focus()
    opened.key("ctrl+q")
    assert opened.wait() == 0
    ana.wait_for(event="member", state="left")


@case("outside a room closing the window ends it, whatever one wants")
def test_stay_nowhere(desk):
    desk.set("stay-in-room", "true")
    opened = desk.open()
    opened.key("ctrl+w")
    assert opened.wait() == 0


@case("a room that ends while its window is closed is told of, and the window that comes back says why")
def test_stay_until_over(desk):
    settings = desk.folder / "server.ini"
    settings.write_text("[server]\nroom-lifetime-s=15\n")
    desk.set("server", desk.server(config=settings).url)
    desk.set("stay-in-room", "true")
    opened, _ = create(desk)
    opened.key("ctrl+w")
    until(lambda: not is_on_screen(opened), "the window to go")
    desk.notifications.wait_for("This room is over")
    assert desk.start(SNUG).wait() == 0
    until(lambda: is_on_screen(opened), "the window to come back")
    opened.find("push button", "Copy Report")


class FutureServer(socketserver.BaseRequestHandler):
    """Speaks a version that does not exist yet."""

    def handle(self):
        request = b""
        while b"\r\n\r\n" not in request:
            request += self.request.recv(4096)
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", request, re.IGNORECASE).group(1)
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        self.request.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
        welcome = json.dumps({"type": "welcome", "v": 3, "self": "m1", "seq": 1, "members": [], "capacity": 8,
                              "locked": False, "expires": 0, "iceServers": [], "private": False}).encode()
        self.request.sendall(bytes([0x81, 126]) + len(welcome).to_bytes(2, "big") + welcome)
        self.request.recv(4096)


@case("a server of another version is said so, and not tried again and again")
def test_version(desk):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), FutureServer) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        opened = desk.open()
        opened.fill("Code or link", f"http://127.0.0.1:{server.server_address[1]}/?code=QXWV23")
        opened.press("push button", "Join")
        opened.wait_for_title("Update needed")
        opened.find("label", "This server speaks version 3 of the protocol, this Snug version 2. Update Snug.")
        assert not opened.has("push button", "Try Again")
        opened.press("push button", "New Room")
        opened.wait_for_title("Not in a room")
        server.shutdown()


@case("the QR code is saved as an image that a camera reads")
def test_save_qr(desk):
    opened, link = create(desk)
    opened.do("room.save-qr")
    until(alive(lambda: any(w.name == "Save QR Code" for w in window.children(opened.application))), "the dialog")
    opened.press("push button", "Save")
    saved = until(lambda: next(iter([*window.HOME.glob("snug-room.png"), *window.ROOT.glob("snug-room.png")]), None),
                  "the image")
    scanned = subprocess.run(["zbarimg", "-q", "--raw", str(saved)], capture_output=True, text=True, check=True,
                             timeout=window.PATIENCE_S)
    assert scanned.stdout.strip() == link
    saved.unlink()


@case("Send File… of a person asks for the files")
def test_send_to_one(desk):
    opened, _ = open_row_of_ana(desk)
    opened.find("list item", "Send File…")
    opened.find("label", re.compile("Their certificate: "))
    opened.tab_to("Send File…")
    opened.key("Return")
    until(alive(lambda: any(w.name == "Send Files" for w in window.children(opened.application))), "the dialog")


run()
