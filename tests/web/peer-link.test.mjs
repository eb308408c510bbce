// The link to one member: who offers, what counts as a new session, and what happens when the route goes.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { FakePeerConnection, made, sdp } from './fake-rtc.mjs';

globalThis.RTCPeerConnection = FakePeerConnection;
globalThis.CustomEvent ??= class extends Event {
  constructor(type, { detail }) {
    super(type);
    this.detail = detail;
  }
};
const { PeerLink } = await import('../../src/web/peer-link.js');

/** A clock whose timers ring when a test says so. */
let timers;
let nTimers = 0;
const realSetTimeout = globalThis.setTimeout;

beforeEach(() => {
  made.length = 0;
  timers = new Map();
  globalThis.setTimeout = (fn, ms) => {
    const id = ++nTimers;
    timers.set(id, { fn, ms });
    return id;
  };
  globalThis.clearTimeout = (id) => timers.delete(id);
});

/** Lets promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Rings every timer of up to `ms`. */
async function ring(ms) {
  for (const [id, timer] of [...timers]) {
    if (timer.ms > ms || !timers.delete(id)) continue;
    timer.fn();
  }
  await settle();
}

function makeLink(offers) {
  const sent = [];
  const link = new PeerLink({ offers, configuration: {}, send: (frame) => sent.push(frame) });
  const says = () => sent.splice(0).map(({ type, neg }) => (neg === undefined ? type : `${type} ${neg}`));
  const hear = async (frame) => {
    link.receive({ neg: 0, ...frame });
    await settle();
  };
  return { link, sent, says, hear };
}

/** What a link tells, and in which state. */
let told = [];

function listen(link) {
  told = [];
  for (const type of ['open', 'state', 'text']) link.addEventListener(type, () => told.push(`${type} ${link.state}`));
}

/** A link that is connected, or not heard yet: through its own offer, or through one it answered. */
async function connected(offers, isHeard = true) {
  const side = makeLink(offers);
  listen(side.link);
  side.link.start();
  await settle();
  if (offers) {
    await side.hear({ type: 'answer', neg: 1, sdp: sdp('theirs', 'BB') });
    made.at(-1).ice('connected');
    made.at(-1).channels[0].open();
    if (isHeard) made.at(-1).channels[0].hear('{"type":"hello"}');
  } else {
    await side.hear({ type: 'offer', neg: 1, sdp: sdp('theirs', 'BB') });
    made.at(-1).ice('connected');
    made.at(-1).receiveChannel('session', 'snug.2').open();
    if (isHeard) made.at(-1).channels[0].hear('{"type":"hello"}');
  }
  assert.equal(side.link.state, isHeard ? 'connected' : 'connecting');
  side.says();
  return side;
}

test('a channel on which nothing is ever said is followed by a new session, three times at most, and then given up', async () => {
  const a = await connected(true, false);
  for (let n = 0; n < 3; n++) {
    await ring(10_000);
    assert.deepEqual(a.says(), ['offer 1']);
    assert.ok(made.at(-2).isClosed);
    await a.hear({ type: 'answer', neg: 1, sdp: sdp('theirs', 'BB') });
    made.at(-1).ice('connected');
    made.at(-1).channels[0].open();
  }
  await ring(10_000);
  assert.ok(!a.says().includes('offer 1'));
  await ring(35_000);
  assert.equal(a.link.state, 'failed');
});

test('who opened the channel has the first word on it, and both are connected when they heard one', async () => {
  for (const [offers, before] of [[true, ['open connecting']], [false, []]]) {
    const { link } = await connected(offers, false);
    assert.deepEqual(told, before);
    made.at(-1).channels[0].hear('{"type":"hello"}');
    assert.deepEqual(told, ['open connecting', 'state connected', 'text connected']);
    link.close();
  }
});

test('a channel that was heard is left alone', async () => {
  const b = await connected(false);
  const before = [...told];
  await ring(10_000);
  assert.deepEqual(b.says(), []);
  assert.deepEqual(told, before);
});

test('until one is heard it is our turn again and again, also where the other opened the channel', async () => {
  for (const [offers, before] of [[true, ['open connecting']], [false, []]]) {
    const { link } = await connected(offers, false);
    for (let n = 1; n <= 3; n++) {
      await ring(1_500);
      assert.deepEqual(told, [...before, ...Array(n).fill('open connecting')]);
    }
    told.length = 0;
    made.at(-1).channels[0].hear('{"type":"hello"}');
    await ring(1_500);
    assert.deepEqual(told, ['state connected', 'text connected']);
    link.close();
  }
});

test('nothing is said again on a channel that is not open', async () => {
  const { link } = await connected(true, false);
  told.length = 0;
  made.at(-1).channels[0].close();
  await ring(1_500);
  assert.deepEqual(told, []);
  link.close();
});

test('the offerer makes channel and offer, the other waits', async () => {
  const a = makeLink(true);
  a.link.start();
  await settle();
  assert.deepEqual(made[0].channels.map(({ label, protocol }) => [label, protocol]), [['session', 'snug.2']]);
  assert.deepEqual(a.sent[0].caps, { v: 2, features: [] });
  assert.deepEqual(a.says(), ['offer 1']);

  const b = makeLink(false);
  b.link.start();
  await settle();
  assert.deepEqual(b.says(), []);
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('x') });
  assert.deepEqual(b.sent[0].caps, { v: 2, features: [] });
  assert.deepEqual(b.says(), ['answer 1']);
});

test('an offer to the offerer, an answer to the answerer, an answer of another neg: nothing', async () => {
  const a = makeLink(true);
  a.link.start();
  await settle();
  a.says();
  await a.hear({ type: 'offer', neg: 1, sdp: sdp('x') });
  await a.hear({ type: 'answer', neg: 2, sdp: sdp('x') });
  await a.hear({ type: 'answer', sdp: sdp('x') });
  assert.equal(made[0].remoteDescription, null);
  assert.deepEqual(a.says(), []);
});

test('candidates before their description wait, those of another neg are dropped', async () => {
  const candidate = (name, neg) => ({ type: 'ice-candidate', neg, candidate: { candidate: name, sdpMid: '0' } });
  const b = makeLink(false);
  b.link.start();
  await b.hear(candidate('early', 1));
  await b.hear(candidate('of the next', 2));
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('x') });
  await b.hear(candidate('late', 1));
  assert.deepEqual(made[0].candidates, ['early', 'late']);
  await b.hear({ type: 'offer', neg: 2, sdp: sdp('x2') });
  assert.deepEqual(made[0].candidates, ['early', 'late', 'of the next']);
  await b.hear(candidate('stale', 1));
  assert.deepEqual(made[0].candidates, ['early', 'late', 'of the next']);
});

test('a hundred candidates wait for their description, one more does not', async () => {
  const b = makeLink(false);
  b.link.start();
  const names = Array.from({ length: 101 }, (_, i) => `c${i + 1}`);
  for (const name of names) await b.hear({ type: 'ice-candidate', neg: 1, candidate: { candidate: name, sdpMid: '0' } });
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('x') });
  assert.deepEqual(made[0].candidates, names.slice(0, 100));
});

test('no more than a hundred candidates wait', async () => {
  const b = makeLink(false);
  b.link.start();
  for (let i = 0; i < 150; i++) await b.hear({ type: 'ice-candidate', neg: 1, candidate: { candidate: `c${i}` } });
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('x') });
  assert.equal(made[0].candidates.length, 100);
});

test('the same offer again changes nothing, a higher neg goes on with the session', async () => {
  const b = await connected(false);
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('theirs', 'BB') });
  assert.deepEqual(b.says(), []);
  await b.hear({ type: 'offer', neg: 2, sdp: sdp('theirs-2', 'BB') });
  assert.deepEqual(b.says(), ['answer 2']);
  assert.equal(made.length, 1);
  assert.equal(b.link.state, 'connected');
});

test('neg 1 with other credentials is a new session, also of the same certificate', async () => {
  const b = await connected(false);
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('new', 'BB') });
  assert.equal(made.length, 2);
  assert.ok(made[0].isClosed);
  assert.deepEqual(b.says(), ['answer 1']);
  assert.equal(b.link.state, 'reconnecting');
  const channel = made[1].receiveChannel('session', 'snug.2');
  channel.open();
  channel.hear('{"type":"hello"}');
  assert.equal(b.link.state, 'connected');
});

test('an offer that mends a session we do not have is answered by asking for a new one', async () => {
  const b = makeLink(false);
  b.link.start();
  await b.hear({ type: 'offer', neg: 3, sdp: sdp('x') });
  assert.deepEqual(b.says(), ['restart']);
  assert.equal(made.length, 0);
});

test('an answer with another certificate: the member came back without its session', async () => {
  const a = await connected(true);
  made[0].ice('disconnected');
  await ring(3000);
  assert.deepEqual(a.says(), ['offer 2']);
  await a.hear({ type: 'answer', neg: 2, sdp: sdp('other', 'CC') });
  assert.deepEqual(a.says(), ['offer 1']);
  assert.equal(made.length, 2);
});

test('an answer to an offer of an earlier session is not taken', async (t) => {
  t.after(() => (Date.now = realNow));
  const realNow = Date.now;
  const a = makeLink(true);
  a.link.start();
  await settle();
  const first = made[0].localDescription.sdp;
  Date.now = () => realNow() + 1500;
  await a.hear({ type: 'restart' });
  assert.equal(made.length, 2);
  await a.hear({ type: 'answer', neg: 1, sdp: sdp('theirs', 'BB'), of: /ufrag:(\S+)/.exec(first)[1] });
  assert.equal(made[1].signalingState, 'have-local-offer');
  await a.hear({ type: 'answer', neg: 1, sdp: sdp('theirs', 'BB'), of: /ufrag:(\S+)/.exec(made[1].localDescription.sdp)[1] });
  assert.equal(made[1].signalingState, 'stable');
});

test('asked for by the other side: a new session without neg, the route of this one with it', async (t) => {
  t.after(() => (Date.now = realNow));
  const realNow = Date.now;
  const a = await connected(true);
  await a.hear({ type: 'restart' });
  assert.deepEqual(a.says(), [], 'not twice within a second');
  Date.now = () => realNow() + 1500;
  await a.hear({ type: 'restart', neg: 7 });
  assert.deepEqual(a.says(), []);
  await a.hear({ type: 'restart', neg: 1 });
  assert.deepEqual(a.says(), ['offer 2']);
  assert.equal(made.length, 1);
  Date.now = () => realNow() + 3000;
  await a.hear({ type: 'restart' });
  assert.deepEqual(a.says(), ['offer 1']);
  assert.equal(made.length, 2);
});

test('a lost route: the offerer restarts ICE, the other asks for that', async () => {
  for (const [offers, words] of [[true, 'offer 2'], [false, 'restart 1']]) {
    const one = await connected(offers);
    made.at(-1).ice('disconnected');
    assert.equal(one.link.state, 'reconnecting');
    await ring(3000);
    assert.deepEqual(one.says(), [words]);
    made.at(-1).ice('connected');
    assert.equal(one.link.state, 'connected', 'the channel outlived it');
  }
});

test('a restart gathers from the servers that were named last, and so does a new session', async () => {
  const iceServers = [{ urls: 'stun:later.example' }];
  const a = await connected(true);
  a.link.useServers(iceServers);
  made[0].ice('disconnected');
  await ring(3000);
  assert.deepEqual(a.says(), ['offer 2']);
  assert.deepEqual(made[0].configuration.iceServers, iceServers);
  await a.hear({ type: 'answer', neg: 2, sdp: sdp('others', 'CC') });
  assert.deepEqual(a.says(), ['offer 1']);
  assert.deepEqual(made[1].configuration.iceServers, iceServers);
  a.link.close();
});

test('servers that the browser does not take end nothing', async () => {
  const a = await connected(true);
  made[0].setConfiguration = () => {
    throw new Error('InvalidAccessError');
  };
  a.link.useServers([{ urls: 'turn:nobody' }]);
  made[0].ice('disconnected');
  await ring(3000);
  assert.deepEqual(a.says(), ['offer 2']);
  a.link.close();
});

test('a closed channel: a new session, or asking for one', async () => {
  for (const [offers, words] of [[true, 'offer 1'], [false, 'restart']]) {
    const one = await connected(offers);
    made.at(-1).channels[0].close();
    assert.equal(one.link.state, 'reconnecting');
    await ring(1000);
    assert.deepEqual(one.says(), [words]);
  }
});

test('after a reload the answerer asks soon', async () => {
  const b = makeLink(false);
  b.link.start({ isReturn: true });
  await ring(2000);
  assert.deepEqual(b.says(), ['restart']);
});

test('nothing helps: failed, with the step that did; and the person may try again', async () => {
  const a = makeLink(true);
  a.link.start();
  await settle();
  await a.hear({ type: 'answer', neg: 1, sdp: sdp('x') });
  made[0].ice('checking');
  await ring(10_000);
  assert.deepEqual(a.says(), ['offer 1'], 'ICE is at work: no second offer');
  await ring(30_000);
  assert.equal(a.link.state, 'failed');
  assert.deepEqual(a.link.steps, { answered: 'done', route: 'failed', keys: 'waiting' });
  a.link.retry();
  await settle();
  assert.equal(a.link.state, 'connecting');
});

test('a route that is gone for half a minute is not given up yet', async () => {
  const a = await connected(true);
  made[0].ice('disconnected');
  await ring(30_000);
  assert.equal(a.link.state, 'reconnecting');
  await ring(35_000);
  assert.equal(a.link.state, 'failed');
});

test('a description that the browser refuses ends nothing', async () => {
  const b = makeLink(false);
  b.link.start();
  await b.hear({ type: 'offer', neg: 1, sdp: `${sdp('x')}broken` });
  assert.deepEqual(b.says(), []);
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('y') });
  assert.deepEqual(b.says(), ['answer 1']);
});

test('channels of unknown labels are closed, a second session channel too, file channels handed on', async () => {
  const b = await connected(false);
  const files = [];
  b.link.addEventListener('file-channel', ({ detail }) => files.push(detail));
  assert.equal(made[0].receiveChannel('session', 'snug.2').readyState, 'closed');
  assert.equal(made[0].receiveChannel('backdoor', '').readyState, 'closed');
  const file = made[0].receiveChannel('file', 'f1');
  assert.deepEqual(files, [file]);
  assert.notEqual(file.readyState, 'closed');
});

test('closed is closed: nothing is answered or said any more', async () => {
  const b = await connected(false);
  b.link.close();
  assert.ok(made[0].isClosed);
  await b.hear({ type: 'offer', neg: 1, sdp: sdp('z') });
  await ring(60_000);
  assert.deepEqual(b.says(), []);
  assert.equal(b.link.sendText('x'), false);
});

test.after(() => (globalThis.setTimeout = realSetTimeout));
