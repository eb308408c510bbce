// Where others find the server of a page: read from its answer, which is a stranger's text like any other.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadJson } from '../../src/web/json-gate.js';
import { findReach, isOwnAddress, readAddress } from '../../src/web/reach.js';

const answer = (values) => new TextEncoder().encode(JSON.stringify({ success: true, v: 2, version: '0.1.0', ...values }));

test('names that every computer has for itself', () => {
  const own = ['http://localhost:2029', 'http://127.0.0.1', 'https://127.1.2.3:8', 'http://[::1]:2029'];
  const others = ['http://192.168.1.5:2029', 'https://snug.example.org', 'http://localhost.example.org', 'http://[fd00::1]', 'http://128.0.0.1'];
  assert.deepEqual([...own, ...others].filter(isOwnAddress), own);
});

test('an address is an origin with a number for a name, on http', () => {
  for (const address of ['http://192.168.1.5:2029', 'http://[fd00::5]:8080']) assert.equal(readAddress(answer({ address })), address);
  const bad = [
    'https://192.168.1.5:2029', 'http://192.168.1.5', 'http://192.168.1.5:2029/', 'http://192.168.1.5:2029/?code=X', 'http://evil.example:80',
    'http://300.1.1.1:80', 'http://1.2.3.4:99999', 'http://[fd00::5::1]:80', 'http://me@1.2.3.4:80', 'javascript:alert(1)', 'http://127.0.0.1:2029',
    'http://[::1]:2029', '', 7, null, ['http://192.168.1.5:2029'],
  ];
  for (const address of bad) assert.equal(readAddress(answer({ address })), null, String(address));
  assert.equal(readAddress(answer({})), null);
  assert.throws(() => readAddress(new TextEncoder().encode('<html>')), BadJson);
  const address = 'http://192.168.1.5:2029';
  const padded = (nBytes) => answer({ address, x: 'x'.repeat(nBytes - answer({ address, x: '' }).length) });
  assert.equal(readAddress(padded(4096)), address);
  assert.throws(() => readAddress(padded(4097)), BadJson);
});

test('a page from another computer asks nobody', async () => {
  assert.deepEqual(await findReach('http://192.168.1.5:2029'), { linkOrigin: 'http://192.168.1.5:2029', isReachable: true });
});

test('where nobody answers, and on https, the link is for this computer only', async () => {
  for (const origin of ['http://127.0.0.1:1', 'https://localhost'])
    assert.deepEqual(await findReach(origin), { linkOrigin: origin, isReachable: false });
});
