// The mathematics of private rooms, on the same data as the C side.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import './node18.mjs';
import { Cpace } from '../../src/web/cpace.js';
import { equalBytes, lvCat, utf8 } from '../../src/web/lv.js';
import { completeWord, foldSecret, makePhrase } from '../../src/web/phrase.js';
import { Seal } from '../../src/web/seal.js';
import { SECRET_WORDS } from '../../src/web/secret-words.js';
import { library } from './seal-library.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../data/crypto/${name}`, import.meta.url), 'utf8'));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');

/** One side of a golden exchange. */
function side(exchange, role) {
  return new Cpace({
    primitives: library,
    role,
    secret: bytes(exchange.secret),
    ci: bytes(exchange.ci),
    sid: bytes(exchange.sid),
    ad: bytes(exchange[`ad_${role}`]),
    scalar: bytes(exchange[`scalar_${role}`]),
  });
}

/** A side with a scalar of its own. */
function fresh(role, secret, sid = randomBytes(16)) {
  return new Cpace({ primitives: library, role, secret: utf8(secret), ci: lvCat('ci'), sid, ad: lvCat(role) });
}

test('lengths stand in front of the parts', () => {
  assert.equal(hex(lvCat('1234', '5', '', '678')), '043132333401350003363738');
  assert.equal(hex(lvCat(new Uint8Array(128)).subarray(0, 3)), '800100');
});

for (const exchange of read('cpace.json').exchanges) {
  test(`golden exchange: ${exchange.about}`, () => {
    const [a, b] = [side(exchange, 'a'), side(exchange, 'b')];
    assert.equal(hex(a.share), exchange.share_a);
    assert.equal(hex(b.share), exchange.share_b);
    assert.ok(a.takeShare(b.share, b.ad));
    assert.ok(b.takeShare(a.share, a.ad));
    assert.equal(hex(a.key), exchange.key);
    assert.equal(hex(b.key), exchange.key);
    assert.equal(hex(a.tag), exchange.tag_a);
    assert.equal(hex(b.tag), exchange.tag_b);
    assert.ok(a.verify(b.tag) && b.verify(a.tag));
  });
}

test('what is no share of another ends the exchange', () => {
  for (const { about, share } of read('cpace.json')['bad-shares'])
    assert.equal(fresh('a', 'otter-velvet-canoe').takeShare(bytes(share), lvCat('b')), false, about);
  const a = fresh('a', 'otter-velvet-canoe');
  assert.equal(a.takeShare(a.share, lvCat('b')), false, 'its own');
});

test('another secret, another tag; and no tag is right before there is a key', () => {
  const sid = randomBytes(16);
  const [a, b] = [fresh('a', 'otter-velvet-canoe', sid), fresh('b', 'otter-velvet-canyon', sid)];
  assert.equal(a.verify(a.tag), false);
  assert.ok(a.takeShare(b.share, b.ad) && b.takeShare(a.share, a.ad));
  assert.equal(a.verify(b.tag), false);
  assert.equal(b.verify(a.tag), false);
  assert.equal(a.verify(a.tag), false, 'reflected');
});

test('bytes are compared to their end', () => {
  assert.ok(equalBytes(bytes('0102'), bytes('0102')));
  for (const other of ['0002', '0103', '01', '010203']) assert.equal(equalBytes(bytes('0102'), bytes(other)), false);
});

/** Both ends of the golden seal. */
function sealsOf({ key, sid, code, id_a, id_b }) {
  const seal = (role, ownId, theirId) =>
    new Seal({ primitives: library, role, key: bytes(key), sid: bytes(sid), code, ownId, theirId });
  return { a: seal('a', id_a, id_b), b: seal('b', id_b, id_a) };
}

test('golden boxes are made and opened', () => {
  const golden = read('seal.json');
  const [writers, readers] = [sealsOf(golden), sealsOf(golden)];
  for (const { from, n, text, box } of golden.boxes) {
    const made = writers[from].close(text);
    assert.deepEqual({ n: made.n, box: hex(made.box) }, { n, box });
    assert.equal(Buffer.from(readers[from === 'a' ? 'b' : 'a'].open(n, bytes(box))).toString(), text);
  }
});

test('a box is opened once, in order, where it belongs', () => {
  const golden = read('seal.json');
  const [first, , second] = golden.boxes;
  const { a, b } = sealsOf(golden);
  assert.equal(a.open(first.n, bytes(first.box)), null, 'reflected');
  for (let i = 0; i < first.box.length / 2; i++) {
    const altered = bytes(first.box);
    altered[i] ^= 1;
    assert.equal(b.open(first.n, altered), null, `byte ${i}`);
  }
  assert.equal(b.open(first.n, bytes(first.box).subarray(1)), null);
  assert.equal(b.open(first.n, new Uint8Array(0)), null);
  assert.equal(b.open(first.n + 1, bytes(first.box)), null, 'another number');
  assert.ok(b.open(second.n, bytes(second.box)), 'a gap');
  assert.equal(b.open(second.n, bytes(second.box)), null, 'again');
  assert.equal(b.open(first.n, bytes(first.box)), null, 'late');
  const elsewhere = { ...golden, code: 'BOOK24' };
  assert.equal(sealsOf(elsewhere).b.open(first.n, bytes(first.box)), null, 'another room');
  assert.equal(sealsOf({ ...golden, id_a: 'm3' }).b.open(first.n, bytes(first.box)), null, 'another member');
});

test('the list has what its heading says', () => {
  assert.equal(SECRET_WORDS.length, 1296);
  assert.deepEqual([...SECRET_WORDS].sort(), SECRET_WORDS);
  assert.equal(new Set(SECRET_WORDS.map((word) => word.slice(0, 4))).size, 1296);
  for (const word of SECRET_WORDS) {
    assert.match(word, /^[a-z]{3,8}$/);
    assert.equal(completeWord(word.slice(0, 4).toUpperCase()), word);
  }
  assert.equal(completeWord('w'), null);
  assert.equal(completeWord('xyz'), null);
});

test('secrets are three words, and others every time', () => {
  const made = new Set(Array.from({ length: 200 }, () => makePhrase()));
  assert.equal(made.size, 200);
  for (const secret of made) assert.equal(foldSecret(secret.toUpperCase().replace(/-/g, '  ')), secret);
});

test('what a person types is folded as everywhere', () => {
  const { folded, refused } = read('secrets.json');
  for (const { typed, secret } of folded) assert.equal(foldSecret(typed), secret, JSON.stringify(typed));
  for (const typed of refused) assert.equal(foldSecret(typed), null, JSON.stringify(typed));
});

test('ten thousand random secrets are folded as everywhere', () => {
  const { seed, n, pieces, sha256 } = read('secrets.json').random;
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const all = createHash('sha256');
  for (let i = 0; i < n; i++) {
    const typed = Array.from({ length: next() % 8 }, () => pieces[next() % pieces.length]).join('');
    const folded = foldSecret(typed);
    if (folded !== null) assert.equal(foldSecret(folded), folded, JSON.stringify(typed));
    all.update(`${folded ?? '!'}\n`);
  }
  assert.equal(all.digest('hex'), sha256);
});
