// Who is in the room, as the server says it, up to where it is not believed.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './node18.mjs';
import { People } from '../../src/web/people.js';
import { RoomStore } from '../../src/web/room-store.js';

// Of version 1: they are seen, and nothing is begun with them.
const invented = (n) => ({ id: `m${n}`, seq: n, role: 'receiver', legacy: true, away: false });

test('sixteen others are known at a time, whatever the server says', (t) => {
  const store = new RoomStore();
  const people = new People({ store, admission: null, certificates: [], hash: async () => new Uint8Array(32), send: () => {} });
  t.after(() => people.close());
  const ids = () => [...store.state.members.keys()];
  people.meet(Array.from({ length: 15 }, (_, i) => invented(i + 1)), false);
  people.onJoined(invented(16));
  assert.equal(ids().length, 16);
  people.onJoined(invented(17));
  assert.equal(ids().length, 16);
  assert.ok(!ids().includes('m17'));
  people.part('m3');
  people.onJoined(invented(17));
  assert.ok(ids().includes('m17'));
});

test('in a private room sixteen may be yet to pair: whoever the server invents makes room for whoever comes after', (t) => {
  const store = new RoomStore();
  const pairings = new Set();
  const admission = {
    reconcile: () => {},
    meet: (id) => pairings.add(id),
    part: (id) => pairings.delete(id),
    isPaired: () => false,
    send: () => {},
  };
  const people = new People({ store, admission, certificates: [], hash: async () => new Uint8Array(32), send: () => {} });
  t.after(() => people.close());
  const peer = (n) => ({ ...invented(n), legacy: false });
  const waiting = (...numbers) => numbers.filter((n) => pairings.has(`m${n}`));
  for (let n = 1; n <= 16; n++) people.onJoined(peer(n));
  people.onJoined(peer(16));
  assert.equal(pairings.size, 16);
  people.onJoined(peer(17));
  assert.equal(pairings.size, 16);
  assert.deepEqual(waiting(1, 2, 16, 17), [2, 16, 17]);
});
