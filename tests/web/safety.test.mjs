// The safety phrase: its words on the same data as the C side, and the exchange before them.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import './node18.mjs';
import { toBase64Url } from '../../src/web/digest.js';
import { MAX_RUNS, Safety, soleFingerprint } from '../../src/web/safety.js';
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

// ---- the exchange

const print = (name) => Uint8Array.from({ length: 32 }, (_, i) => name.charCodeAt(i) || 0);
const [ANA, BO, EVIL] = ['ana', 'bo', 'evil'].map(print);

/** One side, and what it says to the other. */
function side(offers, own, theirs) {
  const said = [];
  const safety = new Safety({ sha256, offers, say: (message) => said.push(message) });
  safety.beginSession({ own, theirs });
  return { safety, said };
}

const pairOf = () => [side(true, ANA, BO), side(false, BO, ANA)];

function deliverOne(from, to) {
  const message = from.said.shift();
  if (message) to.safety.handle(message);
  return message !== undefined;
}

function deliverAll(a, b) {
  while (deliverOne(a, b) || deliverOne(b, a));
}

function beginSession(a, b, boShows) {
  a.said.length = b.said.length = 0;
  a.safety.beginSession({ own: ANA, theirs: boShows });
  b.safety.beginSession({ own: BO, theirs: ANA });
}

const states = (...sides) => sides.map(({ safety }) => safety.state);

for (const starters of [[0], [1], [0, 1]]) {
  test(`both see the same words, started by ${starters}`, () => {
    const [ana, bo] = pairOf();
    for (const i of starters) [ana, bo][i].safety.start();
    assert.deepEqual([...ana.said, ...bo.said].map(({ type }) => type), starters.map(() => 'phrase-commit'));
    deliverAll(ana, bo);
    assert.deepEqual(states(ana, bo), ['phrase', 'phrase']);
    assert.equal(ana.safety.words, bo.safety.words);
    assert.equal(ana.safety.words.split(' ').length, 4);
    ana.safety.confirm(true);
    bo.safety.confirm(false);
    assert.deepEqual(states(ana, bo), ['checked', 'not-safe']);
    assert.equal(bo.safety.words, '');
  });
}

test('somebody in between hands on, and does not fit; or plays both parts, and the words differ', () => {
  const [ana, bo] = [side(true, ANA, EVIL), side(false, BO, EVIL)];
  ana.safety.start();
  deliverAll(ana, bo);
  assert.deepEqual(states(ana, bo), ['not-safe', 'not-safe']);

  const [left, asBo] = [side(true, ANA, EVIL), side(false, EVIL, ANA)];
  const [asAna, right] = [side(true, EVIL, BO), side(false, BO, EVIL)];
  left.safety.start();
  right.safety.start();
  deliverAll(left, asBo);
  deliverAll(asAna, right);
  assert.deepEqual(states(left, right), ['phrase', 'phrase']);
  assert.notEqual(left.safety.words, right.safety.words);
});

test('who breaks a rule is not safe, and no way leads out of it', () => {
  const nonce = print('nonce');
  const messages = {
    c: { type: 'phrase-commit', c: toBase64Url(commitTo(sha256, { offerer: ANA, answerer: BO }, false, nonce)) },
    n: { type: 'phrase-reveal', nonce: toBase64Url(nonce) },
    x: { type: 'phrase-reveal', nonce: toBase64Url(EVIL) },
  };
  /** r: her own commitment, reflected */
  const stateAfter = (script, starts) => {
    const [ana] = pairOf();
    if (starts) ana.safety.start();
    for (const letter of script) ana.safety.handle(letter === 'r' ? ana.said[0] : messages[letter]);
    return ana.safety.state;
  };
  assert.equal(stateAfter('cn', true), 'phrase');
  assert.equal(stateAfter('cn', false), 'phrase');
  for (const script of ['r', 'cc', 'n', 'cx', 'cnn', 'cnc', 'cxcn']) assert.equal(stateAfter(script, true), 'not-safe', script);
  assert.equal(stateAfter('n', false), 'not-safe');
});

test('a check is interrupted three times and not begun a fourth; another certificate begins anew', () => {
  const [ana, bo] = pairOf();
  for (let run = 0; run < MAX_RUNS; run++) {
    ana.safety.start();
    deliverOne(ana, bo);
    beginSession(ana, bo, BO);
    assert.deepEqual(states(ana, bo), ['interrupted', 'interrupted']);
  }
  assert.equal(ana.safety.canStart, false);
  ana.safety.start();
  assert.equal(ana.said.length, 0);
  beginSession(ana, bo, EVIL);
  assert.equal(ana.safety.canStart, true);
});

test('who has the words when it breaks keeps them until both have others', () => {
  const [ana, bo] = pairOf();
  ana.safety.start();
  deliverOne(ana, bo);
  deliverOne(bo, ana);
  deliverOne(bo, ana);
  ana.safety.confirm(true);
  beginSession(ana, bo, BO);
  assert.deepEqual(states(ana, bo), ['checked', 'interrupted']);
  bo.safety.start();
  deliverAll(ana, bo);
  assert.deepEqual(states(ana, bo), ['checked', 'phrase']);
  assert.equal(ana.safety.words, bo.safety.words);
  beginSession(ana, bo, EVIL);
  assert.deepEqual([ana.safety.state, ana.safety.words], ['changed', '']);
});

test('a description has one fingerprint by SHA-256, or none to rely on', () => {
  const hexPairs = (byte) => Array(32).fill(byte).join(':');
  const line = (byte, hash = 'sha-256') => `a=fingerprint:${hash} ${hexPairs(byte)}\r\n`;
  assert.equal(hex(soleFingerprint(`v=0\r\n${line('AB')}m=application\r\n${line('ab')}`)), 'ab'.repeat(32));
  for (const sdp of [undefined, 'v=0\r\n', line('AB') + line('AC'), line('AB') + line('AB', 'sha-512'), line('AB', 'sha-1'), 'a=fingerprint:sha-256 AB:CD\r\n'])
    assert.equal(soleFingerprint(sdp), null, sdp);
  const unsure = side(true, ANA, null);
  unsure.safety.start();
  assert.deepEqual([unsure.safety.state, unsure.said], ['not-safe', []]);
});
