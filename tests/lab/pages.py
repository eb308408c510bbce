"""pages: the page in a real browser in a place of the lab, snug-cli in another, and what the two do together.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import contextlib
import pathlib
import sys

from members import Member, make_file, same, sha256, words_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "fixtures"))
import snugpage  # noqa: E402
import snugtest  # noqa: E402

# What the page shows of a way, after what kind of device the other one is.
PAGE_WORDS = {"direct": "· Direct, internet", "direct-local": "· Direct, local network", "relay": "· Relay"}


def open_door(place):
    """To browsers there. No address of IPv6's own may come later: a browser that sees one drops what it is loading
    (ERR_NETWORK_CHANGED)."""
    place.run("ip", "link", "set", "eth0", "addrgenmode", "none")
    place.run("ip", "-6", "address", "flush", "dev", "eth0", "scope", "link")
    return snugpage.Door(place.command)


# A page tries again when its first attempt has failed, and then so does the app, from the start.
APP_LIMIT_SECONDS = 150


@contextlib.contextmanager
def page_at(door, name, browser):
    page = door.page(name, browser)
    try:
        yield page
    finally:
        page.closePage()


@contextlib.contextmanager
def app_at(the_lab, place, build, *words, told=()):
    """What it is `told` is more of its environment."""
    member = Member(the_lab, place, "env", f"SNUG_WEB_ROOT={build / 'src/web'}", *told, build / "src/cli/snug-cli", *words,
                    limit_seconds=APP_LIMIT_SECONDS)
    try:
        yield member
    finally:
        member.process.kill()
        member.process.wait()


def link_of(app):
    return app.until(lambda event: event["event"] == "room" and event.get("link"))["link"]


def words_of_app(folder):
    """Of an app that stays until the page has said the last word, see `exchange`."""
    return words_for(folder, "app")


def wait_until_shown(page, path):
    try:
        page.waitForPerson(PAGE_WORDS[path])
    except snugtest.Failure as failure:
        raise AssertionError(f"the page shows {page.personWords()}, the way being {path}") from failure


def exchange(app, page, path, folder):
    """Each says something and sends a file to the other, and both show that way in the end. A browser may begin with another
    one, while it looks for the best."""
    page.waitForMembers(1)
    wait_until_shown(page, path)
    page.waitForChat("hello from app", "app")
    page.acceptFile("from-app.bin")
    assert page.saveReceived("from-app.bin")["sha256"] == sha256(folder / "from-app.bin"), "another file arrived at the page"
    page.sendFile(make_file(folder, "from-page.bin"))
    page.waitForFile("from-page.bin", "done")
    assert same(folder / "from-page.bin", folder / "in-app" / "from-page.bin"), "another file arrived at the app"
    wait_until_shown(page, path)
    page.say("hello from page")
    ended = app.end()
    told = f"\n{app.told()}\n{app.errors}"
    assert ended == 0, f"the app ended with {ended}{told}"
    assert app.last_path() == path, f"the app shows {app.last_path()}{told}"
