// The messages on the data channels: the same data as the C side reads.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toHex } from '../../src/web/digest.js';
import { isOneEmoji } from '../../src/web/emoji.js';
import { BadJson } from '../../src/web/json-gate.js';
import {
  decodeFileText, decodeMessage, encode, entryHeader, fileGet, fitsInOneMessage, hello, MAX_CHAT_BYTES, pieceHash,
} from '../../src/web/wire.js';

const data = JSON.parse(readFileSync(new URL('../data/wire/messages.json', import.meta.url), 'utf8'));
const HASH = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

test('decodes what the C side decodes, as the same type', () => {
  for (const { type, text } of data.valid) assert.equal(decodeMessage(text)?.type ?? '', type, text);
});

test('of a hello with more than 32 features none is read', () => {
  const featuresOf = (n) => decodeMessage(JSON.stringify({ type: 'hello', v: 2, features: Array(n).fill('edit') })).features.length;
  assert.deepEqual([featuresOf(32), featuresOf(33)], [32, 0]);
});

test('keeps every field that the C side would write again', () => {
  for (const { text, again } of data.valid) {
    if (again === false) continue;
    const { from, ...written } = JSON.parse(text);
    const decoded = decodeMessage(text);
    for (const [name, value] of Object.entries({ ...written, ...from })) assert.deepEqual(decoded[name], value, text);
  }
});

test('refuses what the C side refuses', () => {
  for (const text of data.invalid) assert.throws(() => decodeMessage(text), BadJson, `let through: ${text}`);
  for (const text of data.file_invalid) assert.throws(() => decodeFileText(text), BadJson, `let through: ${text}`);
  // A page names no `stripes`: nobody may send it these.
  for (const { text } of data.file_numbers) assert.throws(() => decodeFileText(text), BadJson, `let through: ${text}`);
});

test('decodes the texts of a file channel', () => {
  for (const { text, sha256, ...header } of data.file_valid) {
    const decoded = decodeFileText(text);
    if (sha256) assert.equal(toHex(decoded.sha256), sha256);
    else assert.deepEqual({ entry: decoded.entry, offset: decoded.offset, size: decoded.size }, header);
  }
});

test('names of the prototype are unknown types', () => {
  for (const type of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
    assert.equal(decodeMessage(JSON.stringify({ type })), null);
});

test('one emoji is what the C side takes for one', () => {
  const emoji = JSON.parse(readFileSync(new URL('../data/wire/emoji.json', import.meta.url), 'utf8'));
  for (const text of emoji.one) assert.equal(isOneEmoji(text), true, text);
  for (const text of emoji.not) assert.equal(isOneEmoji(text), false, text);
});

test('what we write, we can read', () => {
  assert.deepEqual(decodeMessage(encode(hello('Ana', 'phone'))), {
    type: 'hello', v: 2, name: 'Ana', app: 'snug-web', device: 'phone', features: ['edit', 'react', 'phrase'],
  });
  assert.deepEqual(decodeMessage(encode(fileGet('f', { entry: 0, offset: 0 }))), { type: 'file-get', id: 'f', entry: 0, offset: 0 });
  assert.deepEqual(decodeMessage(encode(fileGet('f', { entry: 0, offset: 1048576 }, { have: HASH }))), {
    type: 'file-get', id: 'f', entry: 0, offset: 1048576, have: HASH,
  });
  assert.deepEqual(decodeFileText(encode(entryHeader('manifest', 0, 7))), { type: 'entry', entry: 'manifest', offset: 0, size: 7 });
  assert.equal(decodeFileText(encode(pieceHash(HASH))).type, 'piece');
});

test('a message of 65,536 bytes is said, one more is not', () => {
  const say = (text) => decodeMessage(JSON.stringify({ type: 'chat', id: 'c', text }));
  assert.equal(fitsInOneMessage('x'.repeat(MAX_CHAT_BYTES)), true);
  assert.equal(fitsInOneMessage('x'.repeat(MAX_CHAT_BYTES + 1)), false);
  assert.equal(fitsInOneMessage('é'.repeat(MAX_CHAT_BYTES / 2 + 1)), false);
  assert.equal(fitsInOneMessage(' \n '), false);
  assert.equal(say('x'.repeat(MAX_CHAT_BYTES)).text.length, MAX_CHAT_BYTES);
  assert.throws(() => say('x'.repeat(MAX_CHAT_BYTES + 1)), BadJson);
});
