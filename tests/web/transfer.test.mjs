// Files in pieces: the arithmetic, and a sender and a receiver joined by a channel of our own making.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { toBase64Url } from '../../src/web/digest.js';
import { BadTransfer, Receiver } from '../../src/web/receiver.js';
import { FileChanged, Sender } from '../../src/web/sender.js';
import { BlobSink } from '../../src/web/sink.js';
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

function makeSender(file, { channel = new FakeChannel(), offset = 0, hashes = new PieceHashes(sha256) } = {}) {
  const sender = new Sender({ channel, file, offset, hashes, sha256, maxMessageBytes: 65536, onProgress() {} });
  return { sender, channel, hashes };
}

function makeReceiver(size, { offset = 0, hashes = new PieceHashes(sha256), sink = new BlobSink() } = {}) {
  return { receiver: new Receiver({ size, offset, hashes, sink, sha256, onProgress() {} }), hashes, sink };
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
  return { receiver, hashes, bytes: Buffer.from(await sink.finish().arrayBuffer()) };
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
  const second = await receiveAll(rest.channel.sent, bytes.length, { offset: 2 * PIECE_BYTES, hashes: first.hashes });
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
  assert.equal(channel.sent.length, 1);
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
  assert.equal(sink.finish().size, 0);
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
  assert.equal(sink.finish().size, PIECE_BYTES);
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

test('speed is smooth and becomes what it is', () => {
  const meter = new SpeedMeter();
  assert.equal(meter.secondsLeft(100), -1);
  for (let t = 0; t <= 20_000; t += 100) meter.update(t * 1000, t);
  assert.ok(Math.abs(meter.speed - 1e6) < 1e3);
  assert.equal(meter.secondsLeft(30e6), 10);
  meter.update(20.1e6, 20_200);
  assert.ok(meter.speed > 0.9e6, 'one slow tenth of a second changes little');
});
