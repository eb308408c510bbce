// The gate in front of JSON.parse: the same texts as the C side reads.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  BadJson, parseJson, parseJsonBytes, peekArray, peekBoolean, peekInteger, peekObject, peekString, peekStrings,
} from '../../src/web/json-gate.js';

const read = (name) => JSON.parse(readFileSync(new URL(`../data/wire/${name}`, import.meta.url), 'utf8'));
const LIMIT = 1 << 20;

test('refuses what the C gate refuses', () => {
  const { texts, bytes } = read('bad-json.json');
  for (const text of texts) {
    assert.throws(() => parseJson(text, LIMIT), BadJson, `let through: ${text}`);
    assert.throws(() => parseJsonBytes(Buffer.from(text), LIMIT), BadJson, `let through: ${text}`);
  }
  for (const hex of bytes)
    assert.throws(() => parseJsonBytes(Buffer.from(hex, 'hex'), LIMIT), BadJson, `let through: ${hex}`);
});

test('lets through what the C gate lets through', () => {
  for (const text of read('good-json.json').texts) {
    assert.deepEqual(parseJson(text, LIMIT), JSON.parse(text));
    assert.deepEqual(parseJsonBytes(Buffer.from(text), LIMIT), JSON.parse(text));
  }
});

test('survives any nesting', () => {
  for (const text of ['['.repeat(131072), `{"a":${'['.repeat(131072)}`, '{"a":'.repeat(100000)])
    assert.throws(() => parseJson(text, LIMIT), BadJson);
});

test('counts bytes, not characters', () => {
  assert.deepEqual(parseJson('{"a":1}', 7), { a: 1 });
  assert.throws(() => parseJson('{"a":1}', 6), BadJson);
  assert.deepEqual(parseJson('{"a":"é"}', 10), { a: 'é' });
  assert.throws(() => parseJson('{"a":"é"}', 9), BadJson);
});

test('takes nothing but a text', () => {
  for (const value of [null, undefined, 5, {}, new ArrayBuffer(2), ['{}']])
    assert.throws(() => parseJson(value, LIMIT), BadJson);
});

test('refuses halves of surrogate pairs that came unescaped', () => {
  for (const text of ['{"a":"\ud800"}', '{"a":"\udc00"}', '{"a":"\ud800x"}', '{"a":"\ud800'])
    assert.throws(() => parseJson(text, LIMIT), BadJson);
});

test('peeks convert nothing', () => {
  const o = parseJson('{"s":"abc","n":5,"b":true,"o":{},"a":["x"],"m":["x",1],"z":null,"e":"é"}', LIMIT);
  assert.equal(peekString(o, 's', 3), 'abc');
  assert.equal(peekString(o, 's', 2), undefined);
  assert.equal(peekString(o, 'e', 1), undefined);
  for (const name of ['n', 'z', 'absent', 'toString', '__proto__']) assert.equal(peekString(o, name, 99), undefined);
  assert.equal(peekInteger(o, 'n', 5), 5);
  assert.equal(peekInteger(o, 'n', 4), undefined);
  assert.equal(peekInteger(o, 's'), undefined);
  assert.equal(peekBoolean(o, 'b'), true);
  assert.equal(peekBoolean(o, 'n'), undefined);
  assert.deepEqual(peekObject(o, 'o'), {});
  for (const name of ['a', 'z', 's', 'constructor', '__proto__']) assert.equal(peekObject(o, name), undefined);
  assert.deepEqual(peekArray(o, 'a', 1), ['x']);
  assert.equal(peekArray(o, 'a', 0), undefined);
  assert.deepEqual(peekStrings(o, 'a', 9, 9), ['x']);
  assert.equal(peekStrings(o, 'm', 9, 9), undefined);
});

test('a name of the prototype stays a name', () => {
  const o = parseJson('{"__proto__":{"admin":true},"a":1}', LIMIT);
  assert.equal(o.admin, undefined);
  assert.equal(peekInteger(o, 'a'), 1);
});
