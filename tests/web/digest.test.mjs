// SHA-256 and base64url.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import './node18.mjs';
import { findSha256, fromBase64Url, randomId, toBase64Url } from '../../src/web/digest.js';

test('base64url is what others write', () => {
  for (let n = 0; n < 70; n++) {
    const bytes = randomBytes(n);
    assert.equal(toBase64Url(bytes), bytes.toString('base64url'));
    assert.deepEqual(Buffer.from(fromBase64Url(toBase64Url(bytes), n)), bytes);
  }
});

test('only the one true spelling is read', () => {
  const text = toBase64Url(new Uint8Array(32));
  assert.ok(fromBase64Url(text, 32));
  for (const wrong of [`${text}=`, text.slice(1), `${text}A`, text.replace(/.$/, 'B'), text.replace(/^./, '+'), ` ${text.slice(1)}`])
    assert.equal(fromBase64Url(wrong, 32), null, wrong);
  assert.equal(fromBase64Url(text, 31), null);
});

test('ids do not repeat and fit the wire', () => {
  const ids = new Set(Array.from({ length: 1000 }, randomId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{16}$/);
});

test('the library that a page on http takes along hashes as everybody does', async () => {
  const { sha256 } = await import('@noble/hashes/sha2.js');
  for (const n of [0, 1, 55, 56, 63, 64, 65, 1048576]) {
    const bytes = randomBytes(n);
    assert.equal(Buffer.from(sha256(bytes)).toString('hex'), createHash('sha256').update(bytes).digest('hex'));
  }
});

test('our own, for a page built without the library, does too', async () => {
  const { sha256 } = await import('../../src/web/sha256.js');
  for (let n = 0; n < 200; n++) {
    const bytes = randomBytes(n + 3).subarray(3);
    assert.equal(Buffer.from(sha256(bytes)).toString('hex'), createHash('sha256').update(bytes).digest('hex'), `${n} bytes`);
  }
  const piece = randomBytes(1048576);
  assert.equal(Buffer.from(sha256(piece)).toString('hex'), createHash('sha256').update(piece).digest('hex'));
});

test('a page on http without the library hashes all the same', async () => {
  const subtle = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  try {
    const hash = await findSha256();
    assert.ok(hash);
    assert.equal(Buffer.from(await hash(new Uint8Array(0))).toString('hex'),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  } finally {
    Object.defineProperty(globalThis, 'crypto', /** @type {PropertyDescriptor} */ (subtle));
  }
});
