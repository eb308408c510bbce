#!/usr/bin/python3
"""Files on their way, the ways that are taken less often. Run by a long lane."""
import signal

import window
from cases import case, run
from files import DOWNLOADS, clear_downloads, create, drag_into, make_tree, receive_endless, row, tree
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
    again.key("ctrl+2")
    again.press("push button", "Discard")
    again.find("label", "Discard What Is Here?")
    again.press("push button", "Keep")
    again.gone("label", "Discard What Is Here?")
    again.press("push button", "Discard")
    again.find("label", "Discard What Is Here?")
    again.press("push button", "Discard")
    again.gone("label", "1 unfinished transfer")
    until(lambda: not list(DOWNLOADS.glob(".*")), "nothing of it in the folder")


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


run()
