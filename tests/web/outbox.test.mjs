// The outbox: no faster than the other side takes it, nothing lost, nothing overtaken.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Companion } from '../../src/web/companion.js';
import { Outbox } from '../../src/web/outbox.js';
import { Throttle } from '../../src/web/throttle.js';

/** Time that passes when it is told to. */
class FakeClock {
  #now = 1_000_000;
  #timers = new Map();
  #nTimers = 0;

  now() {
    return this.#now;
  }

  later(fn, ms) {
    this.#timers.set(++this.#nTimers, { fn, at: this.#now + ms });
    return this.#nTimers;
  }

  cancel(id) {
    this.#timers.delete(id);
  }

  pass(ms) {
    for (const end = this.#now + ms; this.#now < end; this.#now += 10)
      for (const [id, { fn, at }] of [...this.#timers]) {
        if (at > this.#now) continue;
        this.#timers.delete(id);
        fn();
      }
  }
}

const texts = (n) => Array.from({ length: n }, (_, i) => `text ${i}`);

test('150 go at once, the rest 18 a second, in order', () => {
  const clock = new FakeClock();
  const written = [];
  const outbox = new Outbox((text) => written.push(text) > 0, clock);
  for (const text of texts(200)) assert.equal(outbox.send(text), true);
  assert.equal(written.length, 150);
  clock.pass(1000);
  assert.ok(written.length >= 166 && written.length <= 169, `${written.length}`);
  clock.pass(3000);
  assert.deepEqual(written, texts(200));
});

test('five thousand wait, one more does not', () => {
  const outbox = new Outbox(() => true, new FakeClock());
  const taken = texts(150 + 5001).map((text) => outbox.send(text));
  assert.equal(taken.indexOf(false), 150 + 5000);
});

test('one who listens as the protocol says hears all of a thousand', () => {
  const clock = new FakeClock();
  const throttle = new Throttle();
  let nHeard = 0;
  const outbox = new Outbox(() => {
    if (throttle.take(clock.now())) nHeard++;
    return true;
  }, clock);
  for (const text of texts(1000)) outbox.send(text);
  clock.pass(60_000);
  assert.equal(nHeard, 1000);
});

test('what waits for a lost channel is not said on the next', () => {
  const clock = new FakeClock();
  const written = [];
  const outbox = new Outbox((text) => written.push(text) > 0, clock);
  for (const text of texts(200)) outbox.send(text);
  outbox.clear();
  clock.pass(10_000);
  outbox.send('on the next');
  clock.pass(10_000);
  assert.deepEqual(written.slice(150), ['on the next']);
});

test('nothing is on its way without a channel', () => {
  const companion = new Companion({ canSend: false, sendText: () => assert.fail('sent'), close() {} });
  assert.equal(companion.say('x'), false);
});

test('answers are heard in any number, beginnings are not', () => {
  const companion = new Companion({ canSend: true, sendText: () => true, close() {} });
  const heard = (type) => Array.from({ length: 500 }, () => companion.hears(type)).filter(Boolean).length;
  assert.equal(heard('chat-received'), 500);
  assert.equal(heard('chat'), 200);
  assert.equal(heard('pong'), 500);
});

test('our hello is said again to whoever says theirs again, twice in a session', () => {
  const link = { session: 1 };
  const companion = new Companion(link, {});
  const hear = (isNews) => companion.hearHello(isNews);
  assert.deepEqual([hear(true), hear(true), hear(false), hear(true), hear(false), hear(false)], [false, false, true, false, true, false]);
  link.session = 2;
  assert.deepEqual([hear(false), hear(false)], [false, true]);
});
