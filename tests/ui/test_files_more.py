#!/usr/bin/python3
"""Files on their way, the ways that are taken less often. Run by a long lane."""
import pathlib
import re
import signal
import subprocess

import window
from cases import SNUG, case, make_file, run, sha256
from files import (DOWNLOADS, LINK, SessionManager, clear_downloads, create, drag_into, make_tree, receive_endless, row,
                   tree, xdotool)
from window import alive, until


@case("what is unfinished and not wanted is discarded, once one has said so twice")
def test_unfinished_is_discarded(desk):
    clear_downloads()
    opened, link = create(desk)
    ana = receive_endless(desk, opened, link)
    ana.end(signal.SIGKILL)
    opened.end(signal.SIGKILL)
    assert list(DOWNLOADS.glob(".*")), "nothing is left"
    again = desk.open()
    # A room that cannot be entered, or is over, says what is left.
    again.fill("Code or link", f"{desk.server().url}/?code=QXWV23")
    again.press("push button", "Join")
    again.wait_for_title("There is no such room")
    again.find("label", re.compile(r"^This can go on when it is offered again:\nendless\.bin · "))
    again.press("push button", "Show Unfinished Transfers")
    again.press("push button", "Discard")
    again.find("label", "Discard What Is Here?")
    again.press("push button", "Keep")
    again.gone("label", "Discard What Is Here?")
    again.press("push button", "Discard")
    again.find("label", "Discard What Is Here?")
    again.press("push button", "Discard")
    again.gone("label", "1 unfinished transfer")
    until(lambda: not list(DOWNLOADS.glob(".*")), "nothing of it in the folder")


@case("what is offered is accepted all at once; what is done is cleared from the list, and from nowhere else")
def test_all_at_once(desk):
    clear_downloads()
    opened, link = create(desk)
    sources = [make_file(desk.folder / name, 1000) for name in ("a.bin", "b.bin", "odd.unheardof")]
    sends = [word for source in sources for word in ("--send", str(source))]
    ana = desk.member("join", link, "--name", "Ana", *sends)
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.find("label", "3", within=opened.find("list item", "Incoming"))
    opened.press("push button", "Accept All")
    for source in sources:
        ana.wait_for(event="transfer", name=source.name, state="done")
        row(opened, source.name, "received from Ana$")
    opened.press("push button", "Clear Finished")
    opened.gone("list item", re.compile("^(a.bin|b.bin|odd.unheardof), "))
    for source in sources:
        assert sha256(DOWNLOADS / source.name) == sha256(source)
    opened.key("ctrl+1")
    opened.press("push button", "Open odd.unheardof")
    opened.find("label", "No program on this computer opens this file.")


def wait_for_focus(opened, pattern):
    until(alive(lambda: re.search(pattern, opened.focused().name)), f"the focus on {pattern}")


def answer_by_key(opened, answer):
    """Of the row that has the focus, or is the first: its name."""
    name = opened.tab_to(f"{answer} ").name.removeprefix(f"{answer} ")
    opened.key("Return")
    return name


@case("the focus goes on with a file into another section, and to the next row when one is taken off the list")
def test_focus(desk):
    clear_downloads()
    opened, link = create(desk)
    sources = [make_file(desk.folder / name, 1000) for name in ("a.bin", "b.bin")]
    desk.member("join", link, "--name", "Ana", *(word for source in sources for word in ("--send", str(source))))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.find("label", "2", within=opened.find("list item", "Incoming"))
    declined = answer_by_key(opened, "Decline")
    wait_for_focus(opened, f"^{declined}, Declined")
    opened.key("Delete")
    wait_for_focus(opened, "^[ab].bin, Ana wants to send you this")
    accepted = answer_by_key(opened, "Accept")
    wait_for_focus(opened, f"^{accepted}, .*received from Ana$")
    opened.key("Delete")
    wait_for_focus(opened, "^Send Files…")


@case("a dragged folder is offered as one, and arrives as the tree it is")
def test_drop_folder(desk):
    opened, link = create(desk)
    holiday = make_tree(desk.folder / "Trip")
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    ana = desk.member("join", link, "--name", "Ana", "--save-to", str(inbox))
    opened.wait_for_title("2 people")
    desk.other("drag", str(holiday))
    drag_into(opened)
    ana.wait_for(event="transfer", name="Trip", state="done")
    assert tree(inbox / "Trip") == tree(holiday)
    row(opened, "Trip", "4 items · .* · Ana has it$")


@case("Ctrl+Shift+O asks for a folder to send")
def test_choose_folder(desk):
    opened, _ = create(desk)
    opened.key("ctrl+shift+o")
    until(alive(lambda: any(w.name == "Send a Folder" for w in window.children(opened.application))), "the dialog")


@case("a folder shows what is in it, before it is accepted and when it is here, by keyboard too")
def test_contents(desk):
    clear_downloads()
    opened, link = create(desk)
    desk.member("join", link, "--name", "Ana", "--send", str(make_tree(desk.folder / "Trip")))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", "Show what is in Trip")
    opened.find("list item", re.compile(r"^inner/two\.txt, 2.*kB$"))
    opened.find("list item", re.compile("^inner/empty$"))
    opened.press("push button", "Hide what is in Trip")
    opened.gone("list item", re.compile(r"^inner/two\.txt"))
    opened.press("push button", "Accept Trip")
    row(opened, "Trip", "received from Ana$")
    opened.tab_to("Show what is in Trip")
    opened.key("Up", "Down")
    until(alive(lambda: opened.focused().name.startswith("Trip, ")), "the focus on the row")
    opened.key("Right")
    opened.find("list item", re.compile(r"^inner/two\.txt, 2.*kB · Arrived$"))
    opened.key("Left")
    opened.gone("list item", re.compile(r"^inner/two\.txt"))


@case("what is in a folder of ten thousand files is shown by as many rows as fit")
def test_many_entries(desk):
    opened, _ = create(desk)
    many = desk.folder / "Many"
    many.mkdir()
    for i in range(10_000):
        (many / f"{i:05}.txt").touch()
    desk.member("join", opened.find("label", LINK).name, "--name", "Ana")
    opened.wait_for_title("2 people")
    assert desk.start(SNUG, "--send", str(many)).wait() == 0
    opened.press("push button", "Send")
    opened.key("ctrl+2")
    opened.press("push button", "Show what is in Many")
    opened.find("list item", re.compile(r"^\d{5}\.txt, 0 .*$"))
    rows = [node for node in window.walk(opened.frame) if node.getRoleName() == "list item"]
    assert 10 < len(rows) < 500, len(rows)


@case("the plain SHA-256 of a file is worked out when it is wanted")
def test_hash(desk):
    clear_downloads()
    opened, link = create(desk)
    source = make_file(desk.folder / "published.bin", 3_000_000)
    desk.member("join", link, "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", f"Accept {source.name}")
    row(opened, source.name, "received from Ana$")
    opened.press("push button", f"More for {source.name}")
    opened.press("menu item", "Details")
    opened.press("push button", "Work Out")
    opened.find("label", sha256(source))
    opened.press("push button", "Copy the SHA-256")
    assert desk.other("paste").line() == sha256(source)


@case("where no program shows a folder or opens a file, it says so")
def test_nothing_opens(desk):
    clear_downloads()
    opened, link = create(desk)
    desk.member("join", link, "--name", "Ana", "--send", str(make_file(desk.folder / "odd.unheardof", 10)))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", "Accept odd.unheardof")
    opened.press("push button", "Open odd.unheardof")
    opened.find("label", "No program on this computer opens this file.")


@case("files are offered to those who are chosen, and to nobody else")
def test_chosen_people(desk):
    opened, link = create(desk)
    members = {}
    for name in ("Ana", "Ben", "Cleo"):
        inbox = desk.folder / name
        inbox.mkdir()
        members[name] = desk.member("join", link, "--name", name, "--save-to", str(inbox))
        opened.find("list item", re.compile(f"^{name}, Terminal, Direct"))
    source = make_file(desk.folder / "for two.bin", 1000)
    assert desk.start(SNUG, "--send", str(source)).wait() == 0
    opened.find("list item", source.name)
    for name in ("Ana", "Cleo"):
        opened.toggle(name)
    assert not window.is_in_state(opened.find("check box", "Everyone in the room"), "CHECKED")
    opened.press("push button", "Send")
    for name in ("Ana", "Cleo"):
        members[name].wait_for(event="transfer", name=source.name, state="done")
    last = make_file(desk.folder / "for all.bin", 1000)
    assert desk.start(SNUG, "--send", str(last)).wait() == 0
    opened.press("push button", "Send")
    members["Ben"].wait_for(event="transfer", name=last.name, state="done")
    assert not any(e.get("name") == source.name for e in members["Ben"].events)


@case("the computer is kept awake while a file is on its way, and no longer")
def test_inhibit(desk):
    manager = desk.keep(SessionManager(desk.notifications))
    opened, link = create(desk)
    receive_endless(desk, opened, link)
    _app, _window, reason, what = until(lambda: manager.calls("Inhibit"), "a wish to stay awake")[0]
    assert (reason, what) == ("Files are on their way", 4)
    assert not manager.calls("Uninhibit")
    opened.press("push button", "More for endless.bin")
    opened.press("menu item", "Cancel")
    assert until(lambda: manager.calls("Uninhibit"), "no more of that wish") == [[7]]


@case("files of an offered folder are chosen one by one, and no other comes")
def test_choose_entries(desk):
    clear_downloads()
    opened, link = create(desk)
    holiday = make_tree(desk.folder / "Holiday")
    ana = desk.member("join", link, "--name", "Ana", "--send", str(holiday))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", "More for Holiday")
    opened.press("menu item", "Choose Files…")
    opened.find("label", "4 of 4 items · 3.0 kB")
    opened.focus_dialog()
    opened.toggle("All")
    opened.find("label", "0 of 4 items · 0 bytes")
    assert not window.is_in_state(list(opened.all("push button", "Accept"))[0], "SENSITIVE")
    opened.toggle("inner/two.txt")
    opened.find("label", "2 of 4 items · 2.0 kB")
    opened.press("push button", "Accept")
    ana.wait_for(event="transfer", name="Holiday", state="done")
    assert set(tree(DOWNLOADS / "Holiday")) == {"inner", "inner/two.txt"}
    assert sha256(DOWNLOADS / "Holiday/inner/two.txt") == sha256(holiday / "inner/two.txt")


@case("a copied picture and a copied file are offered by Ctrl+V")
def test_paste(desk):
    opened, link = create(desk)
    inbox = desk.folder / "inbox"
    inbox.mkdir()
    ana = desk.member("join", link, "--name", "Ana", "--save-to", str(inbox))
    opened.wait_for_title("2 people")
    file = make_file(desk.folder / "copied & kept.bin", 3000)
    pasted = paste_until_offered(desk, opened, ana, ("copy-files", str(file)), re.compile(r"^copied & kept\.bin$"))
    assert sha256(pasted) == sha256(file)
    picture = paste_until_offered(desk, opened, ana, ("copy-picture",), re.compile(r"^Picture .*\.png$"))
    assert picture.read_bytes().startswith(b"\x89PNG")


def paste_until_offered(desk, opened, ana, what, name):
    """What is on the clipboard of X becomes known some time after it was put there."""
    copier = desk.other(*what)
    opened.focus()

    def offered():
        return next((e for e in list(ana.events)
                     if e["event"] == "transfer" and e["state"] == "done" and name.search(e["name"])), None)

    def paste():
        opened.key("ctrl+v")
        try:
            return until(offered, f"the pasted {name.pattern}", patience_s=3)
        except window.Vain:
            return None
    done = until(paste, f"the pasted {name.pattern}")
    copier.end()
    return pathlib.Path(done["path"])


@case("what has arrived is dragged out of its row into another program")
def test_drag_out(desk):
    clear_downloads()
    opened, link = create(desk)
    source = make_file(desk.folder / "to take & keep.bin", 1000)
    desk.member("join", link, "--name", "Ana", "--send", str(source))
    opened.wait_for_title("2 people")
    opened.key("ctrl+2")
    opened.press("push button", f"Accept {source.name}")
    row(opened, source.name, "received from Ana$")
    other = desk.other("drop")
    taken = xdotool("search", "--sync", "--onlyvisible", "--name", "^other drop$")[-1]
    xdotool("windowmove", "--sync", taken, "1000", "20")
    x, y = window_origin(opened)

    def dragged():
        # Again if the row was still on its way to its place.
        place = row(opened, source.name, "received from Ana$").queryComponent().getExtents(window.pyatspi.WINDOW_COORDS)
        drag(x + place.x + place.width // 3, y + place.y + place.height // 2, 1080, 80)
        try:
            return other.lines.next(patience_s=5)
        except window.Vain:
            return None
    assert until(dragged, "the file in the other window").rstrip("\n") == str(DOWNLOADS / source.name)


def window_origin(opened):
    place = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", opened.on_screen()))
    return int(place["X"]), int(place["Y"])


def drag(from_x, from_y, to_x, to_y):
    xdotool("mousemove", "--sync", str(from_x), str(from_y), "mousedown", "1")
    for i in range(1, 21):
        xdotool("mousemove", str(from_x + (to_x - from_x) * i // 20), str(from_y + (to_y - from_y) * i // 20))
    xdotool("mousemove", "--sync", str(to_x + 1), str(to_y), "mouseup", "1")


@case("a notification goes when its file is taken off the list")
def test_withdrawn(desk):
    opened, link = create(desk)
    desk.other("idle")
    subprocess.run(["xdotool", "search", "--sync", "--name", "^other idle$", "windowfocus", "--sync"], check=True,
                   timeout=window.PATIENCE_S, capture_output=True)
    desk.member("join", link, "--name", "Zoe", "--send", str(make_file(desk.folder / "short.bin", 10)))
    offered = desk.notifications.wait_for("Zoe wants to send a file (10 bytes)")
    desk.notifications.press(offered, "Accept")
    here = desk.notifications.wait_for("A file from Zoe is here")
    opened.focus()
    opened.key("ctrl+2")
    opened.press("push button", "More for short.bin")
    opened.press("menu item", "Remove from List")
    until(lambda: here["number"] in desk.notifications.closed(), "the notification to go")


@case("one that is there already is replaced when the preferences say so, and kept beside it else")
def test_same_name(desk):
    for choice, names in (("keep-both", ["a (2).txt", "a.txt"]), ("skip-identical", ["a.txt"]), ("replace", ["a.txt"])):
        clear_downloads()
        DOWNLOADS.mkdir()
        source = make_file(desk.folder / "a.txt", 1000)
        (DOWNLOADS / "a.txt").write_bytes(source.read_bytes() if choice != "replace" else b"before")
        desk.set("same-name", choice)
        opened, link = create(desk)
        ana = desk.member("join", link, "--name", "Ana", "--send", str(source))
        opened.wait_for_title("2 people")
        opened.key("ctrl+2")
        opened.press("push button", "Accept a.txt")
        ana.wait_for(event="transfer", name="a.txt", state="done")
        assert sorted(path.name for path in DOWNLOADS.iterdir()) == names, choice
        assert sha256(DOWNLOADS / "a.txt") == sha256(source)
        opened.end()


run()
