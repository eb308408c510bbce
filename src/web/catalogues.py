"""catalogues.py: what the page needs of po/*.po, as JSON that it reads without evaluating anything.

Which form a number takes is a C expression in a catalogue. It is worked out here, by Python's own parser of them,
for the numbers that there are: a digit for each of 0 … 199, and from 200 on a number takes the form of its last two
digits, from 100. All languages of the world are so up to a hundred thousand, the most that the page counts.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import gettext
import io
import json
import re
import subprocess

FORMS_LISTED = 200
FORMS_PERIOD = 100
MOST_COUNTED = 100_000
CALL = re.compile(r"\bn?_\(\s*'((?:[^'\\]|\\.)*)'")


def words_of(script):
    """The words of _('…') and n_('…', …): what a catalogue may translate."""
    return {re.sub(r'\\(.)', r'\1', words) for words in CALL.findall(script)}


def list_forms(plural):
    forms = [plural(n) for n in range(FORMS_LISTED)]
    for n in range(FORMS_LISTED, MOST_COUNTED + 1):
        assert plural(n) == forms[FORMS_PERIOD + n % FORMS_PERIOD], f'{n} takes a form of its own'
    return ''.join(str(form) for form in forms)


def read_po(po, used):
    """What is translated, and not fuzzy, of the words in `used`."""
    compiled = subprocess.run(['msgfmt', '-o', '-', po], check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    catalogue = gettext.GNUTranslations(io.BytesIO(compiled.stdout))
    words = {}
    for key, text in catalogue._catalog.items():
        if isinstance(key, str) and key in used:
            words[key] = text
        elif isinstance(key, tuple) and key[0] in used:
            words.setdefault(key[0], {})[key[1]] = text
    words = {key: [text[i] for i in sorted(text)] if isinstance(text, dict) else text for key, text in words.items()}
    return {'forms': list_forms(catalogue.plural), 'words': words}


def languages_of(folder):
    lines = (folder / 'LINGUAS').read_text(encoding='utf-8').splitlines()
    return sorted(code for line in lines if not line.startswith('#') for code in line.split())


def catalogue_pieces(folder, scripts):
    """(code, JSON) of each language."""
    used = set().union(*(words_of(script) for script in scripts))
    for code in languages_of(folder):
        yield code, json.dumps(read_po(folder / f'{code}.po', used), ensure_ascii=False).encode()
