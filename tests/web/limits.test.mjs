// Each limit of what one text may hold, at its value and crossed by one: the same data as the C side reads.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BadJson } from '../../src/web/json-gate.js';
import { decodeFrame } from '../../src/web/signal-message.js';
import { decodeFileText, decodeMessage } from '../../src/web/wire.js';

const limits = JSON.parse(readFileSync(new URL('../data/wire/limits.json', import.meta.url), 'utf8'));

/** "@" is n times the unit, "~" as often what closes it. */
const expand = ({ text, unit, close = '' }, n) => text.replace('@', () => unit.repeat(n)).replace('~', () => close.repeat(n));
const atLimit = (row) => row.at ?? expand(row, row.max);
const aboveLimit = (row) => row.above ?? expand(row, row.max + 1);

for (const [section, decode] of Object.entries({ signal: decodeFrame, wire: decodeMessage, file: decodeFileText })) {
  for (const row of limits[section]) {
    if (row.only === 'c') continue;
    test(`${section}: ${row.name}`, () => {
      assert.doesNotThrow(() => decode(atLimit(row)));
      assert.throws(() => decode(aboveLimit(row)), BadJson);
    });
  }
}
