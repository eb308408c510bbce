// What a reload of the page leaves of transfers: the rest is asked for, and a file has to be chosen once more.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import './node18.mjs';
import { FakeDisk, FakeRecords } from './fake-records.mjs';
import { toBase64Url } from '../../src/web/digest.js';
import { Journal } from '../../src/web/journal.js';
import { isUnderWay, RoomStore } from '../../src/web/room-store.js';
import { PIECE_BYTES } from '../../src/web/transfer.js';
import { Transfers, transferKey } from '../../src/web/transfers.js';
import { Vault } from '../../src/web/vault.js';

const hashOf = (bytes) => createHash('sha256').update(bytes).digest();
const sha256 = async (bytes) => new Uint8Array(hashOf(bytes));
const allThatCanHappen = async () => { for (let i = 0; i < 50; i++) await new Promise(setImmediate); };

class FakeStorage extends Map {
  getItem = (name) => this.get(name) ?? null;
  setItem = (name, value) => this.set(name, String(value));
}

/** A tab that can be loaded again: what the browser keeps stays, the page is new. */
function openTab(t) {
  globalThis.sessionStorage = new FakeStorage();
  const [records, disk] = [new FakeRecords(), new FakeDisk()];
  const pages = [];
  t.after(() => pages.forEach((page) => page.close()));
  return (code = 'ROOM22') => {
    const store = new RoomStore();
    store.apply({ type: 'phase', phase: 'inside', code });
    const said = [];
    const opened = [];
    const link = { maxMessageBytes: 65536, openFileChannel: (protocol) => opened.push(protocol) && { protocol, readyState: 'connecting', close() {} } };
    const companion = { link, say: (text) => said.push(JSON.parse(text)) > 0 };
    const journal = new Journal();
    const vault = Promise.resolve(new Vault({ tab: journal.tab, sha256, disk, records, cipher: null }));
    const transfers = new Transfers({ store, sha256, companionOf: () => companion, journal, vault });
    pages.push(transfers);
    const meet = (id = 'm2') => {
      store.apply({ type: 'member-joined', id, seq: Number(id[1]), legacy: false, away: false });
      store.apply({ type: 'member-changed', id, values: { name: id, link: 'connected' } });
      transfers.onConnected(id);
    };
    return { store, transfers, said, opened, meet };
  };
}

const offerOf = (bytes, id = 'f1') => ({ type: 'file-offer', id, name: 'a.bin', size: bytes.length, mimeType: '', kind: 'file', mtime: 0, count: 0 });

/** Pours pieces of a file into the channel that was asked for. */
async function pour({ transfers, said }, bytes, nPieces, from = 0) {
  const channel = { protocol: 'f1', readyState: 'open', close() {} };
  transfers.onChannel('m2', channel);
  channel.onmessage({ data: JSON.stringify({ entry: 0, offset: from, size: bytes.length }) });
  for (let at = from; at < Math.min(bytes.length, from + nPieces * PIECE_BYTES); at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    channel.onmessage({ data: Uint8Array.from(piece).buffer });
    channel.onmessage({ data: JSON.stringify({ sha256: toBase64Url(hashOf(piece)) }) });
  }
  await allThatCanHappen();
  return said.at(-1);
}

test('what was coming is asked for from the piece that is missing, with proof', async (t) => {
  const load = openTab(t);
  const bytes = randomBytes(3 * PIECE_BYTES + 5);
  const key = transferKey('m2', 'f1', 'in');
  const first = load();
  first.meet();
  first.transfers.onOffer('m2', offerOf(bytes));
  await first.transfers.accept(key);
  await allThatCanHappen();
  assert.deepEqual(first.said, [{ type: 'file-get', id: 'f1', from: { entry: 0, offset: 0 } }]);
  await pour(first, bytes, 2);

  const second = load();
  assert.equal(second.store.transfer(key).state, 'paused');
  second.meet();
  // It is said again, and is the same.
  second.transfers.onOffer('m2', offerOf(bytes));
  await allThatCanHappen();
  const have = toBase64Url(hashOf(Buffer.concat([hashOf(bytes.subarray(0, PIECE_BYTES)), hashOf(bytes.subarray(PIECE_BYTES, 2 * PIECE_BYTES))])));
  assert.deepEqual(second.said, [{ type: 'file-get', id: 'f1', from: { entry: 0, offset: 2 * PIECE_BYTES }, have }]);
  assert.equal((await pour(second, bytes, 2, 2 * PIECE_BYTES)).type, 'file-done');
  assert.equal(second.store.transfer(key).state, 'done');

  // Done is done, and can be saved after another one.
  const third = load();
  await allThatCanHappen();
  assert.equal(third.store.transfer(key).state, 'done');
  assert.ok(Buffer.from(await third.store.transfer(key).blob.arrayBuffer()).equals(bytes));
  assert.equal([...load('OTHER2').store.state.transfers].length, 0);
});

test('a folder that is done is done after a reload, too, though it ends with what has no bytes', async (t) => {
  const load = openTab(t);
  const lines = [{ path: ['words'], size: 5, mtime: 0 }, { path: ['nothing'], size: 0, mtime: 0 }, { path: ['empty'], dir: true, mtime: 0 }];
  const manifest = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const key = transferKey('m2', 'f1', 'in');
  const first = load();
  first.meet();
  const sum = { size: manifest.length, sha256: toBase64Url(hashOf(manifest)) };
  first.transfers.onOffer('m2', { ...offerOf(Buffer.from('hello')), name: 'Tree', kind: 'folder', count: 3, manifest: sum });
  await first.transfers.accept(key);
  await allThatCanHappen();
  const channel = { protocol: 'f1', readyState: 'open', close() {} };
  first.transfers.onChannel('m2', channel);
  for (const [entry, bytes] of [['manifest', manifest], [0, Buffer.from('hello')], [1, Buffer.alloc(0)]]) {
    channel.onmessage({ data: JSON.stringify({ entry, offset: 0, size: bytes.length }) });
    if (bytes.length === 0) continue;
    channel.onmessage({ data: Uint8Array.from(bytes).buffer });
    channel.onmessage({ data: JSON.stringify({ sha256: toBase64Url(hashOf(bytes)) }) });
  }
  await allThatCanHappen();
  assert.equal(first.store.transfer(key).state, 'done');
  const archive = Buffer.from(await first.store.transfer(key).blob.arrayBuffer());

  const second = load();
  await allThatCanHappen();
  assert.equal(second.store.transfer(key).state, 'done');
  assert.ok(Buffer.from(await second.store.transfer(key).blob.arrayBuffer()).equals(archive));
});

test('a pause of ours outlives a reload, and so does that it was cancelled', async (t) => {
  const load = openTab(t);
  const bytes = randomBytes(2 * PIECE_BYTES);
  const key = transferKey('m2', 'f1', 'in');
  const first = load();
  first.meet();
  first.transfers.onOffer('m2', offerOf(bytes));
  await first.transfers.accept(key);
  await allThatCanHappen();
  await pour(first, bytes, 1);
  first.transfers.pause(key, true);
  await allThatCanHappen();
  const second = load();
  second.meet();
  await allThatCanHappen();
  assert.deepEqual(second.said, []);
  second.transfers.pause(key, false);
  await allThatCanHappen();
  assert.equal(second.said.at(-1).from.offset, PIECE_BYTES);
  second.transfers.cancel(key);
  await allThatCanHappen();
  assert.equal(load().store.state.transfers.size, 0);
});

test('what is accepted while the way is lost is asked for when it is back, and what is done waits for nobody', async (t) => {
  const load = openTab(t);
  const bytes = randomBytes(PIECE_BYTES);
  const { store, transfers, said, meet } = load();
  meet();
  transfers.onOffer('m2', offerOf(bytes));
  const accepting = transfers.accept(transferKey('m2', 'f1', 'in'));
  transfers.onLost('m2');
  store.apply({ type: 'member-changed', id: 'm2', values: { link: 'reconnecting' } });
  await accepting;
  assert.deepEqual([store.transfer(transferKey('m2', 'f1', 'in')).state, said.length], ['paused', 0]);
  meet();
  await allThatCanHappen();
  assert.equal(said.at(-1).type, 'file-get');
  await pour({ transfers, said }, bytes, 1);
  const again = load();
  again.meet();
  const restored = again.store.transfer(transferKey('m2', 'f1', 'in'));
  assert.deepEqual([restored.state, restored.reason], ['running', 'Putting it together…']);
  assert.equal(isUnderWay(restored), false, 'it stands with what is done');
  await allThatCanHappen();
  assert.deepEqual(again.said.filter(({ type }) => type === 'file-get'), []);
});

test('who left meanwhile and offers the same again is gone on with', async (t) => {
  const load = openTab(t);
  const bytes = randomBytes(2 * PIECE_BYTES);
  const first = load();
  first.meet();
  first.transfers.onOffer('m2', offerOf(bytes));
  await first.transfers.accept(transferKey('m2', 'f1', 'in'));
  await allThatCanHappen();
  await pour(first, bytes, 1);
  const second = load();
  await allThatCanHappen();
  second.transfers.onPresent(new Set(['m3']));
  assert.equal(second.store.transfer(transferKey('m2', 'f1', 'in')).state, 'failed');
  second.meet('m3');
  second.transfers.onOffer('m3', offerOf(bytes, 'f9'));
  await second.transfers.accept(transferKey('m3', 'f9', 'in'));
  await allThatCanHappen();
  assert.deepEqual(second.said.at(-1).from, { entry: 0, offset: PIECE_BYTES });
});

test('what we offered has to be chosen once more: the one who asks waits, another file is refused', async (t) => {
  const load = openTab(t);
  const file = new File([randomBytes(PIECE_BYTES + 3)], 'a.bin', { lastModified: 1_700_000_000_000 });
  const first = load();
  first.meet();
  first.transfers.offer([file]);
  const offer = first.said[0];
  const key = transferKey('m2', offer.id, 'out');

  const { store, transfers, said, opened, meet } = load();
  assert.deepEqual([store.transfer(key).state, store.transfer(key).isFileGone], ['offered', true]);
  meet();
  assert.deepEqual(said, []);
  transfers.onGet('m2', { type: 'file-get', id: offer.id, entry: 0, offset: 0 });
  await allThatCanHappen();
  assert.deepEqual(said, [{ type: 'file-pause', on: true, id: offer.id }]);
  assert.deepEqual(opened, []);

  await transfers.chooseAgain(offer.id, new File(['other'], 'a.bin', { lastModified: 1_700_000_000_000 }));
  assert.match(store.transfer(key).reason, /not what was offered/);
  await transfers.chooseAgain(offer.id, file);
  await allThatCanHappen();
  assert.deepEqual(said.slice(1), [offer, { type: 'file-pause', on: false, id: offer.id }]);
  assert.deepEqual(opened, [offer.id]);
  assert.equal(store.transfer(key).state, 'running');
});

test('proof of what they have is worked out anew, and a wrong one is told', async (t) => {
  const load = openTab(t);
  const file = new File([randomBytes(2 * PIECE_BYTES)], 'a.bin');
  const first = load();
  first.meet();
  first.transfers.offer([file]);
  const { id } = first.said[0];
  const { transfers, said, opened, meet } = load();
  meet();
  await transfers.chooseAgain(id, file);
  const have = toBase64Url(hashOf(hashOf(Buffer.from(await file.slice(0, PIECE_BYTES).arrayBuffer()))));
  await transfers.onGet('m2', { type: 'file-get', id, entry: 0, offset: PIECE_BYTES, have: 'A'.repeat(43) });
  assert.deepEqual(said.at(-1), { type: 'file-cancel', reason: 'changed', id });
  const third = load();
  third.meet();
  third.transfers.offer([file]);
  third.transfers.onGet('m2', { type: 'file-get', id: third.said.at(-1).id, entry: 0, offset: PIECE_BYTES, have });
  await allThatCanHappen();
  assert.equal(third.opened.length, 1);
  assert.deepEqual(opened, []);
});
