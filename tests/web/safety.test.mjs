// The safety phrase: its words on the same data as the C side, and the exchange before them.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import './node18.mjs';
import { commitTo, safetyWords } from '../../src/web/safety-words.js';

const { cases } = JSON.parse(readFileSync(new URL('../data/crypto/safety.json', import.meta.url), 'utf8'));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');
const sha256 = (data) => new Uint8Array(createHash('sha256').update(data).digest());

for (const row of cases) {
  test(`golden words: ${row.about}`, () => {
    const pair = { offerer: bytes(row.offerer), answerer: bytes(row.answerer) };
    const nonces = { offerer: bytes(row.nonce_offerer), answerer: bytes(row.nonce_answerer) };
    assert.equal(hex(commitTo(sha256, pair, true, nonces.offerer)), row.commit_offerer);
    assert.equal(hex(commitTo(sha256, pair, false, nonces.answerer)), row.commit_answerer);
    assert.equal(safetyWords(sha256, pair, nonces), row.words);
  });
}
