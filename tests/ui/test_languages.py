#!/usr/bin/python3
"""The window in a language that is written from right to left. Run by a long lane."""
import subprocess

import window
from cases import BUILD, case, run


@case("in Arabic and narrow, every scene is laid out without a complaint")
def test_arabic(desk):
    # Of a locale of its own: the language alone would leave Pango with the fonts of no language.
    subprocess.run(["localedef", "-i", "ar_EG", "-f", "UTF-8", str(desk.folder / "ar_EG.UTF-8")], check=True,
                   timeout=window.PATIENCE_S)
    gallery = desk.start(str(BUILD / "tests/ui/gallery"), str(desk.folder), "--rtl", "--width", "360",
                         "--words", str(BUILD / "po"), stdout=subprocess.PIPE,
                         env={"LOCPATH": str(desk.folder), "LC_ALL": "ar_EG.UTF-8"})
    scenes = gallery.process.stdout.read().split()
    assert gallery.wait() == 0, scenes
    assert len(scenes) > 15, f"only {scenes} were played"


run()
