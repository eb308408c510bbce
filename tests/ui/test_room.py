#!/usr/bin/python3
"""The window in a room with others: snug-cli, and the page in Chromium."""
import http.server
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

import window
from cases import SNUG, case, make_file, run, sha256
from in_room import create, heard, link_of, read_qr, say, show
from window import alive, until

sys.path.insert(0, str(window.ROOT / "tests/fixtures"))
from snugtest import refusing_port  # noqa: E402

FILE_BYTES = 5_000_000


def offer(desk, opened, path):
    """By the door that a file manager takes."""
    assert desk.start(SNUG, "--send", str(path)).wait() == 0
    opened.press("push button", "Send")


def row(opened, name, words):
    """A row of the Files page, as a screen reader says it."""
    return opened.find("list item", re.compile(rf"^{re.escape(name)}, .*{words}"))


def ports_of(pid):
    """Where a program waits for connections."""
    lines = subprocess.run(["ss", "-Hltnp"], check=True, capture_output=True, text=True, timeout=window.PATIENCE_S).stdout
    return {line.split()[3].rsplit(":", 1)[1] for line in lines.splitlines() if f"pid={pid}," in line}


@case("Create Room shows a QR code that a camera reads as the link")
def test_qr(desk):
    opened = create(desk)
    link = link_of(opened)
    assert read_qr(opened.on_screen(), desk.folder) == link
    assert urllib.request.urlopen(link, timeout=window.PATIENCE_S).status == 200
    opened.find("label", re.compile("Private: only people with the secret can enter"))
    assert re.search(r"/\?code=[A-Z0-9]{6}#[a-z]+-[a-z]+-[a-z]+$", link), link


@case("in dark mode the QR code is still read")
def test_qr_dark(desk):
    opened = desk.open(env={"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"})
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    assert read_qr(opened.on_screen(), desk.folder) == link_of(opened)


@case("pressing the QR code copies the link")
def test_copy(desk):
    opened = create(desk)
    link = link_of(opened)
    opened.press("push button", re.compile("^QR code of the link to room"))
    # The words "Link copied" go by in five seconds, which a busy machine may take to look for them.
    assert desk.other("paste").line() == link


@case("Ctrl+Shift+Q shows the code large, and it is read")
def test_large_qr(desk):
    opened = create(desk)
    link = link_of(opened)
    opened.key("ctrl+shift+q")
    opened.find("image", re.compile("QR code of the link to room"))
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Scan to Join"], check=True,
                           capture_output=True, text=True, timeout=window.PATIENCE_S)
    opened.id = found.stdout.split()[-1]
    assert read_qr(opened.on_screen(), desk.folder) == link


@case("leaving closes the room: the server is gone, the start page is back")
def test_leave(desk):
    opened = create(desk)
    link = link_of(opened)
    assert ports_of(opened.pid) == {str(urllib.parse.urlsplit(link).port)}
    opened.press("push button", "Leave Room")
    opened.wait_for_title("Not in a room")
    opened.find("push button", "Create Room")
    # Its ports, not whether one answers there: another server of another test may have the number by now.
    assert not ports_of(opened.pid), ports_of(opened.pid)


@case("snug-cli joins the window's room: both see each other, chat goes both ways, ticks say so")
def test_chat_with_cli(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people · direct")
    opened.find("list item", re.compile(r"^Ana, Terminal, Direct, local network"))
    ana.wait_for(event="member", name="Mira", state="connected")
    say(opened, "Hello <b>Ana</b> & all")
    ana.wait_for(event="chat", text="Hello <b>Ana</b> & all")
    opened.find("list item", re.compile(r"^You, .*Hello <b>Ana</b> & all, Delivered$"))
    ana.say("Hello yourself %s")
    heard(opened, "Ana", "Hello yourself %s")
    ana.say("<i> & **bold** `code` https://example.org/?a=1&b=2")
    opened.find("label", "<i> & bold code https://example.org/?a=1&b=2")
    assert not opened.has("label", "<i> & **bold** `code` https://example.org/?a=1&b=2")


@case("what came while one looked elsewhere begins with a line; answering takes it away")
def test_unread(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people")
    say(opened, "read by me")
    assert not opened.has("label", "New messages")
    show(opened, "Room")
    for text in ("one", "two", "three"):
        ana.say(text)
    opened.find("label", "3")  # the badge: all three have come while Room was looked at
    show(opened, "Chat")
    heard(opened, "Ana", "three")
    until(lambda: len(list(opened.all("label", "New messages"))) == 1, "one line above what is new")
    say(opened, "I see")
    opened.gone("label", "New messages")
    ana.say("good")
    heard(opened, "Ana", "good")
    assert not opened.has("label", "New messages")


@case("in a wide window the people stand beside the chat")
def test_people_beside_chat(desk):
    desk.set("width", "1200")
    opened = desk.open()
    opened.press("push button", "Create Room")
    opened.wait_for_title("Waiting for people")
    link = link_of(opened)
    show(opened, "Chat")
    opened.find("label", "Say hello")
    assert not opened.has("list", "People beside the chat")
    ana = desk.member("join", link, "--name", "Ana")
    people = opened.find("list", "People beside the chat")
    opened.find("list item", re.compile("^Ana, Terminal, Direct, local network"), within=people)
    ana.end()
    opened.gone("list", "People beside the chat")


@case("the window joins snug-cli's room by the link typed into the entry")
def test_join_cli(desk):
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0", "--name", "Ana")
    link = ana.wait_for(event="room")["link"]
    opened = desk.open()
    opened.fill("Your name", "Mira")
    opened.fill("Code or link", link)
    opened.press("push button", "Join")
    opened.wait_for_title("2 people · direct")
    ana.wait_for(event="member", name="Mira", state="connected")
    opened.press("push button", "Leave Room")
    ana.wait_for(event="member", name="Mira", state="left")


@case("what is said while nobody is there is queued, and told to who comes")
def test_queue(desk):
    opened = create(desk)
    link = link_of(opened)
    say(opened, "for later")
    opened.find("list item", re.compile(r"^You, .*for later, Waiting to be sent$"))
    ana = desk.member("join", link, "--name", "Ana")
    ana.wait_for(event="chat", text="for later")
    opened.find("list item", re.compile(r"^You, .*for later, Delivered$"))


@case("a file offered by the window arrives whole at snug-cli")
def test_send_file(desk):
    opened = create(desk)
    source = make_file(desk.folder / "Ünïcode & <photo>.bin", FILE_BYTES)
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--save-to", str(inbox))
    opened.wait_for_title("2 people")
    offer(desk, opened, source)
    done = ana.wait_for(event="transfer", state="done", direction="in")
    assert sha256(done["path"]) == sha256(source)
    row(opened, source.name, "Ana has it$")


@case("an offered file is accepted by its button and arrives whole; Open is there then")
def test_accept(desk):
    opened = create(desk)
    source = make_file(desk.folder / "holiday.bin", FILE_BYTES)
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    show(opened, "Files")
    row(opened, "holiday.bin", r"Ana wants to send you this · 5\.0 MB$")
    opened.press("push button", "Accept holiday.bin")
    ana.wait_for(event="transfer", state="done", direction="out")
    row(opened, "holiday.bin", "received from Ana$")
    opened.find("push button", "Open holiday.bin")
    assert sha256(window.HOME / "Downloads" / "holiday.bin") == sha256(source)


@case("a declined file is not taken, and the other side is told")
def test_decline(desk):
    opened = create(desk)
    source = make_file(desk.folder / "unwanted.bin", 1000)
    ana = desk.member("join", link_of(opened), "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    show(opened, "Files")
    opened.press("push button", "Decline unwanted.bin")
    ana.wait_for(event="transfer", state="declined")
    row(opened, "unwanted.bin", "Declined")
    assert not (window.HOME / "Downloads" / "unwanted.bin").exists()


@case("a folder that cannot be written is said at once, and the offer stands")
def test_unwritable(desk):
    opened = create(desk)
    shutil.rmtree(window.HOME / "Downloads", ignore_errors=True)
    (window.HOME / "Downloads").write_text("a file where the folder should be")
    source = make_file(desk.folder / "holiday.bin", 1000)
    desk.member("join", link_of(opened), "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    show(opened, "Files")
    opened.press("push button", "Accept holiday.bin")
    opened.find("label", re.compile("^The folder to save in is not there"))
    opened.find("push button", "Save To…")
    row(opened, "holiday.bin", "wants to send you this")
    (window.HOME / "Downloads").unlink()


@case("a phone scans the code off the screen: chat both ways, a file each way")
def test_phone(desk):
    opened = create(desk)
    phone = desk.phone()
    phone.join(read_qr(opened.on_screen(), desk.folder), "Ana")
    opened.wait_for_title("2 people · direct")
    phone.waitForMembers(1)
    assert phone.memberNames() == ["Mira"]

    say(opened, "Hello from the desk")
    phone.waitForChat("Hello from the desk", "Mira")
    opened.find("list item", re.compile(r"^You, .*Hello from the desk, Delivered$"))
    phone.say("Hello from the phone")
    heard(opened, "Ana", "Hello from the phone")
    phone.waitUntilDelivered("Hello from the phone")

    source = make_file(desk.folder / "to the phone.bin", FILE_BYTES)
    offer(desk, opened, source)
    phone.acceptFile(source.name)
    assert phone.saveReceived(source.name)["sha256"] == sha256(source)
    row(opened, source.name, "Ana has it$")

    back = make_file(desk.folder / "to the desk.bin", FILE_BYTES)
    phone.sendFile(str(back))
    opened.press("push button", "Accept to the desk.bin")
    row(opened, back.name, "received from Ana$")
    assert sha256(window.HOME / "Downloads" / back.name) == sha256(back)
    # The page is served over plain http here, as to every phone: that header means nothing then.
    complaints = [line for line in phone.ask("complaints") if "Cross-Origin-Opener-Policy" not in line]
    assert not complaints, complaints


@case("a room that does not exist is said in words, with a way back")
def test_no_such_room(desk):
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0")
    link = ana.wait_for(event="room")["link"]
    opened = desk.open()
    opened.fill("Code or link", re.sub("code=.*", "code=ZZZZ99", link))
    opened.press("push button", "Join")
    opened.wait_for_title("There is no such room")
    opened.find("push button", "Try Again")
    opened.press("push button", "Back")
    opened.wait_for_title("Not in a room")
    opened.find("push button", "Create Room")


@case("a full room is said in words; Try Again gets in once there is a place")
def test_full(desk):
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0", "--capacity", "2", "--name", "Ana")
    link = ana.wait_for(event="room")["link"]
    ben = desk.member("join", link, "--name", "Ben")
    ana.wait_for(event="member", name="Ben", state="connected")
    opened = desk.open()
    opened.fill("Code or link", link)
    opened.press("push button", "Join")
    opened.wait_for_title("Room is full")
    ben.end()
    ana.wait_for(event="member", name="Ben", state="left")
    opened.press("push button", "Try Again")
    opened.wait_for_title("2 people")


@case("a server that does not answer is said in words while it is tried; Cancel gives up")
def test_asleep(desk):
    with refusing_port() as port:
        opened = desk.open()
        opened.fill("Code or link", f"http://127.0.0.1:{port}/?code=QXWV23")
        opened.press("push button", "Join")
        opened.find("alert", re.compile("does not answer yet. It may be waking up"))
        opened.wait_for_title("Joining…")
        opened.press("push button", "Cancel")
        opened.wait_for_title("Not in a room")
    opened.find("push button", "Create Room")


@case("a room is opened by itself once the server of the preferences wakes up")
def test_wakes_up(desk):
    with refusing_port() as port:
        desk.set("server", f"http://127.0.0.1:{port}")
        opened = desk.open()
        opened.press("push button", "Create Room")
        opened.find("alert", re.compile("does not answer yet. It may be waking up"))
        opened.wait_for_title("Opening a room…")
    desk.server(port)
    opened.wait_for_title("Waiting for people")


class NoServerOfOurs(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(410)
        self.end_headers()

    def log_message(self, *_words):
        pass


@case("what is no server of ours is said in words, with a way to try again and a way back")
def test_unreachable(desk):
    with http.server.HTTPServer(("127.0.0.1", 0), NoServerOfOurs) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        opened = desk.open()
        opened.fill("Code or link", f"http://127.0.0.1:{other.server_port}/?code=QXWV23")
        opened.press("push button", "Join")
        opened.wait_for_title("Server unreachable")
        opened.find("label", re.compile("What answers there is not a Snug server"))
        opened.find("push button", "Try Again")
        opened.press("push button", "Back")
        opened.wait_for_title("Not in a room")
        other.shutdown()


@case("a private room asks for its secret, says when it is wrong, and lets in with the right one")
def test_secret(desk):
    ana = desk.member("create", "--listen", "127.0.0.1:0", "--name", "Ana")
    link, secret = ana.wait_for(event="room")["link"].split("#")
    opened = desk.open()
    opened.fill("Code or link", link)
    opened.press("push button", "Join")
    opened.wait_for_title("Private room")
    opened.fill("Secret", "otter otter otter")
    opened.press("push button", "Join")
    opened.find("alert", re.compile("not the secret of this room. 4 tries are left."))
    opened.wait_for_title("Wrong secret")
    opened.fill("Secret", "otter ")
    opened.focus()
    opened.key("End")
    for letter in "velv":
        opened.key(letter)
    until(lambda: opened.text("Secret") == "otter velvet", "the word that begins so")
    opened.key("e")
    until(lambda: opened.text("Secret") == "otter velve", "what is typed instead")
    opened.fill("Secret", secret.upper().replace("-", " "))
    opened.press("push button", "Join")
    ana.wait_for(event="member", state="connected")


@case("by keyboard: who made a room has the focus on the button that copies its link")
def test_focus_of_a_new_room(desk):
    opened = desk.open()
    opened.focus()
    opened.tab_to("Create Room")
    opened.key("Return")
    opened.wait_for_title("Waiting for people")
    until(alive(lambda: getattr(opened.focused(), "name", None) == "Copy Link"), "the focus on Copy Link")


@case("an open room is chosen below the button that makes it, by keyboard too, and is marked so")
def test_open_room(desk):
    desk.set("open-rooms", "false")
    opened = desk.open()
    opened.find("label", re.compile("^Whoever knows its code can enter. A private room also asks for the secret"))
    opened.toggle("Open room")
    opened.press("push button", "Create Room")
    opened.find("label", re.compile("Open room: whoever has the code can enter"))
    assert "#" not in link_of(opened)


@case("who keeps guessing is answered when the person inside says so")
def test_guesses(desk):
    opened = create(desk)
    link, secret = link_of(opened).split("#")
    for _ in range(5):
        assert desk.member("join", link + "#wrong").process.wait(window.PATIENCE_S) == 4
    opened.find("label", "Someone keeps guessing")
    # From another address of this computer than the guesses: a server lets an address try five times a minute.
    by_loopback = re.sub(r"//[^:/]+", "//127.0.0.1", link)
    bo = desk.member("join", f"{by_loopback}#{secret}", "--name", "Bo")
    opened.press("push button", "Let Them Try")
    bo.wait_for(event="member", state="connected")


@case("who comes after five wrong secrets reads whom they wait for")
def test_held(desk):
    settings = desk.folder / "server.ini"
    # Who guesses and who comes then do so from one address here.
    settings.write_text("[server]\nmax-joins-per-minute=100\n")
    server = desk.server(config=settings)
    ana = desk.member("create", "--server", server.url, "--commands")
    link, secret = ana.wait_for(event="room")["link"].split("#")
    for _ in range(5):
        assert desk.member("join", link + "#wrong").process.wait(window.PATIENCE_S) == 4
    opened = desk.open()
    opened.fill("Code or link", f"{link}#{secret}")
    opened.press("push button", "Join")
    opened.wait_for_title("Waiting to be let in")
    opened.find("alert", re.compile("The host has to allow another try"))
    ana.say("/let")
    opened.wait_for_title("2 people")


@case("the server goes: nobody new can join, and who is connected stays so")
def test_server_gone(desk):
    server = desk.server()
    ana = desk.member("create", "--open", "--server", server.url, "--name", "Ana")
    link = ana.wait_for(event="room")["link"]
    opened = desk.open()
    opened.fill("Code or link", link)
    opened.press("push button", "Join")
    opened.wait_for_title("2 people")
    server.end(signal.SIGKILL)
    show(opened, "Chat")
    opened.find("label", "Nobody new can join. People already connected stay connected.")
    say(opened, "still here")
    ana.wait_for(event="chat", text="still here")


@case("two people called Ana are told apart, and who comes late reads that there was more")
def test_namesakes(desk):
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0", "--name", "Ana")
    link = ana.wait_for(event="room")["link"]
    other = desk.member("join", link, "--name", "Ana")
    ana.wait_for(event="member", name="Ana", state="connected")
    opened = desk.open()
    opened.fill("Code or link", link)
    opened.press("push button", "Join")
    opened.find("list item", re.compile("^Ana, Terminal, Direct"))
    opened.find("list item", re.compile(r"^Ana \(2\), Terminal, Direct"))
    show(opened, "Chat")
    opened.find("label", "Earlier messages are not shown.")
    ana.say("one of us")
    other.say("the other")
    names = {said: opened.find("list item", re.compile(rf"^Ana.*, \d\d:\d\d, {said}")).name.split(",")[0]
             for said in ("one of us", "the other")}
    assert set(names.values()) == {"Ana", "Ana (2)"}, names


@case("a name changed in the room is seen by everybody at once")
def test_rename(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    ana.wait_for(event="member", name="Mira", state="connected")
    show(opened, "Room")
    opened.press("push button", "Change Your Name")
    opened.find("label", "Everybody in the room sees it at once.")
    opened.type("Mirabel")
    opened.press("push button", "Change")
    ana.wait_for(event="member", name="Mirabel", state="connected")
    opened.find("list item", re.compile(r"^Mirabel \(you\)"))


def own_address():
    """No packet is sent; a machine without a network asks on the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
            return asking.getsockname()[0]
        except OSError:
            return "127.0.0.1"


@case("the STUN server of the preferences is asked; one that is none is said so")
def test_ice_servers(desk):
    address = own_address()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.bind((address, 0))
        stun.settimeout(window.PATIENCE_S)
        opened = desk.open()
        opened.key("ctrl+comma")
        opened.find("list item", "Ask Before Receiving")
        opened.press("page tab", "Connection")
        opened.fill(re.compile("^STUN and TURN servers"), "stun:")
        opened.find("alert", re.compile("A STUN server is written stun:HOST"))
        opened.fill(re.compile("^STUN and TURN servers"), f"stun:{address}:{stun.getsockname()[1]}")
        opened.gone("alert", re.compile("A STUN server is written"))
        opened.key("Escape")
        opened.press("push button", "Create Room")
        desk.member("join", link_of(opened), "--name", "Ana")
        # RFC 8489 section 5: a Binding request.
        assert stun.recv(1500)[:2] == b"\0\1"
        opened.wait_for_title("2 people")


@case("a second link asks before it leaves the room; Cancel stays, Join goes there")
def test_second_link(desk):
    opened = create(desk)
    first = link_of(opened)
    ana = desk.member("create", "--open", "--listen", "127.0.0.1:0", "--name", "Ana")
    room = ana.wait_for(event="room")
    for answer in ("Cancel", "Join"):
        assert desk.start(SNUG, room["link"]).wait() == 0
        opened.find("label", f"Join Room {room['code']}?")
        opened.find("label", re.compile("You leave the room you are in"))
        opened.wait_for_title("Waiting for people")
        assert urllib.request.urlopen(first, timeout=window.PATIENCE_S).status == 200
        opened.press("push button", answer)
        opened.gone("label", f"Join Room {room['code']}?")
    opened.wait_for_title(rf"^{room['code']} · 2 people")


@case("after a bad end the start page offers the way back, and leaving forgets it; nothing secret is kept")
def test_back(desk):
    server = desk.server()
    ana = desk.member("create", "--open", "--server", server.url, "--name", "Ana")
    room = ana.wait_for(event="room")
    opened = desk.open()
    opened.fill("Code or link", room["link"])
    opened.press("push button", "Join")
    opened.wait_for_title("2 people")
    opened.end(signal.SIGKILL)
    kept = (pathlib.Path(os.environ["XDG_CONFIG_HOME"]) / "glib-2.0/settings/keyfile").read_text()
    assert f"last-room='{room['link']}'" in kept and "token" not in kept, kept

    again = desk.open()
    again.find("list item", re.compile(f"^Back to {room['code']}\\?"))
    again.press("push button", "Go Back")
    again.wait_for_title("2 people")
    again.do("room.leave")
    again.wait_for_title("Not in a room")
    again.find("push button", "Create Room")
    assert not again.has("push button", "Go Back")
    assert desk.get("last-room") == "''"


@case("a way back that leads nowhere any more is said in words and forgotten")
def test_back_gone(desk):
    server = desk.server()
    desk.set("last-room", f"{server.url}/?code=QXWV23")
    desk.set("last-room-ends", "4000000000")
    opened = desk.open()
    opened.press("push button", "Go Back")
    opened.wait_for_title("There is no such room")
    opened.press("push button", "Back")
    opened.find("push button", "Create Room")
    assert not opened.has("push button", "Go Back")


@case("a room of this computer's own server, one that is over, and one not wanted are not offered again")
def test_no_way_back(desk):
    opened = create(desk)
    opened.end(signal.SIGKILL)
    desk.set("last-room-ends", "1")
    desk.set("last-room", "http://192.0.2.7:2029/?code=QXWV23")
    again = desk.open()
    again.find("push button", "Create Room")
    assert not again.has("push button", "Go Back")
    again.end()

    desk.set("last-room-ends", "4000000000")
    third = desk.open()
    third.press("push button", "Forget This Room")
    third.gone("push button", "Go Back")
    assert desk.get("last-room") == "''"


@case("a member that goes silent: the strip says so, and goes when it is back")
def test_reconnecting(desk):
    opened = create(desk)
    ana = desk.member("join", link_of(opened), "--name", "Ana")
    opened.wait_for_title("2 people")
    ana.process.send_signal(signal.SIGSTOP)
    try:
        show(opened, "Chat")
        opened.wait_for_title(r"Reconnecting…")
        opened.find("label", "Connection to Ana lost")
        say(opened, "did you get this?")
    finally:
        ana.process.send_signal(signal.SIGCONT)
    opened.wait_for_title("2 people")
    ana.wait_for(event="chat", text="did you get this?")


run()
