// Chat: who gets what, when it counts as delivered, and what is heard twice.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './node18.mjs';
import { Chat } from '../../src/web/chat.js';
import { RoomStore } from '../../src/web/room-store.js';

/** A chat among members whose channels are open or not. */
function makeChat(...open) {
  const store = new RoomStore();
  const sent = [];
  const reachable = new Set(open);
  const chat = new Chat(store, (id, text) => {
    if (!reachable.has(id)) return false;
    sent.push({ id, ...JSON.parse(text), to: id });
    return true;
  });
  const join = (id, seq) => {
    store.apply({ type: 'member-joined', id, seq, legacy: false, away: false });
    store.apply({ type: 'member-changed', id, values: { link: 'connected' } });
  };
  open.forEach((id, i) => join(id, i + 2));
  const delivery = () => store.state.messages.at(-1).delivery;
  const lastId = () => store.state.messages.filter((m) => m.own).at(-1).key;
  const chats = () => sent.filter((m) => m.type === 'chat').map((m) => `${m.to}:${m.text}`);
  return { chat, store, sent, reachable, join, delivery, lastId, chats };
}

test('delivered when everybody who was there says so', () => {
  const { chat, delivery, lastId, chats } = makeChat('m2', 'm3');
  chat.say('hi');
  assert.deepEqual(chats(), ['m2:hi', 'm3:hi']);
  assert.equal(delivery(), 'sent');
  chat.onReceived('m2', [lastId()]);
  assert.equal(delivery(), 'sent');
  chat.onReceived('m2', [lastId()]);
  chat.onReceived('m4', [lastId()]);
  assert.equal(delivery(), 'sent', 'one confirmation twice, or of a stranger, is not two');
  chat.onReceived('m3', [lastId()]);
  assert.equal(delivery(), 'delivered');
});

test('nobody there: it waits for who comes first, and only for them', () => {
  const { chat, delivery, join, reachable, chats } = makeChat();
  chat.say('anyone?');
  assert.equal(delivery(), 'queued');
  for (const [id, seq] of [['m2', 2], ['m3', 3]]) {
    join(id, seq);
    reachable.add(id);
    chat.onConnected(id);
  }
  assert.deepEqual(chats(), ['m2:anyone?']);
  assert.equal(delivery(), 'sent');
});

test('somebody whom we never reached is not waited for', () => {
  const { chat, store, delivery, lastId, chats } = makeChat('m2');
  store.apply({ type: 'member-joined', id: 'm9', seq: 9, legacy: false, away: false });
  chat.say('hi');
  chat.onReceived('m2', [lastId()]);
  assert.deepEqual(chats(), ['m2:hi']);
  assert.equal(delivery(), 'delivered');
});

test('what was not confirmed is said again after a loss, in order', () => {
  const { chat, reachable, chats, delivery } = makeChat('m2');
  chat.say('one');
  reachable.delete('m2');
  chat.say('two');
  assert.equal(delivery(), 'queued');
  reachable.add('m2');
  chat.onConnected('m2');
  assert.deepEqual(chats(), ['m2:one', 'm2:one', 'm2:two']);
});

test('somebody who leaves is not waited for', () => {
  const { chat, delivery, lastId } = makeChat('m2', 'm3');
  chat.say('hi');
  chat.onReceived('m2', [lastId()]);
  chat.onLeft('m3');
  assert.equal(delivery(), 'delivered');
});

test('what nobody confirmed is not delivered, whatever strangers say', () => {
  const { chat, delivery, lastId } = makeChat('m2');
  chat.say('hi');
  chat.onReceived('m4', [lastId()]);
  chat.onLeft('m2');
  assert.equal(delivery(), 'sent');
});

test('heard twice is shown once, and confirmed each time; ids of others do not matter', () => {
  const { chat, store, sent } = makeChat('m2', 'm3');
  const hi = { type: 'chat', id: 'c1', text: 'hi', ts: 0 };
  chat.onChat('m2', hi);
  chat.onChat('m2', hi);
  chat.onChat('m3', hi);
  assert.deepEqual(store.state.messages.map((m) => m.senderId), ['m2', 'm3']);
  assert.equal(new Set(store.state.messages.map((m) => m.key)).size, 2);
  assert.deepEqual(sent.map((m) => [m.to, m.ids]), [['m2', ['c1']], ['m2', ['c1']], ['m3', ['c1']]]);
});

test('a text of nothing but hidden characters is not shown', () => {
  const { chat, store } = makeChat('m2');
  chat.onChat('m2', { type: 'chat', id: 'c1', text: ' \u202e\u200b\n', ts: 0 });
  assert.equal(store.state.messages.length, 0);
});

test('typing is told now and then, and ends with the message', () => {
  const { chat, sent } = makeChat('m2');
  chat.setTyping(true);
  chat.setTyping(true);
  chat.say('done');
  assert.deepEqual(sent.map((m) => m.type + (m.on ?? '')), ['typingtrue', 'chat', 'typingfalse']);
});

test('empty and endless texts are not said', () => {
  const { chat, sent } = makeChat('m2');
  assert.equal(chat.say('  '), false);
  assert.equal(chat.say('x'.repeat(65537)), false);
  assert.deepEqual(sent, []);
});
