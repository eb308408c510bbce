#!/usr/bin/python3
"""The window and snug-cli of another system, in the folder SNUG_SYSTEM, as somebody there has them in each language.

They are installed there from packages, or built there in /snug. Run as root by a long lane, with mounts of its own.
"""
import os
import pathlib
import subprocess

import window
from cases import case, run
from languages import LOCALES, check_start_page, in_language

SYSTEM = pathlib.Path(os.environ["SNUG_SYSTEM"])
IS_BUILT_THERE = (SYSTEM / "snug/build").is_dir()
PREFIX = ["/snug/tests/tools/env", "/snug/build"] if IS_BUILT_THERE else []
SNUG = "/snug/build/src/ui/snug" if IS_BUILT_THERE else "/usr/bin/snug"
SNUG_CLI = "/snug/build/src/cli/snug-cli" if IS_BUILT_THERE else "/usr/bin/snug-cli"
CATALOGUES = SYSTEM / ("snug/build/po" if IS_BUILT_THERE else "usr/share/locale")
# Where the X server of this desktop is, and its buses.
SHARED = ["/tmp/.X11-unix", os.environ["SNUG_SESSION"]]


def inside(*command):
    return ["chroot", str(SYSTEM), *PREFIX, *command]


def share_this_desktop():
    for folder in SHARED:
        there = SYSTEM / folder.lstrip("/")
        there.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "--bind", folder, str(there)], check=True, timeout=window.PATIENCE_S)


def surroundings(code):
    """The locale alone says the language."""
    locale = f"{LOCALES[code]}.UTF-8"
    subprocess.run(["chroot", str(SYSTEM), "localedef", "-i", LOCALES[code], "-f", "UTF-8", locale], check=True,
                   timeout=window.PATIENCE_S)
    return {"LC_ALL": locale, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def add(code):
    @case(f"in {code or 'English'} the window opens and snug-cli says what it can")
    def test_language(desk):
        env = surroundings(code)
        told = subprocess.run(inside(SNUG_CLI, "--help"), check=True, capture_output=True, env=env, text=True,
                              timeout=window.PATIENCE_S).stdout
        assert in_language(code, "Show this help", CATALOGUES) in told, told
        opened = desk.keep(window.Window(*inside(SNUG), env=env))
        check_start_page(opened, code, CATALOGUES)


share_this_desktop()
for each in LOCALES:
    add(each)
run()
