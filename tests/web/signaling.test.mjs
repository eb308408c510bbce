// The signaling client on a socket that only remembers: entering, coming back, and what is final.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import './node18.mjs';

const WELCOME = { type: 'welcome', v: 2, self: 'm2', seq: 2, token: 'tok', host: 'm1', members: [{ id: 'm1', seq: 1 }] };

let sockets;
let timers;
let nTimers = 0;
const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };

class FakeSocket {
  static OPEN = 1;
  readyState = 0;
  sent = [];

  constructor(url) {
    this.url = url;
    sockets.push(this);
  }

  open() {
    this.readyState = 1;
    this.onopen();
  }

  hear(frame) {
    this.onmessage({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.readyState = 3;
  }

  /** As the network or the server ends it. */
  end() {
    this.readyState = 3;
    this.onclose();
  }
}

beforeEach(() => {
  sockets = [];
  timers = new Map();
  const arm = (fn, ms) => {
    timers.set(++nTimers, { fn, ms });
    return nTimers;
  };
  Object.assign(globalThis, { WebSocket: FakeSocket, setTimeout: arm, setInterval: arm, clearTimeout: (id) => timers.delete(id), clearInterval: (id) => timers.delete(id) });
});

after(() => Object.assign(globalThis, real));

/** Rings the timers of `from` … `to` ms, as reconnecting is jittered. */
function ring(from, to) {
  const due = [...timers].filter(([, { ms }]) => ms >= from && ms <= to);
  for (const [id, { fn }] of due) {
    timers.delete(id);
    fn();
  }
  return due.length;
}

const { Signaling } = await import('../../src/web/signaling.js');

function open(membership = null) {
  const signaling = new Signaling({ origin: 'http://h:1', code: 'BOOK23', membership });
  const frames = [];
  signaling.addEventListener('frame', ({ detail }) => frames.push(detail.type));
  signaling.open();
  sockets[0].open();
  return { signaling, frames };
}

test('enter is the first frame, with a membership if there is one', () => {
  open();
  assert.equal(sockets[0].url, 'ws://h:1/api/ws?code=BOOK23&v=2');
  const [{ client }] = sockets[0].sent;
  assert.match(client, /^[A-Za-z0-9_-]{16,32}$/);
  assert.deepEqual(sockets[0].sent, [{ type: 'enter', client }]);
  sockets = [];
  // As a tab that was duplicated.
  open({ member: 'm2', token: 't' });
  const [{ client: other }] = sockets[0].sent;
  assert.notEqual(other, client);
  assert.deepEqual(sockets[0].sent, [{ type: 'enter', member: 'm2', token: 't', client: other }]);
});

test('nothing is said, and nothing heard, before the welcome', () => {
  const { signaling, frames } = open();
  signaling.send({ type: 'offer', to: 'm1', sdp: '' });
  sockets[0].hear({ type: 'peer-joined', peer: 'm3', seq: 3 });
  assert.equal(sockets[0].sent.length, 1);
  sockets[0].hear(WELCOME);
  sockets[0].hear({ type: 'peer-joined', peer: 'm3', seq: 3 });
  assert.deepEqual(frames, ['welcome', 'peer-joined']);
  assert.equal(signaling.state, 'open');
});

test('nonsense and unknown types are dropped, and the next frame is heard', () => {
  const { frames } = open();
  sockets[0].hear(WELCOME);
  for (const nonsense of ['', '[', '{"type":"peer-joined"}', '['.repeat(70000), `{"type":"x","a":"${'x'.repeat(70000)}"}`, '{"type":"song"}']) sockets[0].hear(nonsense);
  sockets[0].onmessage({ data: new ArrayBuffer(5) });
  sockets[0].hear({ type: 'host', peer: 'm2' });
  assert.deepEqual(frames, ['welcome', 'host']);
});

test('a lost socket is opened again, later and later, with the token of the welcome', () => {
  const { signaling } = open();
  sockets[0].hear(WELCOME);
  sockets[0].end();
  assert.equal(signaling.state, 'reconnecting');
  assert.equal(ring(250, 500), 1);
  sockets[1].open();
  const [{ client }] = sockets[0].sent;
  assert.deepEqual(sockets[1].sent, [{ type: 'enter', member: 'm2', token: 'tok', client }]);
  sockets[1].end();
  assert.equal(ring(250, 499), 0);
  assert.equal(ring(500, 1000), 1);
  for (let i = 2; i < 12; i++) {
    sockets[i].end();
    assert.equal(ring(500, 15_000), 1);
  }
  sockets.at(-1).open();
  sockets.at(-1).hear(WELCOME);
  assert.equal(signaling.state, 'open');
});

test('after these words of the server it does not ask again', () => {
  for (const code of ['room-not-found', 'room-full', 'locked', 'denied', 'removed', 'replaced', 'in-use', 'expired', 'private', 'version']) {
    sockets = [];
    const { signaling } = open();
    sockets[0].hear({ type: 'error', code, message: 'x' });
    assert.equal(signaling.state, 'closed', code);
    assert.equal(signaling.error.code, code);
    ring(0, 60_000);
    assert.equal(sockets.length, 1);
    sockets[0].onclose?.();
    assert.equal(signaling.state, 'closed');
  }
});

test('a full room is the end for who has no seat in it, and news for who has', () => {
  const inside = open();
  sockets[0].hear(WELCOME);
  sockets[0].hear({ type: 'error', code: 'room-full', message: 'x' });
  sockets[0].hear({ type: 'error', code: 'not-allowed', message: 'x' });
  assert.equal(inside.signaling.state, 'open');
  assert.deepEqual(inside.frames, ['welcome', 'error']);

  sockets = [];
  const waiting = open();
  const { token, ...pending } = WELCOME;
  sockets[0].hear({ ...pending, pending: true });
  sockets[0].hear({ type: 'error', code: 'room-full', message: 'x' });
  assert.deepEqual([waiting.signaling.state, waiting.signaling.error.code], ['closed', 'room-full']);
});

test('a token that the server forgot: as somebody new', () => {
  const { signaling } = open({ member: 'm2', token: 'old' });
  sockets[0].hear({ type: 'error', code: 'bad-token', message: 'x' });
  sockets[0].end();
  assert.equal(signaling.state, 'reconnecting');
  ring(250, 500);
  sockets[1].open();
  const [{ client }] = sockets[0].sent;
  assert.deepEqual(sockets[1].sent, [{ type: 'enter', client }]);
});

test('goodbye: over, or back after a while', () => {
  const over = open();
  sockets[0].hear(WELCOME);
  sockets[0].hear({ type: 'goodbye', reason: 'over' });
  assert.equal(over.signaling.state, 'closed');
  assert.equal(over.signaling.error.code, 'expired');

  sockets = [];
  timers = new Map();
  const restart = open();
  sockets[0].hear(WELCOME);
  sockets[0].hear({ type: 'goodbye', reason: 'restart', again_after: 5 });
  sockets[0].end();
  assert.equal(restart.signaling.state, 'reconnecting');
  assert.equal(ring(0, 5000), 0);
  assert.equal(sockets.length, 1);
  assert.equal(ring(5001, 5500), 1);
  assert.equal(sockets.length, 2);
});

test('a server that accepts and says nothing is given up, and asked again', () => {
  const { signaling } = open();
  ring(10_000, 10_000);
  assert.equal(signaling.state, 'reconnecting');
  assert.equal(sockets[0].readyState, 3);
});

test('leaving says so, and is final', () => {
  const { signaling } = open();
  sockets[0].hear(WELCOME);
  signaling.close();
  assert.deepEqual(sockets[0].sent.at(-1), { type: 'leave' });
  ring(0, 60_000);
  assert.equal(sockets.length, 1);
  assert.equal(signaling.state, 'closed');
});

test('the person need not wait for the delay', () => {
  const { signaling } = open();
  sockets[0].end();
  signaling.retry();
  assert.equal(sockets.length, 2);
  signaling.retry();
  assert.equal(sockets.length, 2, 'one at a time');
});
