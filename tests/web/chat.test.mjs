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

test('the last five thousand of a member are known when they come again', () => {
  const { chat, store } = makeChat('m2');
  const hear = (n) => {
    const before = store.state.messages.length;
    chat.onChat('m2', { type: 'chat', id: `c${n}`, text: 'x', ts: 0 });
    return store.state.messages.length > before;
  };
  for (let n = 1; n <= 5000; n++) hear(n);
  assert.deepEqual([hear(1), hear(5001), hear(1)], [false, true, true]);
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

/** What was sent as changes, in short. */
const changes = (sent) =>
  sent.filter((m) => ['edit', 'delete', 'react'].includes(m.type)).map((m) => `${m.to}:${m.type}:${m.text ?? m.emoji ?? ''}`);

/** A chat whose members have said what they read. */
function makeModernChat(...open) {
  const made = makeChat(...open);
  const greet = (id, features = ['edit', 'react']) => {
    made.store.apply({ type: 'member-changed', id, values: { features } });
    made.chat.onFeatures(id);
  };
  open.forEach((id) => greet(id));
  return { ...made, greet };
}

test('an own message is edited, deleted and reacted to, and others are told', () => {
  const { chat, store, sent, lastId } = makeModernChat('m2');
  chat.say('helo');
  const id = lastId();
  assert.equal(chat.edit(id, 'hello'), true);
  chat.react(id, '👍', true);
  assert.equal(store.message(id).text, 'hello');
  assert.equal(store.message(id).edited, true);
  assert.deepEqual(store.message(id).reactions, [{ emoji: '👍', people: [{ id: '', name: '' }] }]);
  chat.delete(id);
  assert.deepEqual(changes(sent), ['m2:edit:hello', 'm2:react:👍', 'm2:delete:']);
  assert.equal(store.message(id).deleted, true);
  assert.equal(store.message(id).text, '');
  chat.edit(id, 'again');
  chat.react(id, '👍', true);
  assert.equal(changes(sent).length, 3, 'what is gone stays gone');
});

test('a reply names what it answers, and finds it', () => {
  const { chat, store, sent } = makeModernChat('m2');
  chat.onChat('m2', { type: 'chat', id: 'c1', text: 'shall we?', ts: 0 });
  chat.say('yes', 'm2/c1');
  assert.equal(sent.find((m) => m.type === 'chat').reply, 'c1');
  chat.onChat('m2', { type: 'chat', id: 'c2', text: 'good', ts: 0, reply: sent.find((m) => m.type === 'chat').id });
  assert.equal(store.message('m2/c2').replyKey, store.state.messages[1].key);
  chat.onChat('m2', { type: 'chat', id: 'c3', text: 'what?', ts: 0, reply: 'unknown' });
  assert.equal(store.message('m2/c3').replyKey, '');
});

test('nobody changes what others said', () => {
  const { chat, store, lastId, sent } = makeModernChat('m2', 'm3');
  chat.onChat('m2', { type: 'chat', id: 'c1', text: 'of Ana', ts: 0 });
  chat.say('mine');
  const own = lastId();
  const before = structuredClone(store.state.messages);
  for (const of of ['c1', own, 'm2/c1', 'nothing', '']) {
    chat.onEdit('m3', { type: 'edit', id: `e ${of}`, of, text: 'forged' });
    chat.onDelete('m3', { type: 'delete', id: `d ${of}`, of });
  }
  chat.onEdit('m2', { type: 'edit', id: 'e', of: 'c1', text: '\u202e' });
  chat.onReact('m3', { type: 'react', id: 'r', of: 'nothing', emoji: '👍', on: true });
  chat.onReact('m3', { type: 'react', id: 'r2', of: 'c1', emoji: '👍', on: false });
  chat.edit('m2/c1', 'forged by us');
  chat.delete('m2/c1');
  assert.deepEqual(store.state.messages, before.map((m) => ({ ...m })));
  assert.deepEqual(changes(sent), []);
  assert.equal(sent.filter((m) => m.type === 'chat-received').length, 14, 'all of it is confirmed');
});

test('who was away gets the message as it reads in the end; who comes later gets no edits of it', () => {
  const { chat, store, sent, join, reachable, chats, greet, lastId } = makeModernChat();
  chat.say('frist');
  const first = lastId();
  chat.say('second');
  chat.edit(first, 'fisrt');
  chat.edit(first, 'first');
  chat.delete(lastId());
  const arrive = (id, seq) => {
    join(id, seq);
    reachable.add(id);
    chat.onConnected(id);
    greet(id);
  };
  arrive('m2', 2);
  assert.deepEqual(chats(), ['m2:first']);
  assert.deepEqual(changes(sent), []);
  arrive('m3', 3);
  chat.edit(first, 'only for m2');
  assert.deepEqual(changes(sent), ['m2:edit:only for m2']);
  assert.equal(store.message(first).text, 'only for m2');
});

test('a change that is lost is said again, and only the last of its kind', () => {
  const { chat, sent, reachable, lastId, greet } = makeModernChat('m2');
  chat.say('one');
  chat.onReceived('m2', [lastId()]);
  reachable.delete('m2');
  chat.edit(lastId(), 'two');
  chat.edit(lastId(), 'three');
  chat.react(lastId(), '👍', true);
  chat.react(lastId(), '👍', false);
  assert.deepEqual(changes(sent), []);
  reachable.add('m2');
  chat.onConnected('m2');
  assert.deepEqual(changes(sent), ['m2:edit:three', 'm2:react:👍']);
  assert.equal(sent.at(-1).on, false);
  chat.onReceived('m2', sent.slice(-2).map((m) => m.id));
  greet('m2');
  assert.equal(changes(sent).length, 2, 'what is confirmed is not said again');
});

test('a member of an older version 2 is not sent what it cannot read', () => {
  const { chat, sent, lastId, greet } = makeModernChat('m2', 'm3');
  greet('m3', ['react']);
  chat.say('one');
  chat.edit(lastId(), 'two');
  chat.react(lastId(), '👍', true);
  assert.deepEqual(changes(sent), ['m2:edit:two', 'm2:react:👍', 'm3:react:👍']);
});
