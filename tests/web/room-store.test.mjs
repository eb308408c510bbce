// The store: what the page shows follows from what happened.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_MESSAGES, react, roomState, RoomStore } from '../../src/web/room-store.js';

function makeRoom() {
  const store = new RoomStore();
  store.apply({ type: 'phase', phase: 'joining', code: 'BOOK23' });
  store.apply({ type: 'changed', values: { server: 'open' } });
  store.apply({ type: 'phase', phase: 'inside' });
  return store;
}

const join = (store, id, seq, name) => {
  store.apply({ type: 'member-joined', id, seq, legacy: false, away: false });
  if (name) store.apply({ type: 'member-changed', id, values: { name } });
};
const link = (store, id, state) => store.apply({ type: 'member-changed', id, values: { link: state } });
const message = (key, values = {}) => ({
  type: 'message',
  message: { key, kind: 'text', own: false, senderId: 'm2', senderName: 'Ana', text: key, time: 0, delivery: 'none', ...values },
});

test('the room stands where its members stand', () => {
  const store = makeRoom();
  assert.equal(roomState(store.state), 'waiting');
  join(store, 'm2', 2);
  assert.equal(roomState(store.state), 'connecting');
  link(store, 'm2', 'connected');
  assert.equal(roomState(store.state), 'connected');
  join(store, 'm3', 3);
  assert.equal(roomState(store.state), 'connected');
  link(store, 'm2', 'reconnecting');
  assert.equal(roomState(store.state), 'reconnecting');
  store.apply({ type: 'member-left', id: 'm3' });
  store.apply({ type: 'member-changed', id: 'm2', values: { away: true } });
  assert.equal(roomState(store.state), 'away');
  store.apply({ type: 'member-changed', id: 'm2', values: { away: false, link: 'failed' } });
  assert.equal(roomState(store.state), 'failed');
  store.apply({ type: 'changed', values: { server: 'reconnecting' } });
  assert.equal(roomState(store.state), 'no-server');
});

test('people of one name are told apart, and stay so when one comes or goes', () => {
  const store = makeRoom();
  const names = () => [...store.state.members.values()].map((m) => `${m.id} ${m.displayName}`);
  join(store, 'm3', 3, 'Ana');
  join(store, 'm5', 5, 'Ana');
  join(store, 'm4', 4);
  assert.deepEqual(names(), ['m3 Ana', 'm4 Guest', 'm5 Ana (2)']);
  store.apply({ type: 'member-left', id: 'm3' });
  join(store, 'm6', 6, 'Ana');
  assert.deepEqual(names(), ['m4 Guest', 'm5 Ana (2)', 'm6 Ana']);
  store.apply({ type: 'member-changed', id: 'm4', values: { name: 'Ana (2)' } });
  assert.deepEqual(names(), ['m4 Ana (2) (2)', 'm5 Ana (2)', 'm6 Ana']);
});

test('unread counts what others say while nobody looks', () => {
  const store = makeRoom();
  store.apply(message('a'));
  assert.equal(store.state.unread, 0);
  store.apply({ type: 'changed', values: { isChatSeen: false } });
  store.apply(message('b'));
  store.apply(message('c', { own: true }));
  store.apply({ type: 'system', text: 'Ben joined', time: 0 });
  assert.equal(store.state.unread, 1);
  store.apply({ type: 'changed', values: { isChatSeen: true } });
  assert.equal(store.state.unread, 0);
});

test('a line at the beginning stands above what is there already, and is no later', () => {
  const store = makeRoom();
  store.apply(message('file-a', { kind: 'file', time: 5 }));
  store.apply({ type: 'beginning', text: 'Earlier messages are not shown.', time: 7 });
  store.apply({ type: 'system', text: 'Ben joined', time: 8 });
  const lines = store.state.messages.map(({ text, time }) => [text, time]);
  assert.deepEqual(lines, [['Earlier messages are not shown.', 5], ['file-a', 5], ['Ben joined', 8]]);
  assert.equal(new Set(store.state.messages.map(({ key }) => key)).size, 3);
});

test('an endless talker costs a bounded amount', () => {
  const store = makeRoom();
  for (let i = 0; i < MAX_MESSAGES + 3; i++) store.apply(message(`m${i}`));
  assert.equal(store.state.messages.length, MAX_MESSAGES);
  assert.equal(store.state.messages[0].key, 'm3');
  const long = 'x'.repeat(1024 * 1024);
  for (let i = 0; i < 65; i++) {
    store.apply(message(`long${i}`));
    store.apply({ type: 'message-changed', key: `long${i}`, values: { text: long } });
  }
  assert.equal(store.state.messages.length, 64, 'also what edits add is counted');
  store.apply(message('x'));
  assert.deepEqual([store.state.messages.length, store.state.messages[0].key], [64, 'long2'], 'and each letter');
});

test('reactions have an end', () => {
  let reactions = [];
  const put = (id, emoji, on = true) => (reactions = react(reactions, { id, name: id, emoji, on }) ?? reactions);
  for (let i = 0; i < 40; i++) put('m2', `e${i}`);
  assert.equal(reactions.length, 8);
  for (let m = 3; m < 12; m++) for (let i = 0; i < 8; i++) put(`m${m}`, `m${m} e${i}`);
  assert.equal(reactions.length, 20);
  put('m2', 'e0', false);
  put('m9', 'e1', false);
  assert.deepEqual(reactions.map((r) => r.emoji).slice(0, 2), ['e1', 'e2']);
  for (let m = 100; m < 300; m++) put(`m${m}`, 'e1');
  assert.equal(reactions[0].people.length, 64);
});

test('a new room begins empty, an ended one can still be read', () => {
  const store = makeRoom();
  store.apply(message('a'));
  join(store, 'm2', 2, 'Ana');
  store.apply({ type: 'phase', phase: 'over', refusal: 'expired' });
  assert.equal(store.state.messages.length, 1);
  assert.equal(store.state.members.size, 0);
  store.apply({ type: 'phase', phase: 'joining', code: 'OTHR23' });
  assert.equal(store.state.messages.length, 0);
  assert.equal(store.state.refusal, '');
});

test('many changes in one turn are one event', async () => {
  const store = makeRoom();
  await Promise.resolve();
  let n = 0;
  store.addEventListener('change', () => n++);
  for (let i = 0; i < 10; i++) store.apply(message(`k${i}`));
  await Promise.resolve();
  assert.equal(n, 1);
});

test('what is said of somebody who left changes nothing', () => {
  const store = makeRoom();
  link(store, 'm9', 'connected');
  store.apply({ type: 'transfer-changed', key: 'none', values: { bytes: 5 } });
  assert.equal(store.state.members.size, 0);
  assert.equal(store.state.transfers.size, 0);
});
