#!/usr/bin/python3
"""The window in every language that it speaks, as narrow as it gets. Run by a long lane."""
import subprocess

import window
from cases import BUILD, case, run
from languages import LOCALES

NARROW_PX = 360


def words_are_whole(desk, code):
    """Every scene is laid out without a complaint, and all of its words can be read."""
    # Of a locale of its own: the language alone would leave Pango with the fonts of no language.
    locale = f"{LOCALES[code]}.UTF-8"
    subprocess.run(["localedef", "-i", LOCALES[code], "-f", "UTF-8", str(desk.folder / locale)], check=True,
                   timeout=window.PATIENCE_S)
    words = ["--words", str(BUILD / "po")] if code else []
    direction = ["--rtl"] if code == "ar" else []
    gallery = desk.start(str(BUILD / "tests/ui/gallery"), str(desk.folder), "--cut-off", "--width", str(NARROW_PX),
                         *direction, *words, stdout=subprocess.PIPE,
                         env={"LOCPATH": str(desk.folder), "LC_ALL": locale, "LANGUAGE": ""})
    lines = gallery.process.stdout.read().splitlines()
    assert gallery.wait() == 0, lines
    cut = [line for line in lines if line.startswith("cut off in ")]
    assert not cut, "\n".join(cut)
    assert len(lines) > 15, f"only {lines} were played"


@case("every language of po/LINGUAS is looked at")
def test_all(_desk):
    spoken = (window.ROOT / "po/LINGUAS").read_text(encoding="utf-8").split()
    assert sorted(spoken) == sorted(filter(None, LOCALES)), spoken


def add(code):
    @case(f"in {code or 'English'} and narrow, no words are cut off, and nobody complains")
    def test_language(desk):
        words_are_whole(desk, code)


for each in LOCALES:
    add(each)
run()
