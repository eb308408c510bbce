// What the check-up of the page makes of what a browser says.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { checkUp } from '../../src/web/doctor.js';

const { fetch } = globalThis;

/** Says at once what it was told to, by policy: codes of errors, types of candidates, and null at the end. */
function useBrowser({ all = [null], relay = [null], isServerThere = true, isServerSilent = false }) {
  const open = new Set();
  globalThis.fetch = async (_address, { signal }) => {
    if (isServerSilent) await once(signal, 'abort');
    if (!isServerThere) throw new TypeError('no');
    return { ok: true };
  };
  globalThis.RTCPeerConnection = class extends EventTarget {
    #said;

    constructor({ iceServers, iceTransportPolicy }) {
      super();
      if (iceServers.some(({ username }) => username === '')) throw new DOMException('no user', 'InvalidAccessError');
      this.#said = iceTransportPolicy === 'relay' ? relay : all;
      open.add(this);
    }

    createDataChannel() {}

    async setLocalDescription() {
      for (const said of this.#said) {
        const event = new Event(typeof said === 'number' ? 'icecandidateerror' : 'icecandidate');
        this.dispatchEvent(Object.assign(event, { errorCode: said, candidate: said && { type: said } }));
      }
    }

    close() {
      open.delete(this);
    }
  };
  return open;
}

const STUN = { urls: 'stun:s' };
const TURN = { urls: 'turn:t', username: 'u', credential: 'p' };

async function check(iceServers, browser, isPrivate = false) {
  const open = useBrowser(browser);
  const found = [];
  const steps = checkUp({ origin: 'http://h', iceServers, isPrivate }, new AbortController().signal);
  for await (const { state, words } of steps) found.push([state, words]);
  assert.equal(open.size, 0);
  return found;
}

afterEach(() => {
  globalThis.fetch = fetch;
  delete globalThis.RTCPeerConnection;
});

test('with all that helps, people are reached', async () => {
  const found = await check([STUN, TURN], { all: ['host', 'srflx'], relay: ['relay'] });
  assert.deepEqual(found.map(([state]) => state), ['done', 'done', 'done', 'done']);
  assert.equal(found[3][1], 'They are reached, if need be through the relay.');
});

test('a relay that the server names is none of a private room, and not asked', async () => {
  const found = await check([STUN, TURN], { all: ['srflx'], relay: ['relay'] }, true);
  assert.deepEqual(found[2], ['waiting', 'The server names it, so private rooms do not use it.']);
  assert.deepEqual(found[3], ['failed', 'Not all of them are reached.']);
});

test('what a browser does not take of a server is said, and the rest checked', async () => {
  const found = await check([STUN, { urls: 'turn:t', username: '', credential: '' }], { all: ['srflx'] });
  assert.deepEqual(found.map(([state]) => state), ['done', 'done', 'failed', 'failed']);
});

test('what is not named is not tried', async () => {
  const found = await check([], {});
  assert.deepEqual(found.map(([state]) => state), ['done', 'waiting', 'waiting', 'failed']);
  assert.equal(found[3][1], 'Not all of them are reached.');
});

test('where nothing comes back, nobody is reached', async () => {
  const found = await check([STUN, TURN], { all: ['host', 701, null], relay: [701, null], isServerThere: false });
  assert.deepEqual(found.map(([state]) => state), ['failed', 'failed', 'failed', 'failed']);
  for (const i of [0, 1, 2]) assert.match(found[i][1], /^Nothing comes back\./);
  assert.equal(found[3][1], 'They are not reached.');
});

test('a relay says why it lets nobody in', async () => {
  assert.match((await check([TURN], { relay: [401, null] }))[2][1], /^It does not take this user and password\./);
  assert.match((await check([TURN], { relay: [486, null] }))[2][1], /^It does not let us in\./);
});

test('a check-up that is stopped ends at once, whoever has not answered yet', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const open = useBrowser({ all: [], relay: [], isServerSilent: true });
  const stopping = new AbortController();
  const steps = checkUp({ origin: 'http://h', iceServers: [STUN, TURN], isPrivate: false }, stopping.signal);
  const first = steps.next();
  assert.equal(open.size, 2);
  stopping.abort();
  await first;
  while (!(await steps.next()).done);
  assert.equal(open.size, 0);
});
