#!/usr/bin/python3
"""words.py INPUT OUTPUT: the word list of the web page's secret-words.js as a C array.

One list for both. What it must be is checked here, so that no build has a list that is something else.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import re
import sys

N_WORDS = 1296


def read_words(path):
    with open(path, encoding='ascii') as file:
        return re.search(r'`([^`]*)`', file.read()).group(1).split()


def check(words):
    assert len(words) == N_WORDS, f'{len(words)} words'
    assert words == sorted(words), 'the words are not in order'
    assert all(re.fullmatch('[a-z]{3,8}', word) for word in words), 'a word is too short, too long or no word'
    assert len({word[:4] for word in words}) == N_WORDS, 'two words begin with the same four letters'
    assert not any(b.startswith(a) for a, b in zip(words, words[1:])), 'a word begins another'


def main():
    source, output = sys.argv[1:]
    words = read_words(source)
    check(words)
    with open(output, 'w', encoding='ascii') as file:
        file.write('static const char *const snug_phrase_words[] = {\n')
        file.writelines(f'  "{word}",\n' for word in words)
        file.write('};\n')


if __name__ == '__main__':
    main()
