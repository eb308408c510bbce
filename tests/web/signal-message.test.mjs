// The frames of the signaling WebSocket: the same data as the C side reads.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BadJson } from '../../src/web/json-gate.js';
import { decodeFrame, FRAME_TYPES } from '../../src/web/signal-message.js';

const { frames } = JSON.parse(readFileSync(new URL('../data/wire/signal.json', import.meta.url), 'utf8'));

/** The type that is written in a text, even in one that no reader takes. */
const typeOf = (text) => /"type": ?"([^"]*)"/.exec(text)?.[1];

/** Every field that the C side keeps, as we keep it; ours may say more, as what is absent has a value here. */
function assertKeeps(decoded, fields, text) {
  for (const [name, value] of Object.entries(fields)) {
    if (['to', 'caps', 'role'].includes(name)) continue;
    if (Array.isArray(value)) value.forEach((item, i) => assertKeeps(decoded[name][i], item, text));
    else if (typeof value === 'object') assertKeeps(decoded[name], value, text);
    else assert.deepEqual(decoded[name], value, `${name} of ${text}`);
  }
}

test('reads what the C side reads, and keeps the same', () => {
  let nRead = 0;
  for (const { text, valid, fields } of frames) {
    if (!valid) continue;
    const decoded = decodeFrame(text);
    if (!FRAME_TYPES.includes(fields.type)) {
      if (!['enter', 'ping', 'admit', 'deny', 'remove', 'lock'].includes(fields.type)) assert.equal(decoded, null);
      continue;
    }
    // What private rooms say is kept whole, for another reader.
    assertKeeps(decoded.body ?? decoded, fields, text);
    nRead++;
  }
  assert.ok(nRead > 30);
});

test('refuses what the C side refuses', () => {
  const ours = frames.filter(({ valid, text }) => !valid && (FRAME_TYPES.includes(typeOf(text)) || !typeOf(text)));
  assert.ok(ours.length > 40);
  for (const { text } of ours) assert.throws(() => decodeFrame(text), BadJson, `let through: ${text.slice(0, 200)}`);
});

test('names of the prototype are unknown types', () => {
  for (const type of ['constructor', 'toString', '__proto__']) assert.equal(decodeFrame(JSON.stringify({ type })), null);
});
