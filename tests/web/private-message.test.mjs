// The frames of private rooms: the same data as the C side reads.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import './node18.mjs';
import { toBase64Url } from '../../src/web/digest.js';
import { BadJson } from '../../src/web/json-gate.js';
import { readContent, readPake, readSealed, writePake, writeRoomKey, writeSealed } from '../../src/web/private-message.js';
import { decodeFrame } from '../../src/web/signal-message.js';

const { frames, contents } = JSON.parse(readFileSync(new URL('../data/wire/private.json', import.meta.url), 'utf8'));

/** Read and written again. */
function again(text) {
  const { type, body } = decodeFrame(text);
  return type === 'pake' ? writePake(readPake(body)) : writeSealed(readSealed(body));
}

test('frames are read as by the C side, and written the same', () => {
  assert.ok(frames.length > 30);
  for (const { text, valid } of frames) {
    if (valid) assert.deepEqual(again(text), JSON.parse(text));
    else assert.throws(() => again(text), BadJson, `let through: ${text.slice(0, 200)}`);
  }
});

test('only what belongs into a box is taken out of one', () => {
  for (const { text, valid } of contents) {
    const read = () => readContent(new TextEncoder().encode(text));
    if (valid) assert.equal(read().type, JSON.parse(text).type);
    else assert.throws(read, BadJson, `let through: ${text.slice(0, 200)}`);
  }
  assert.throws(() => readContent(Uint8Array.of(0xff)), BadJson);
});

test('a box is as large as a frame can carry, and no larger', () => {
  const read = (nBytes) => readSealed(decodeFrame(JSON.stringify({ type: 'sealed', sid: 'A'.repeat(22), n: 1, box: toBase64Url(new Uint8Array(nBytes)) })).body);
  assert.equal(read(45_056).box.length, 45_056);
  assert.throws(() => read(45_057), BadJson);
});

test('a room-key comes back', () => {
  const key = crypto.getRandomValues(new Uint8Array(32));
  const content = readContent(new TextEncoder().encode(JSON.stringify(writeRoomKey(key))));
  assert.deepEqual(content, { type: 'room-key', key });
});
