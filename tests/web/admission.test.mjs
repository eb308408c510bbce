// Private rooms as the page sees them: who gets in, how guesses end, what a lying server gets.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import './node18.mjs';
import { Admission } from '../../src/web/admission.js';
import { toBase64Url } from '../../src/web/digest.js';
import { decodeFrame } from '../../src/web/signal-message.js';
import { library } from './seal-library.mjs';

const SECRET = 'otter-velvet-canoe';

/** What a case has made. Their timers would keep the program up for ever when a case fails before its end. */
const admissions = [];
afterEach(() => {
  for (const admission of admissions.splice(0)) admission.close();
});

function makeAdmission(options) {
  const admission = new Admission({ primitives: library, code: 'BOOK23', ...options });
  admissions.push(admission);
  return admission;
}

/** A server in memory: it admits whom the host admits. What it says arrives when `run` says so. */
class Hub {
  members = [];
  queue = [];
  log = '';
  /** Sees each frame between members; what it returns is handed on. */
  tap = (frame) => frame;

  add(secret = SECRET, options = {}) {
    const seq = this.members.length + 1;
    const member = { id: `m${seq}`, seq, isPending: seq > 1, heard: [], paired: [], failed: null, isGone: false };
    member.admission = makeAdmission({
      secret, name: `Name${seq}`, roomKey: null, ...options,
      send: (frame) => this.take(member, JSON.parse(JSON.stringify(frame))),
    });
    member.admission.addEventListener('paired', (event) => member.paired.push(event.detail));
    member.admission.addEventListener('content', (event) => member.heard.push(event.detail));
    member.admission.addEventListener('failed', (event) => {
      member.failed = event.detail;
      this.remove(member);
    });
    this.members.push(member);
    this.welcome(member);
    if (member.isPending) this.host.admission.hearKnock(member.id);
    this.run();
    return member;
  }

  get host() {
    return this.members.find(({ isPending, isGone }) => !isPending && !isGone);
  }

  find(id) {
    return this.members.find((member) => member.id === id && !member.isGone);
  }

  remove(member) {
    member.isGone = true;
    member.admission.close();
    for (const other of this.members) other.admission.part(member.id);
  }

  welcome(member, more = {}) {
    const { id, seq, isPending } = member;
    member.admission.welcome({ self: id, seq, pending: isPending, locked: false, host: this.host?.id ?? id, ...more });
    for (const other of this.members)
      if (other !== member && !other.isPending && !other.isGone && (!isPending || other === this.host)) member.admission.meet(other.id, other.seq);
  }

  take(from, frame) {
    if (frame.type === 'admit') {
      this.admit(this.find(frame.peer));
      return;
    }
    if (frame.type === 'deny' || frame.type === 'remove') {
      this.remove(this.find(frame.peer));
      return;
    }
    this.log += JSON.stringify(frame);
    const handed = this.tap({ ...frame, from: from.id });
    if (handed) this.queue.push(handed);
  }

  admit(member) {
    member.isPending = false;
    this.queue.push(() => {
      this.welcome(member);
      for (const other of this.members) if (other !== member && !other.isPending && !other.isGone) other.admission.meet(member.id, member.seq);
    });
  }

  run() {
    while (this.queue.length > 0) {
      const next = this.queue.shift();
      if (typeof next === 'function') next();
      else this.find(next.to)?.admission.handle(decodeFrame(JSON.stringify(next)));
    }
  }
}

/** Everybody has paired with everybody. */
function assertMesh(members) {
  for (const a of members)
    for (const b of members) if (a !== b) assert.ok(a.admission.isPaired(b.id), `${a.id} with ${b.id}`);
}

test('newcomers pair with the host by the secret, and with the others by the room-key', () => {
  const hub = new Hub();
  const members = [hub.add(), hub.add(), hub.add(), hub.add()];
  assertMesh(members);
  assert.match(hub.log, /"ad":"secret"/);
  assert.match(hub.log, /"ad":"room-key"/);
  const [ana, ben] = members;
  ana.admission.send('m2', { type: 'offer', sdp: 'v=0', neg: 1, caps: { v: 2 } });
  hub.run();
  assert.equal(ben.heard[0].frame.sdp, 'v=0');
  // With what stands around them: the log is full of random letters.
  assert.doesNotMatch(hub.log, /"sdp"|"offer"|Name\d|otter/);
});

test('a wrong secret is said at once, and counted; after five nobody is answered until a person says so', () => {
  const hub = new Hub();
  const ana = hub.add();
  for (let i = 0; i < 5; i++) {
    assert.equal(ana.admission.isGuessed, false);
    const guesser = hub.add('wrong');
    assert.deepEqual([guesser.failed, guesser.admission.triesLeft], ['wrong-secret', 4 - i]);
  }
  assert.ok(ana.admission.isGuessed);
  const nGuesses = hub.log.match(/"step":3/g).length;
  const late = hub.add();
  assert.ok(late.isPending && late.failed === null);
  assert.ok(late.admission.isHeld, 'it is told whom it waits for');
  assert.equal(hub.log.match(/"step":3/g).length, nGuesses, 'and shows nothing of what it knows');
  ana.admission.letThemTry();
  hub.run();
  assertMesh([ana, late]);
  assert.equal(hub.add('wrong').failed, 'wrong-secret');
  assert.ok(ana.admission.isGuessed);
});

test('twenty first steps at once are answered in a room, and five a second', (t) => {
  let now = Date.now();
  t.mock.method(Date, 'now', () => now);
  const said = [];
  const asked = [];
  const host = makeAdmission({ secret: SECRET, name: 'Ana', roomKey: null, send: (frame) => said.push(frame) });
  host.welcome({ self: 'm1', seq: 1, pending: false, locked: false, host: 'm1' });
  host.hearKnock('m2');
  const guest = makeAdmission({ secret: SECRET, name: 'Ben', roomKey: null, send: (frame) => asked.push(frame) });
  guest.welcome({ self: 'm2', seq: 2, pending: true, locked: false, host: 'm1' });
  guest.meet('m1', 1);
  let n = 0;
  const ask = (times) => {
    for (let i = 0; i < times; i++)
      host.handle(decodeFrame(JSON.stringify({ ...asked[0], from: 'm2', sid: toBase64Url(new Uint8Array(16).fill(++n)) })));
    return said.filter(({ step }) => step === 2).length;
  };
  assert.equal(ask(21), 20);
  now += 1000;
  assert.equal(ask(6), 25);
});

test('an attempt that comes to no end is followed by another one, later and later', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let n = 0;
  const guest = makeAdmission({ secret: SECRET, name: 'Ben', roomKey: null, send: ({ step }) => (n += step === 1) });
  guest.welcome({ self: 'm2', seq: 2, pending: true, locked: false, host: 'm1' });
  guest.meet('m1', 1);
  for (const delayMs of [1000, 4000, 15_000, 15_000]) {
    const before = n;
    t.mock.timers.tick(delayMs - 1);
    assert.equal(n, before);
    t.mock.timers.tick(1);
    assert.equal(n, before + 1);
  }
});

test('who was there first starts, too, if nothing has come for four seconds', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let n = 0;
  const host = makeAdmission({ secret: SECRET, name: 'Ana', roomKey: null, send: ({ step }) => (n += step === 1) });
  host.welcome({ self: 'm1', seq: 1, pending: false, locked: false, host: 'm1' });
  host.meet('m2', 2);
  t.mock.timers.tick(3999);
  assert.equal(n, 0);
  t.mock.timers.tick(1);
  assert.equal(n, 1);
});

test('who plays the host gets three guesses, whatever ids it gives', () => {
  const guesses = [];
  let victim;
  const send = (frame) => {
    // The liar answers as a host that does not know the secret, and keeps the tag.
    if (frame.step === 1) liar.handle({ type: 'pake', from: id, body: { ...frame } });
    if (frame.step === 3) guesses.push(frame);
  };
  let id = '';
  const liar = makeAdmission({ secret: 'a guess', name: '', roomKey: null, send: (frame) => {
    if (frame.type === 'pake' && frame.step === 2) victim.handle({ type: 'pake', from: 'host', body: { ...frame } });
  } });
  let failed = null;
  victim = makeAdmission({ secret: SECRET, name: '', roomKey: null, send });
  victim.addEventListener('failed', (event) => {
    failed = event.detail;
  });
  for (let i = 2; i < 10 && failed === null; i++) {
    id = `m${i}`;
    liar.welcome({ self: 'host', seq: 1, pending: false, locked: false, host: 'host' });
    liar.hearKnock(id);
    victim.welcome({ self: id, seq: i, pending: true, locked: false, host: 'host' });
  }
  assert.equal(guesses.length, 3);
  assert.equal(failed, 'no-answer');
});

test('a page that was reloaded pairs again by the room-key it kept, and the others keep the old key until then', () => {
  const hub = new Hub();
  const [ana, ben, chi] = [hub.add(), hub.add(), hub.add()];
  const roomKey = ben.admission.roomKey;
  hub.log = '';
  const again = makeAdmission({ secret: SECRET, name: 'Name2', roomKey, send: (frame) => hub.take(ben, frame) });
  ben.admission = again;
  hub.tap = (frame) => (frame.from === 'm2' && frame.step === 3 ? null : frame);
  hub.welcome(ben);
  hub.run();
  assert.ok(ana.admission.isPaired('m2') && chi.admission.isPaired('m2'), 'the old keys are there');
  assert.equal(again.isPaired('m1'), false);
  hub.tap = (frame) => frame;
  again.welcome({ self: 'm2', seq: 2, pending: false, locked: false, host: 'm1' });
  for (const id of ['m1', 'm3']) {
    again.part(id);
    again.meet(id, Number(id.slice(1)));
  }
  hub.run();
  assertMesh([ana, ben, chi]);
  assert.doesNotMatch(hub.log, /"ad":"secret"/);
});

test('who is removed hears no new room-key, and who comes then is asked about, whatever the server says', () => {
  const hub = new Hub();
  const [ana, ben, chi] = [hub.add(), hub.add(), hub.add()];
  const before = ben.admission.roomKey;
  hub.log = '';
  chi.admission.remove('m2');
  assert.equal(ben.isGone, false);
  ana.admission.remove('m2');
  hub.run();
  assert.ok(ben.isGone);
  assert.notDeepEqual(ana.admission.roomKey, before);
  assert.deepEqual(chi.admission.roomKey, ana.admission.roomKey);
  assert.doesNotMatch(hub.log, /"to":"m2"/);

  ana.admission.setLocked(false);
  const dan = hub.add();
  assert.ok(dan.isPending);
  assert.deepEqual(ana.admission.knock, { id: 'm4', name: 'Name4' });
  ana.admission.askFirst(false);
  hub.run();
  assertMesh([ana, chi, dan]);
});

test('a server that invents members keeps nobody out', () => {
  const hub = new Hub();
  const ana = hub.add();
  for (let i = 100; i < 200; i++) {
    ana.admission.meet(`fake${i}`, i);
    ana.admission.hearKnock(`knock${i}`);
  }
  const ben = hub.add();
  assertMesh([ana, ben]);
});

test('thirty-two may be yet to pair: one more, and the first of them is not answered', () => {
  const said = [];
  const asked = [];
  const host = makeAdmission({ secret: SECRET, name: 'Ana', roomKey: null, send: (frame) => said.push(frame) });
  host.welcome({ self: 'm1', seq: 1, pending: false, locked: false, host: 'm1' });
  const guest = makeAdmission({ secret: SECRET, name: 'Ben', roomKey: null, send: (frame) => asked.push(frame) });
  guest.welcome({ self: 'm2', seq: 2, pending: true, locked: false, host: 'm1' });
  guest.meet('m1', 1);
  let nAsked = 0;
  const isAnswered = (id) => {
    const sid = toBase64Url(new Uint8Array(16).fill(++nAsked));
    host.handle(decodeFrame(JSON.stringify({ ...asked[0], from: id, sid })));
    return said.at(-1)?.to === id;
  };
  for (let n = 1; n <= 32; n++) host.hearKnock(`k${n}`);
  assert.deepEqual(['k1', 'k32'].map(isAnswered), [true, true]);
  host.hearKnock('k33');
  assert.deepEqual(['k1', 'k2', 'k33'].map(isAnswered), [false, true, true]);
});

test('who asks to be let into a locked room is let in, or not', () => {
  const hub = new Hub();
  const ana = hub.add();
  ana.admission.setLocked(true);
  const ben = hub.add();
  assert.equal(ana.admission.knock?.name, 'Name2');
  ana.admission.turnAway();
  assert.deepEqual([ben.isGone, ana.admission.knock], [true, null]);
  const chi = hub.add();
  assert.equal(ana.admission.knock?.name, 'Name3');
  ana.admission.letIn();
  hub.run();
  assertMesh([ana, chi]);
  assert.equal(ana.admission.knock, null);
});

test('that there is no seat is news to who let somebody in, once for each, and to nobody else', () => {
  const hub = new Hub();
  const ana = hub.add();
  assert.equal(ana.admission.takeFull(), false);
  hub.admit = () => {};
  hub.add();
  assert.ok(ana.admission.takeFull());
  assert.equal(ana.admission.takeFull(), false);
});

test('what is sealed fits into a box of the protocol, or is not said', () => {
  const hub = new Hub();
  const [ana] = [hub.add(), hub.add()];
  const boxes = [];
  hub.tap = ({ box }) => (boxes.push(box), null);
  const frame = (nBytes) => ({ type: 'offer', sdp: 'x'.repeat(nBytes - JSON.stringify({ type: 'offer', sdp: '' }).length) });
  ana.admission.send('m2', frame(45_040));
  ana.admission.send('m2', frame(45_041));
  assert.deepEqual(boxes.map((box) => Buffer.from(box, 'base64url').length), [45_056]);
});

test('what is reflected, repeated, altered or late is not heard', () => {
  const hub = new Hub();
  const [ana, ben] = [hub.add(), hub.add()];
  const frames = [];
  hub.tap = (frame) => (frames.push(frame), null);
  for (const neg of [1, 2, 3]) ana.admission.send('m2', { type: 'restart', neg });
  const [first, second, third] = frames;
  const give = (member, frame) => member.admission.handle(decodeFrame(JSON.stringify(frame)));
  give(ana, { ...first, from: 'm2' });
  give(ben, { ...first, box: first.box.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) });
  give(ben, { ...first, n: 9 });
  give(ben, { ...first, from: 'm9' });
  assert.deepEqual([ana.heard, ben.heard], [[], []]);
  for (const frame of [second, second, first, third]) give(ben, frame);
  assert.deepEqual(ben.heard.map(({ frame }) => frame.neg), [2, 3]);
});
