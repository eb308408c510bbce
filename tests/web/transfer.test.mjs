// Files in pieces: the arithmetic, and a sender and a receiver joined by a channel of our own making.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import './node18.mjs';
import { crc32 } from '../../src/web/crc32.js';
import { toBase64Url } from '../../src/web/digest.js';
import { Keeper } from '../../src/web/keeper.js';
import { MAX_ENTRIES, parseManifest } from '../../src/web/manifest.js';
import { BadTransfer, Receiver } from '../../src/web/receiver.js';
import { NoRoom } from '../../src/web/records.js';
import { Sender } from '../../src/web/sender.js';
import { FileChanged, Source, TooMuch } from '../../src/web/source.js';
import { Vault } from '../../src/web/vault.js';
import {
  CHUNK_BYTES, isResumePoint, PIECE_BYTES, pieceCount, PieceHashes, pieceSizeAt, SpeedMeter,
} from '../../src/web/transfer.js';

const sha256 = async (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** A channel that is always open and remembers what was sent; drains when told to. */
class FakeChannel {
  readyState = 'open';
  bufferedAmount = 0;
  sent = [];

  send(data) {
    this.sent.push(typeof data === 'string' ? data : new Uint8Array(data).slice().buffer);
    this.bufferedAmount += data.length;
  }

  drain() {
    this.bufferedAmount = 0;
    this.onbufferedamountlow?.();
  }

  close() {
    this.readyState = 'closed';
    this.onclose?.();
  }
}

const FILE = { path: ['f'], mtime: 0, isFolder: false };
const sourceOf = (blob) => new Source({ name: 'f', entries: [{ ...FILE, size: blob.size }], blobs: [blob] });

function makeSender(file, { channel = new FakeChannel(), offset = 0, hashes = new PieceHashes(sha256) } = {}) {
  const from = { entry: 0, offset };
  const sender = new Sender({ channel, source: sourceOf(file), from, hashes, sha256, maxMessageBytes: 65536, onProgress() {} });
  return { sender, channel, hashes };
}

const vault = new Vault({ tab: 't', sha256, disk: null, records: null, cipher: null });

function makeReceiver(size, { sink = vault.make() } = {}) {
  const entries = [{ ...FILE, size }];
  const { hashes } = sink;
  return { receiver: new Receiver({ size, entries, hashes, sink, sha256, onProgress() {} }), hashes, sink };
}

/** A file in memory, whose reads need no time of their own: after a few turns all that can happen has. */
const inMemory = (bytes) => ({
  size: bytes.length,
  slice: (begin, end) => ({ arrayBuffer: async () => new Uint8Array(bytes.subarray(begin, end)).buffer }),
});

async function allThatCanHappen() {
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
}

async function sendAll(file, options) {
  const { sender, channel, hashes } = makeSender(file, options);
  const drained = setInterval(() => channel.drain(), 1);
  await sender.run();
  clearInterval(drained);
  return { channel, hashes };
}

async function receiveAll(messages, size, options) {
  const { receiver, hashes, sink } = makeReceiver(size, options);
  for (const message of messages) await receiver.take(message);
  return { receiver, hashes, sink, bytes: Buffer.from(await (await sink.whole()).arrayBuffer()) };
}

test('pieces', () => {
  assert.deepEqual([0, 1, PIECE_BYTES, PIECE_BYTES + 1].map(pieceCount), [0, 1, 1, 2]);
  assert.equal(pieceSizeAt(PIECE_BYTES + 5, PIECE_BYTES), 5);
  assert.equal(isResumePoint(5, 0), true);
  assert.equal(isResumePoint(PIECE_BYTES, PIECE_BYTES), true);
  assert.equal(isResumePoint(PIECE_BYTES - 1, PIECE_BYTES), false);
  assert.equal(isResumePoint(2 * PIECE_BYTES, 1), false);
});

for (const size of [0, 1, CHUNK_BYTES, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES + 7]) {
  test(`${size} bytes arrive whole`, async () => {
    const bytes = randomBytes(size);
    const { channel, hashes } = await sendAll(new Blob([bytes]));
    const received = await receiveAll(channel.sent, size);
    assert.ok(received.receiver.isWhole);
    assert.ok(received.bytes.equals(bytes));
    assert.deepEqual(await received.hashes.fingerprint(), await hashes.fingerprint());
  });
}

test('what is on the wire is what the protocol says', async () => {
  const { channel } = await sendAll(new Blob([randomBytes(PIECE_BYTES + 10)]));
  const shapes = channel.sent.map((m) => (typeof m === 'string' ? Object.keys(JSON.parse(m)).join() : m.byteLength));
  const piece = Array(16).fill(CHUNK_BYTES);
  assert.deepEqual(shapes, ['entry,offset,size', ...piece, 'sha256', 10, 'sha256']);
});

test('the fingerprint is SHA-256 over the piece hashes in order', async () => {
  const bytes = randomBytes(2 * PIECE_BYTES + 3);
  const { hashes } = await sendAll(new Blob([bytes]));
  const over = createHash('sha256');
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    over.update(createHash('sha256').update(bytes.subarray(at, at + PIECE_BYTES)).digest());
  assert.equal(toBase64Url(await hashes.fingerprint()), over.digest('base64url'));
});

test('resumes at a piece, and sends no more than the rest', async () => {
  const bytes = randomBytes(3 * PIECE_BYTES);
  const whole = await sendAll(new Blob([bytes]));
  const first = await receiveAll(whole.channel.sent.slice(0, 1 + 17 * 2), bytes.length);
  assert.equal(first.hashes.length, 2);
  assert.equal(first.receiver.isWhole, false);

  const rest = await sendAll(new Blob([bytes]), { offset: 2 * PIECE_BYTES, hashes: whole.hashes });
  assert.equal(rest.channel.sent.length, 1 + 17);
  const second = await receiveAll(rest.channel.sent, bytes.length, { sink: first.sink });
  assert.ok(second.receiver.isWhole);
  assert.deepEqual(await second.hashes.fingerprint(), await whole.hashes.fingerprint());
});

test('the disk is read only while the channel takes it', async () => {
  const { sender, channel } = makeSender(inMemory(randomBytes(8 * PIECE_BYTES)));
  const running = sender.run();
  await allThatCanHappen();
  const before = channel.sent.length;
  assert.ok(channel.bufferedAmount < 2.2 * 1024 * 1024);
  channel.drain();
  await allThatCanHappen();
  assert.ok(channel.sent.length > before);
  sender.stop();
  await running;
});

test('paused sends nothing, stopped ends', async () => {
  const { sender, channel } = makeSender(inMemory(randomBytes(4 * PIECE_BYTES)));
  sender.pause(true);
  const running = sender.run();
  await allThatCanHappen();
  assert.equal(channel.sent.length, 0);
  sender.pause(false);
  await allThatCanHappen();
  assert.ok(channel.sent.length > 1);
  sender.stop();
  await running;
  assert.equal(channel.readyState, 'closed');
});

test('a file that changed since another member got it is not sent', async () => {
  const { hashes } = await sendAll(new Blob([randomBytes(PIECE_BYTES)]));
  await assert.rejects(makeSender(new Blob([randomBytes(PIECE_BYTES)]), { hashes }).sender.run(), FileChanged);
});

test('a file that cannot be read any more is not sent', async () => {
  const gone = { size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('gone')) }) };
  await assert.rejects(makeSender(gone).sender.run(), FileChanged);
  const shorter = { size: 10, slice: () => new Blob([randomBytes(9)]) };
  await assert.rejects(makeSender(shorter).sender.run(), FileChanged);
});

test('a stopped receiver keeps nothing more, not even what it is hashing', async () => {
  const { channel } = await sendAll(new Blob([randomBytes(2 * PIECE_BYTES)]));
  const { receiver, hashes, sink } = makeReceiver(2 * PIECE_BYTES);
  for (const message of channel.sent.slice(0, 17)) await receiver.take(message);
  const taking = receiver.take(channel.sent[17]);
  receiver.stop();
  await taking;
  for (const message of channel.sent.slice(18)) await receiver.take(message);
  assert.equal(hashes.length, 0);
  assert.equal((await sink.whole()).size, 0);
});

test('one wrong bit is found, and the damaged piece is not kept', async () => {
  const { channel } = await sendAll(new Blob([randomBytes(2 * PIECE_BYTES)]));
  const index = 1 + 17 + 3;
  new Uint8Array(channel.sent[index])[7] ^= 1;
  const { receiver, hashes, sink } = makeReceiver(2 * PIECE_BYTES);
  const take = async () => {
    for (const message of channel.sent) await receiver.take(message);
  };
  await assert.rejects(take(), BadTransfer);
  assert.equal(hashes.length, 1);
  assert.equal((await sink.whole()).size, PIECE_BYTES);
});

test('whatever does not follow the protocol ends the transfer', async () => {
  const header = '{"entry":0,"offset":0,"size":5}';
  const hash = `{"sha256":"${toBase64Url(await sha256(Buffer.from('12345')))}"}`;
  const bytes = new Uint8Array(Buffer.from('12345')).buffer;
  const more = new Uint8Array(6).buffer;
  for (const messages of [
    [bytes], [hash], [header, header], [header, hash], [header, more], [header, bytes, new Uint8Array(1).buffer],
    [header, bytes.slice(1), hash], ['{"entry":1,"offset":0,"size":5}'], ['{"entry":0,"offset":0,"size":6}'],
    ['{"entry":0,"offset":5,"size":5}'], ['['], ['{}'], ['{"sha256":1}'], [header, bytes, hash, bytes],
  ])
    await assert.rejects(receiveAll(messages, 5), BadTransfer, String(messages));
  assert.equal((await receiveAll([header, bytes, hash], 5)).bytes.toString(), '12345');
});

// ---- folders

const bytesOf = (n) => Uint8Array.from(randomBytes(n));
const TREE = [
  { path: ['empty'], file: null },
  { path: ['a', 'large.bin'], file: new File([bytesOf(2 * PIECE_BYTES + 9)], 'large.bin', { lastModified: 1_600_000_000_000 }) },
  { path: ['a', 'nothing'], file: new File([], 'nothing') },
  { path: ['Größe.txt'], file: new File([bytesOf(70_000)], 'Größe.txt') },
  { path: ['z'], file: new File([], 'z') },
];
const folderOf = () => Source.ofFolder({ name: 'Ferien', files: [...TREE] }, sha256);

async function sendFolder(source, { from = { entry: 'manifest', offset: 0 }, hashes = new PieceHashes(sha256) } = {}) {
  const channel = new FakeChannel();
  const drained = setInterval(() => channel.drain(), 1);
  await new Sender({ channel, source, from, hashes, sha256, maxMessageBytes: 65536, onProgress() {} }).run();
  clearInterval(drained);
  return { sent: channel.sent, hashes };
}

function receiveFolder(source, sink = vault.make(), crc = sink.marks.at(-1)?.crc, only = undefined) {
  const entries = sink.manifest ? parseManifest(sink.manifest) : null;
  const { size, manifest } = source;
  return { sink, receiver: new Receiver({ size, entries, manifest, only, hashes: sink.hashes, crc, sink, sha256, onProgress() {} }) };
}

const contents = async () => Buffer.concat(await Promise.all(
  [TREE[3], TREE[1], TREE[2], TREE[4]].map(async ({ file }) => Buffer.from(await file.arrayBuffer()))));

test('a folder arrives whole: its manifest, its files in order, those without bytes too', async () => {
  const source = await folderOf();
  assert.deepEqual(source.entries.map(({ path }) => path.join('/')), ['Größe.txt', 'a/large.bin', 'a/nothing', 'empty', 'z']);
  const { sent, hashes } = await sendFolder(source);
  const { sink, receiver } = receiveFolder(source);
  assert.deepEqual(receiver.from, { entry: 'manifest', offset: 0 });
  for (const message of sent) {
    assert.equal(receiver.isWhole, false);
    await receiver.take(message);
  }
  assert.ok(receiver.isWhole);
  assert.deepEqual(parseManifest(sink.manifest), source.entries);
  assert.ok(Buffer.from(await (await sink.whole()).arrayBuffer()).equals(await contents()));
  assert.deepEqual(await sink.hashes.fingerprint(), await hashes.fingerprint());
  // A piece knows the checksum of its file up to its end.
  assert.equal(sink.marks[3].crc, crc32(new Uint8Array(await TREE[1].file.arrayBuffer())));
});

test('a folder goes on at any piece, and what is there is not sent again', async () => {
  const source = await folderOf();
  const whole = await sendFolder(source);
  for (let nPieces = 0; nPieces <= 4; nPieces++) {
    const first = receiveFolder(source);
    for (const message of whole.sent) if (first.sink.marks.length < nPieces || first.receiver.from.entry === 'manifest') await first.receiver.take(message);
    const second = receiveFolder(source, first.sink);
    const { from } = second.receiver;
    assert.deepEqual(from, [{ entry: 0, offset: 0 }, { entry: 1, offset: 0 }, { entry: 1, offset: PIECE_BYTES }, { entry: 1, offset: 2 * PIECE_BYTES }, { entry: 2, offset: 0 }][nPieces]);
    const rest = await sendFolder(source, { from, hashes: whole.hashes });
    assert.equal(JSON.parse(rest.sent[0]).entry, from.entry);
    for (const message of rest.sent) await second.receiver.take(message);
    assert.ok(second.receiver.isWhole, `${nPieces}`);
    assert.ok(Buffer.from(await (await first.sink.whole()).arrayBuffer()).equals(await contents()));
    assert.equal(first.sink.marks[3].crc, crc32(new Uint8Array(await TREE[1].file.arrayBuffer())));
  }
});

test('a folder that is not what was offered ends the transfer', async () => {
  const source = await folderOf();
  const { sent } = await sendFolder(source);
  const headers = sent.flatMap((m, i) => (typeof m === 'string' && 'entry' in JSON.parse(m) ? i : []));
  const without = (i) => sent.filter((_m, at) => at !== i);
  const swapped = [...sent];
  [swapped[headers[3]], swapped[headers[4]]] = [swapped[headers[4]], swapped[headers[3]]];
  const other = { ...source, size: source.size + 1 };
  for (const [offered, messages] of [
    [source, sent.slice(headers[1])], [source, without(headers[1])], [source, without(headers[3])], [source, swapped],
    [source, [sent[0], ...sent]], [other, sent], [{ ...source, manifest: { ...source.manifest, sha256: 'A'.repeat(43) } }, sent],
    [{ ...source, manifest: { ...source.manifest, size: 5 } }, sent], [source, [...sent, '{"entry":9,"offset":0,"size":0}']],
  ]) {
    const { receiver } = receiveFolder(offered);
    await assert.rejects(async () => {
      for (const message of messages) await receiver.take(message);
    }, BadTransfer);
  }
});

test('a folder of nothing but folders is whole with its manifest', async () => {
  const source = await Source.ofFolder({ name: 'leer', files: [{ path: ['a'], file: null }] }, sha256);
  const { receiver } = receiveFolder(source);
  for (const message of (await sendFolder(source)).sent) await receiver.take(message);
  assert.ok(receiver.isWhole);
});

test('more than a folder may hold is not offered', async () => {
  const file = new File([], 'f');
  const many = Array.from({ length: MAX_ENTRIES + 1 }, (_, i) => ({ path: [`${i}`], file }));
  await assert.rejects(Source.ofFolder({ name: 'many', files: many }, sha256), TooMuch);
  await assert.rejects(Source.ofFolder({ name: 'deep', files: [{ path: Array(33).fill('d'), file }] }, sha256), TooMuch);
  const long = await Source.ofFolder({ name: 'long', files: [{ path: ['x'.repeat(256)], file }, { path: ['x'.repeat(255)], file }] }, sha256);
  assert.equal(long.entries.length, 1);
});

test('the longest manifest is offered, and one with a byte more is not', async () => {
  const file = new File([], 'f', { lastModified: 1_700_000_000_000 });
  // Lines of 256 bytes, but for the first.
  const folderOf = (nMore) => Array.from({ length: 65_536 }, (_, i) => ({ path: ['x'.repeat(i === 0 ? 214 + nMore : 214)], file }));
  const { manifest } = await Source.ofFolder({ name: 'longest', files: folderOf(0) }, sha256);
  assert.equal(manifest.size, 16 * 1024 * 1024);
  await assert.rejects(Source.ofFolder({ name: 'longer', files: folderOf(1) }, sha256), TooMuch);
});

test('of a folder only what is chosen is sent, with its own numbers; the manifest is whole', async () => {
  const source = await folderOf();
  const only = (...bits) => toBase64Url(Uint8Array.of(bits.reduce((sum, n) => sum | (1 << n), 0)));
  const entriesOf = ({ sent }) => sent.flatMap((m) => (typeof m === 'string' ? [JSON.parse(m).entry ?? []].flat() : []));
  assert.deepEqual(entriesOf(await sendFolder(source.choose(only(0, 2)))), ['manifest', 0, 2]);
  assert.deepEqual(entriesOf(await sendFolder(source.choose(only(1)), { from: { entry: 1, offset: 0 } })), [1]);
  assert.deepEqual(entriesOf(await sendFolder(source.choose(''))), ['manifest']);
  assert.equal(source.choose(only(1)).size, 2 * PIECE_BYTES + 9);
  assert.equal(source.choose(only(1)).has({ entry: 0, offset: 0 }), false);
  assert.equal(source.choose(only(5)), null);
  assert.equal(Source.ofFile(TREE[1].file).choose(only(0)), null);
});

test('what is chosen of a folder arrives without the rest, and goes on without it', async () => {
  const source = await folderOf();
  const large = Buffer.from(await TREE[1].file.arrayBuffer());
  const only = toBase64Url(Uint8Array.of((1 << 1) | (1 << 2)));
  const chosen = source.choose(only);
  const first = receiveFolder(source, undefined, undefined, only);
  const { sent, hashes } = await sendFolder(chosen);
  for (const message of sent) if (first.sink.marks.length < 1) await first.receiver.take(message);
  const second = receiveFolder(source, first.sink, first.sink.marks.at(-1).crc, only);
  assert.deepEqual(second.receiver.from, { entry: 1, offset: PIECE_BYTES });
  for (const message of (await sendFolder(chosen, { from: second.receiver.from, hashes })).sent) await second.receiver.take(message);
  assert.ok(second.receiver.isWhole);
  assert.ok(Buffer.from(await (await first.sink.whole()).arrayBuffer()).equals(large));
  // Whoever sends more than was asked for breaks the rules.
  const { receiver } = receiveFolder(source, undefined, undefined, only);
  await assert.rejects(async () => {
    for (const message of (await sendFolder(source)).sent) await receiver.take(message);
  }, BadTransfer);
});

test('a place that no entry has cannot be asked for', async () => {
  const source = await folderOf();
  const has = (entry, offset) => source.has({ entry, offset });
  assert.deepEqual([has('manifest', 0), has(0, 0), has(1, PIECE_BYTES), has(2, 0)], [true, true, true, true]);
  assert.deepEqual([has('manifest', 1), has(3, 0), has(5, 0), has(0, PIECE_BYTES), has(1, 5)], [false, false, false, false, false]);
});

test('a sink without room keeps the piece, says so, and has all of it in the end', async () => {
  const bytes = randomBytes(3 * PIECE_BYTES);
  const { channel } = await sendAll(new Blob([bytes]));
  let isFull = false;
  const kept = [];
  const shelf = {
    append: async (_n, data) => { if (isFull) throw new NoRoom(); kept.push(data); },
    whole: async () => new Blob(kept),
  };
  const sink = new Keeper('k', '', shelf, sha256);
  const { receiver } = makeReceiver(bytes.length, { sink });
  for (const [i, message] of channel.sent.entries()) {
    isFull = i > 20 && i < 40;
    await receiver.take(message).catch((error) => assert.ok(error instanceof NoRoom));
  }
  assert.ok(receiver.isWhole);
  assert.ok(Buffer.from(await (await sink.whole()).arrayBuffer()).equals(bytes));
});

test('speed is smooth and becomes what it is', () => {
  const meter = new SpeedMeter();
  assert.equal(meter.secondsLeft(100), -1);
  for (let t = 0; t <= 20_000; t += 100) meter.update(t * 1000, t);
  assert.ok(Math.abs(meter.speed - 1e6) < 1e3);
  assert.equal(meter.secondsLeft(30e6), 10);
  meter.update(20.1e6, 20_200);
  assert.ok(meter.speed > 0.9e6, 'one slow tenth of a second changes little');
});
