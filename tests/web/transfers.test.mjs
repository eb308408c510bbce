// What a member may ask of us with files, and no more (PROTOCOL.md, section 4, Limits).
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import './node18.mjs';
import { Choice } from '../../src/web/choice.js';
import { RoomStore } from '../../src/web/room-store.js';
import { Sender } from '../../src/web/sender.js';
import { Source } from '../../src/web/source.js';
import { PIECE_BYTES, PieceHashes } from '../../src/web/transfer.js';
import { Vault } from '../../src/web/vault.js';
import { Transfers, transferKey } from '../../src/web/transfers.js';

const sha256 = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** A channel that never opens: whoever wants to send on it waits. */
const makeChannel = (protocol) => ({ protocol, readyState: 'connecting', bufferedAmount: 0, close() { this.readyState = 'closed'; } });

const makeFile = (name, size) => ({
  name, size, type: '', lastModified: 0,
  slice: (begin, end) => ({ arrayBuffer: async () => new ArrayBuffer(end - begin) }),
});

/** Whatever is not sent now never will be: the channels stay closed. */
const allThatCanHappen = () => new Promise(setImmediate);

/** A room with two others who are connected, and what was said to each. */
function makeRoom(t) {
  const store = new RoomStore();
  store.apply({ type: 'phase', phase: 'inside' });
  const said = { m2: [], m3: [] };
  const opened = [];
  for (const [id, words] of Object.entries(said)) {
    store.apply({ type: 'member-joined', id, seq: Number(id[1]), legacy: false, away: false });
    store.apply({ type: 'member-changed', id, values: { name: id, link: 'connected' } });
    words.link = { maxMessageBytes: 65536, openFileChannel: (protocol) => opened.push(protocol) && makeChannel(protocol) };
    words.say = (text) => words.push(JSON.parse(text)) > 0;
  }
  const vault = Promise.resolve(new Vault({ tab: 't', sha256, disk: null, records: null, cipher: null }));
  const transfers = new Transfers({ store, sha256, companionOf: (id) => said[id], vault });
  t.after(() => transfers.close());
  const count = (memberId, state) =>
    [...store.state.transfers.values()].filter((row) => row.memberId === memberId && row.state === state).length;
  return { store, transfers, said, opened, count };
}

const offer = (id) => ({ type: 'file-offer', id, name: `${id}.bin`, size: 5, mimeType: '', kind: 'file', mtime: 0, count: 0 });
const get = (id, offset = 0, entry = 0) => ({ type: 'file-get', id, entry, offset });

test('200 offers of a member stand, the 201st does not, whatever others offer', (t) => {
  const { transfers, store, count } = makeRoom(t);
  for (let i = 1; i <= 201; i++) transfers.onOffer('m2', offer(`f${i}`));
  assert.equal(count('m2', 'offered'), 200);
  assert.equal(store.transfer(transferKey('m2', 'f201', 'in')), undefined);

  transfers.onOffer('m3', offer('f201'));
  assert.equal(count('m3', 'offered'), 1);
  transfers.onOffer('m2', offer('f1'));
  assert.equal(count('m2', 'offered'), 200);

  transfers.onRefusal('m2', { type: 'file-withdraw', id: 'f1' });
  transfers.onOffer('m2', offer('f201'));
  assert.equal(count('m2', 'offered'), 200);
  assert.equal(store.transfer(transferKey('m2', 'f201', 'in')).state, 'offered');
});

test('of what came to nothing the last fifty are kept, and what stands stays', (t) => {
  const { transfers, store } = makeRoom(t);
  transfers.onOffer('m2', offer('stands'));
  for (let i = 0; i < 60; i++) {
    transfers.onOffer('m2', offer(`v${i}`));
    transfers.onRefusal('m2', { type: 'file-withdraw', id: `v${i}` });
  }
  const ids = [...store.state.transfers.values()].map(({ id }) => id);
  assert.deepEqual(ids, ['stands', ...Array.from({ length: 50 }, (_, i) => `v${i + 10}`)]);
});

test('eight are sent at once, the ninth get is refused, one transfer is sent once', async (t) => {
  const { transfers, store, said, opened, count } = makeRoom(t);
  transfers.offer(Array.from({ length: 9 }, (_, i) => makeFile(`f${i}`, 5)));
  const ids = said.m2.map(({ id }) => id);
  assert.equal(ids.length, 9);
  for (const id of ids.slice(0, 8)) transfers.onGet('m2', get(id));
  assert.equal(count('m2', 'running'), 8);
  transfers.onGet('m2', get(ids[8]));
  await allThatCanHappen();
  assert.deepEqual(said.m2.at(-1), { type: 'file-cancel', id: ids[8], reason: 'bad-request' });
  assert.equal(count('m2', 'running'), 8);

  // Again is anew, not once more.
  transfers.onGet('m2', get(ids[0]));
  assert.equal(count('m2', 'running'), 8);
  // Another member has a count of its own.
  transfers.onGet('m3', get(said.m3[0].id));
  assert.equal(count('m3', 'running'), 1);
  assert.equal(opened.length, 10);
  assert.equal(store.transfer(transferKey('m2', ids[8], 'out')).state, 'offered');
});

test('what is not offered, to that member or from there on, is refused', async (t) => {
  const { transfers, said, opened } = makeRoom(t);
  transfers.offer([makeFile('to m2 only', PIECE_BYTES)], 'm2');
  const { id } = said.m2[0];
  for (const [memberId, message] of [
    ['m2', get('unknown')],
    ['m3', get(id)],
    ['m2', get(id, 0, 1)],
    ['m2', { ...get(id, 2 * PIECE_BYTES), have: 'A'.repeat(43) }],
  ]) {
    transfers.onGet(memberId, message);
    await allThatCanHappen();
    assert.deepEqual(said[memberId].at(-1), { type: 'file-cancel', id: message.id, reason: 'bad-request' });
  }
  assert.deepEqual(opened, []);
  transfers.onGet('m2', get(id));
  await allThatCanHappen();
  assert.deepEqual(opened, [id]);
});

test('a channel that nobody asked for is closed, and so is a second one', async (t) => {
  const { transfers } = makeRoom(t);
  transfers.onOffer('m2', offer('f1'));
  const [early, right, second, foreign] = ['f1', 'f1', 'f1', 'f1'].map(makeChannel);
  transfers.onChannel('m2', early);
  assert.equal(early.readyState, 'closed');
  transfers.accept(transferKey('m2', 'f1', 'in'));
  await allThatCanHappen();
  transfers.onChannel('m3', foreign);
  assert.equal(foreign.readyState, 'closed');
  transfers.onChannel('m2', right);
  assert.equal(right.readyState, 'connecting');
  transfers.onChannel('m2', second);
  assert.equal(second.readyState, 'closed');
});

test('four are asked for at once, and the fifth does not come before it is', async (t) => {
  const { transfers, said } = makeRoom(t);
  const ids = ['f1', 'f2', 'f3', 'f4', 'f5'];
  for (const id of ids) transfers.onOffer('m2', offer(id));
  for (const id of ids) transfers.accept(transferKey('m2', id, 'in'));
  await allThatCanHappen();
  assert.deepEqual(said.m2.filter(({ type }) => type === 'file-get').map(({ id }) => id), ids.slice(0, 4));
  const channel = makeChannel('f5');
  transfers.onChannel('m2', channel);
  assert.equal(channel.readyState, 'closed');
});

test('who looks into a folder to choose has not taken it; who chooses gets the rest of it not', async (t) => {
  const { transfers, store, opened, said } = makeRoom(t);
  const file = new File(['12345'], 'f');
  await transfers.offerFolder({ name: 'd', files: [{ path: ['a'], file }, { path: ['b'], file }] }, 'm2');
  const { id, manifest } = said.m2[0];
  assert.equal(said.m2[0].kind, 'folder');
  assert.equal(manifest.sha256.length, 43);
  const key = transferKey('m2', id, 'out');
  transfers.onGet('m2', { ...get(id, 0, 'manifest'), only: '' });
  await allThatCanHappen();
  assert.equal(store.transfer(key).state, 'offered');
  transfers.onGet('m2', { ...get(id, 0, 'manifest'), only: 'Ag' });
  await allThatCanHappen();
  assert.equal(store.transfer(key).state, 'running');
  assert.equal(store.transfer(key).size, 5);
  assert.equal(opened.length, 2);
  transfers.onGet('m2', { ...get(id, 0, 'manifest'), only: 'BA' });
  await allThatCanHappen();
  assert.deepEqual(said.m2.at(-1), { type: 'file-cancel', id, reason: 'bad-request' });
});

/** A folder with two files of five bytes each, and what its manifest is. */
async function offeredFolder() {
  const file = (name, text) => ({ path: [name], file: new File([text], name) });
  const source = await Source.ofFolder({ name: 'd', files: [file('a', '12345'), file('b', '67890')] }, sha256);
  return { source, offer: { mimeType: '', mtime: 0, ...source.offer('f1') } };
}

/** What the one who offers answers to a `file-get`, poured into a channel of theirs. */
async function pour(transfers, source, { from }) {
  const channel = makeChannel('f1');
  transfers.onChannel('m2', channel);
  const wire = { readyState: 'open', bufferedAmount: 0, send: (data) => channel.onmessage?.({ data: typeof data === 'string' ? data : Uint8Array.from(data).buffer }) };
  await new Sender({ channel: wire, source, from, hashes: new PieceHashes(sha256), sha256, maxMessageBytes: 65536, onProgress() {} }).run();
  return channel;
}

test('a folder is declined whose manifest is longer than the longest', async (t) => {
  const { transfers, store, said } = makeRoom(t);
  const { offer } = await offeredFolder();
  const longest = 16 * 1024 * 1024;
  for (const [id, size] of [['f1', longest], ['f2', longest + 1]]) transfers.onOffer('m2', { ...offer, id, manifest: { ...offer.manifest, size } });
  assert.deepEqual([...store.state.transfers.values()].map(({ id }) => id), ['f1']);
  assert.deepEqual([...said.m2], [{ type: 'file-decline', id: 'f2' }]);
});

test('a person looks into a folder, takes one file of it, and the other does not come', async (t) => {
  const { transfers, store, said } = makeRoom(t);
  const { source, offer: folder } = await offeredFolder();
  transfers.onOffer('m2', folder);
  const key = transferKey('m2', 'f1', 'in');
  const looking = transfers.look(key);
  assert.deepEqual(said.m2.at(-1), { type: 'file-get', id: 'f1', from: { entry: 'manifest', offset: 0 }, only: '' });
  const channel = await pour(transfers, source.choose(''), said.m2.at(-1));
  const entries = await looking;
  assert.deepEqual(entries.map(({ path }) => path), [['a'], ['b']]);
  assert.equal(channel.readyState, 'closed');
  assert.equal(store.transfer(key).state, 'offered');

  const choice = new Choice(entries);
  choice.set(0, false);
  await transfers.accept(key, { only: choice.only, ...choice.total });
  await allThatCanHappen();
  assert.deepEqual(said.m2.at(-1), { type: 'file-get', id: 'f1', from: { entry: 'manifest', offset: 0 }, only: 'Ag' });
  assert.equal(store.transfer(key).size, 5);
  await pour(transfers, source.choose('Ag'), said.m2.at(-1));
  while (store.transfer(key).state === 'running') await allThatCanHappen();
  assert.equal(store.transfer(key).state, 'done');
  assert.equal(said.m2.at(-1).type, 'file-done');
  const archive = Buffer.from(await store.transfer(key).blob.arrayBuffer());
  assert.ok(archive.includes('67890') && archive.includes('d/b'));
  assert.ok(!archive.includes('d/a'));
});

test('a look that is lost, refused or damaged ends; the offer stands unless it was damaged', async (t) => {
  const { transfers, store, said } = makeRoom(t);
  const { source, offer: folder } = await offeredFolder();
  transfers.onOffer('m2', folder);
  const key = transferKey('m2', 'f1', 'in');
  const lost = transfers.look(key);
  transfers.onLost('m2');
  assert.equal(await lost, null);
  const closed = transfers.look(key);
  transfers.onChannel('m2', makeChannel('f1'));
  transfers.stopLooking(key);
  assert.equal(await closed, null);
  assert.equal(store.transfer(key).state, 'offered');
  const late = makeChannel('f1');
  transfers.onChannel('m2', late);
  assert.equal(late.readyState, 'closed');

  const damaged = transfers.look(key);
  source.manifestBytes[3] ^= 1;
  await pour(transfers, source.choose(''), said.m2.at(-1));
  assert.equal(await damaged, null);
  assert.equal(store.transfer(key).state, 'failed');
  assert.deepEqual(said.m2.at(-1), { type: 'file-cancel', reason: 'bad-data', id: 'f1' });
});

test('a pause of ours outlives that they ask again', async (t) => {
  const { transfers, store, said } = makeRoom(t);
  transfers.offer([makeFile('f', 5)], 'm2');
  const { id } = said.m2[0];
  const key = transferKey('m2', id, 'out');
  transfers.onGet('m2', get(id));
  await allThatCanHappen();
  transfers.pause(key, true);
  transfers.onLost('m2');
  transfers.onConnected('m2');
  transfers.onGet('m2', get(id));
  await allThatCanHappen();
  assert.equal(store.transfer(key).state, 'paused');
  assert.deepEqual(said.m2.at(-1), { type: 'file-pause', on: true, id });
});

test('each reason of a member to end a file has words of its own', async (t) => {
  const { transfers, store, said } = makeRoom(t);
  const ends = {
    user: ['cancelled', 'Cancelled by m2'],
    changed: ['failed', 'The file changed since m2 offered it.'],
    'bad-request': ['failed', 'm2 no longer offers this file.'],
    'bad-data': ['failed', 'What arrived at m2 was damaged.'],
    disk: ['failed', 'm2 has no room for it.'],
    stalled: ['failed', 'Nothing arrived for five minutes.'],
    '': ['cancelled', 'Cancelled by m2'],
    'of a later version': ['cancelled', 'Cancelled by m2'],
  };
  for (const [reason, expected] of Object.entries(ends)) {
    transfers.offer([makeFile(reason, 5)], 'm2');
    const { id } = said.m2.at(-1);
    transfers.onCancel('m2', { type: 'file-cancel', id, reason });
    const row = store.transfer(transferKey('m2', id, 'out'));
    assert.deepEqual([row.state, row.reason], expected);
  }
});
