// What is received is kept, in each way that browsers have, and found again after a reload.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import './node18.mjs';
import { chacha20 } from '@noble/ciphers/chacha';
import { FakeDisk, FakeRecords } from './fake-records.mjs';
import { NoRoom } from '../../src/web/records.js';
import { PIECE_BYTES } from '../../src/web/transfer.js';
import { MAX_MEMORY_BYTES, Vault } from '../../src/web/vault.js';

const sha256 = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
const bytesOf = async (blob) => Buffer.from(await blob.arrayBuffer());

async function put(keeper, piece, crc = 7) {
  const mark = { hash: await sha256(piece), crc, length: piece.length };
  keeper.hashes.push(mark.hash);
  await keeper.write(Uint8Array.from(piece), mark);
}

function makeVault(way, store = { records: new FakeRecords(), disk: new FakeDisk() }, tab = 'tab') {
  const disk = way === 'disk' ? store.disk : null;
  const records = way === 'memory' ? null : store.records;
  const cipher = way === 'encrypted' ? chacha20 : null;
  const vault = new Vault({ tab, sha256, disk, records, cipher });
  assert.equal(vault.way, way);
  return { vault, store };
}

for (const way of ['disk', 'encrypted', 'aside', 'memory'])
  test(`${way}: large and small pieces come out in order`, async () => {
    const { vault } = makeVault(way);
    const keeper = vault.make();
    const pieces = [PIECE_BYTES, 5, 70_000, PIECE_BYTES, ...Array(9).fill(PIECE_BYTES), 1].map((n) => randomBytes(n));
    for (const piece of pieces) await put(keeper, piece);
    const whole = await keeper.whole();
    assert.ok((await bytesOf(whole)).equals(Buffer.concat(pieces)));
    assert.equal(whole.type, 'application/octet-stream');
    assert.equal((await bytesOf(await vault.make().whole())).length, 0);
  });

for (const way of ['disk', 'encrypted'])
  test(`${way}: after a reload all that was kept is there, and it goes on`, async () => {
    const { vault, store } = makeVault(way);
    const keeper = vault.make();
    const pieces = [PIECE_BYTES, PIECE_BYTES, 100, 200].map((n) => randomBytes(n));
    for (const piece of pieces) await put(keeper, piece);
    await keeper.keepManifest(Buffer.from('the manifest'));

    // What was small waited, and is lost.
    const { vault: later } = makeVault(way, store);
    const again = await later.find(keeper.id, keeper.key);
    assert.deepEqual(again.marks.map(({ length, crc }) => [length, crc]), [[PIECE_BYTES, 7], [PIECE_BYTES, 7]]);
    assert.deepEqual(await again.hashes.fingerprint(), await keeper.hashes.fingerprint(2));
    assert.equal(Buffer.from(again.manifest).toString(), 'the manifest');
    for (const piece of pieces.slice(2)) await put(again, piece);
    assert.ok((await bytesOf(await again.whole())).equals(Buffer.concat(pieces)));
    const third = await makeVault(way, store).vault.find(keeper.id, keeper.key);
    assert.equal(third.marks.length, 4);
    await third.remove();
    assert.deepEqual([store.records.items, [...store.disk.files]], [[], []]);
  });

test('encrypted: nothing legible is in the table, and no two records have the same key stream', async () => {
  const { vault, store } = makeVault('encrypted');
  const keeper = vault.make();
  const zeros = Buffer.alloc(PIECE_BYTES);
  for (let i = 0; i < 3; i++) await put(keeper, zeros);
  await keeper.keepManifest(zeros.subarray(0, 1000));
  const starts = store.records.items.map(([, value]) => Buffer.from(value).subarray(0, 32).toString('hex'));
  assert.equal(new Set(starts).size, 7);
  for (const [, value] of store.records.items) assert.ok(!Buffer.from(value).includes(await sha256(zeros)) && !Buffer.from(value).includes(Buffer.alloc(32)));
  assert.notEqual(keeper.key, vault.make().key);
});

test('disk: what is not in the file does not count, whatever was written down', async () => {
  const { vault, store } = makeVault('disk');
  const keeper = vault.make();
  const pieces = Array.from({ length: 3 }, () => randomBytes(PIECE_BYTES));
  for (const piece of pieces) await put(keeper, piece);
  const [[name, bytes]] = store.disk.files;
  store.disk.files.set(name, bytes.slice(0, 2 * PIECE_BYTES + 5));
  const again = await makeVault('disk', store).vault.find(keeper.id, keeper.key);
  assert.equal(again.marks.length, 2);
  await put(again, pieces[2]);
  assert.ok((await bytesOf(await again.whole())).equals(Buffer.concat(pieces)));
  assert.equal((await makeVault('disk', store).vault.find(keeper.id, keeper.key)).marks.length, 3);
});

test('encrypted: a number that had no room is not used again', async () => {
  const { vault, store } = makeVault('encrypted');
  const keeper = vault.make();
  store.records.isFull = true;
  const piece = randomBytes(PIECE_BYTES);
  await assert.rejects(put(keeper, piece), NoRoom);
  store.records.isFull = false;
  assert.ok((await bytesOf(await keeper.whole())).equals(piece));
  assert.deepEqual(store.records.items.map(([key]) => key.at(-1)), [1, 1]);
});

test('what is left of tabs that are gone is deleted, and of our own what nobody wants', async () => {
  for (const way of ['disk', 'encrypted']) {
    const store = { records: new FakeRecords(), disk: new FakeDisk() };
    const kept = {};
    for (const tab of ['gone', 'lives', 'tab'])
      for (const what of ['a', 'b']) {
        const keeper = makeVault(way, store, tab).vault.make();
        await put(keeper, randomBytes(PIECE_BYTES));
        kept[`${tab} ${what}`] = keeper.id;
      }
    await makeVault(way, store).vault.tidy(new Set(['lives', 'other']), new Set([kept['tab a']]));
    const expected = new Set([kept['lives a'], kept['lives b'], kept['tab a']]);
    assert.deepEqual(new Set((await store.records.keys()).map(([, id]) => id)), expected);
    if (way === 'disk') assert.deepEqual(new Set((await store.disk.names()).map((name) => name.split('.')[1])), expected);
  }
});

test('memory takes what it says and no more', async () => {
  assert.equal(await makeVault('memory').vault.room(), MAX_MEMORY_BYTES);
});
