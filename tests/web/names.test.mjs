// A stranger's names (ui.md: each line is a test).
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { distinctName, ellipsise, safeDisplayName, safeFileName, safeText, splitName } from '../../src/web/names.js';

const bytes = (text) => new TextEncoder().encode(text).length;

test('file names come out as they do in C', () => {
  const { names } = JSON.parse(readFileSync(new URL('../data/names/names.json', import.meta.url), 'utf8'));
  for (const [raw, safe] of names) assert.equal(safeFileName(raw), safe, JSON.stringify(raw));
});

test('a file name is one component', () => {
  for (const raw of ['../../etc/passwd', '..\\..\\boot.ini', '/etc/passwd', 'a/b/c.txt', 'C:\\x', '..', '.', '/', '\\', ''])
    assert.doesNotMatch(safeFileName(raw), /^\.|[/\\:]|^$/, raw);
  assert.equal(safeFileName('..'), 'file');
  assert.equal(safeFileName('holiday photo.jpg'), 'holiday photo.jpg');
});

test('no leading dot, no trailing dot or space', () => {
  assert.equal(safeFileName('.bashrc'), 'bashrc');
  assert.equal(safeFileName('  . .profile'), 'profile');
  assert.equal(safeFileName('evil.exe. . '), 'evil.exe');
});

test('no control, bidi or format characters', () => {
  assert.equal(safeFileName('a\u0000b\u0007c.txt'), 'abc.txt');
  assert.equal(safeFileName('photo_\u202egnp.exe'), 'photo_gnp.exe');
  assert.equal(safeFileName('a\u200b\u2066b\ufeff.txt'), 'ab.txt');
  assert.equal(safeFileName('\ud800x.txt'), 'x.txt');
});

test('NFC', () => {
  assert.equal(safeFileName('Gru\u0308\u00dfe.txt'), 'Gr\u00fc\u00dfe.txt');
});

test('255 bytes, keeping the extension', () => {
  const name = safeFileName(`${'é'.repeat(400)}.tar`);
  assert.ok(bytes(name) <= 255 && bytes(name) > 250);
  assert.match(name, /\.tar$/);
  const emoji = safeFileName('😀'.repeat(100));
  assert.ok(bytes(emoji) <= 255);
  assert.equal(emoji, '😀'.repeat(63));
});

test('no reserved Windows names', () => {
  for (const raw of ['CON', 'con.txt', 'Nul', 'COM1.log', 'lpt9', 'aux.']) assert.match(safeFileName(raw), /^_/, raw);
  for (const raw of ['console.txt', 'COM.txt', 'nullable']) assert.equal(safeFileName(raw), raw);
});

test('a person has one line and 64 characters', () => {
  assert.equal(safeDisplayName('  Ana \n\t Maria '), 'Ana Maria');
  assert.equal(safeDisplayName('\u202eanA'), 'anA');
  assert.equal(safeDisplayName('\u200b \u2060'), '');
  assert.equal(Array.from(safeDisplayName('😀'.repeat(90))).length, 64);
});

test('a message keeps its lines, and what emoji are made of', () => {
  assert.equal(safeText('a\n\tb\r\n\u202ec\u0000'), 'a\n\tb\nc');
  assert.equal(safeText('👩\u200d👩\u200d👧'), '👩\u200d👩\u200d👧');
  assert.equal(safeText('\u202e\u2066 '), '');
});

test('two of one name are told apart', () => {
  assert.equal(distinctName('Ana', []), 'Ana');
  assert.equal(distinctName('Ana', ['Ana']), 'Ana (2)');
  assert.equal(distinctName('Ana', ['Ana', 'Ana (2)']), 'Ana (3)');
});

test('a name is cut short before its end, and nothing of it is lost', () => {
  assert.deepEqual(splitName('short.txt'), ['short.txt', '']);
  assert.deepEqual(splitName('Sunset over the harbour.jpg'), ['Sunset over the h', 'arbour.jpg']);
  assert.deepEqual(splitName('Plan of the new house, 1st floor.pdf'), ['Plan of the new house, 1st ', 'floor.pdf']);
  assert.deepEqual(splitName(`${'😀'.repeat(20)}.png`).map((part) => Array.from(part).length), [14, 10]);
});

test('a long name shows its end', () => {
  assert.equal(ellipsise('short.txt'), 'short.txt');
  const long = ellipsise(`${'x'.repeat(100)}.tar.gz`);
  assert.equal(Array.from(long).length, 42);
  assert.match(long, /….*\.tar\.gz$/);
});
