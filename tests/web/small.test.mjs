// Throttle, words, routes, and invites as people type them.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BadInvite, readInvite, readSecret } from '../../src/web/invite.js';
import { asTold, classify } from '../../src/web/route.js';
import { Throttle } from '../../src/web/throttle.js';
import { _, formatDuration, formatNames, formatSize, n_ } from '../../src/web/words.js';

test('200 at once pass, the 201st does not, 20 more a second later do', () => {
  const throttle = new Throttle();
  const passed = (n, at) => Array.from({ length: n }, () => throttle.take(at)).filter(Boolean).length;
  assert.equal(passed(201, 1000), 200);
  assert.equal(passed(21, 2000), 20);
  assert.equal(passed(300, 100_000), 200);
});

test('sizes and times are calm', () => {
  assert.deepEqual([0, 1, 999, 1000, 1500, 174e6, 1.5e9, 999_999].map(formatSize),
    ['0 B', '1 B', '999 B', '1 kB', '1.5 kB', '174 MB', '1.5 GB', '1 MB']);
  assert.deepEqual([0, 14, 59, 60, 61, 3600, 7500, 200_000].map(formatDuration),
    ['0 s', '14 s', '59 s', '1 min', '2 min', '1 h', '2 h 5 min', '2 days']);
});

test('names in a row', () => {
  assert.equal(formatNames(['Ana']), 'Ana');
  assert.equal(formatNames(['Ana', 'Ben']), 'Ana and Ben');
  assert.equal(formatNames(['Ana', 'Ben', 'Cleo', 'Dan']), 'Ana, Ben and 2 more');
});

test('a name with braces is a name', () => {
  assert.equal(_('{name} left', { name: '{code}' }), '{code} left');
  assert.equal(n_('{n} file', '{n} files', 2), '2 files');
});

test('the way is named after both ends', () => {
  const host = (address) => ({ candidateType: 'host', address });
  assert.equal(classify(host('192.168.1.2'), host('192.168.1.3')), 'direct-local');
  assert.equal(classify(host('x.local'), { candidateType: 'prflx', address: '' }), 'direct-local');
  assert.equal(classify(host('fd00::2'), host('fe80::1')), 'direct-local');
  assert.equal(classify(host('192.168.1.2'), host('203.0.113.5')), 'direct');
  assert.equal(classify({ candidateType: 'srflx', address: '' }, host('')), 'direct');
  assert.equal(classify(host('10.0.0.1'), { candidateType: 'relay', address: '10.0.0.2' }), 'relay');
});

test('a relay that was heard before it was told is one all the same', () => {
  const heard = { candidateType: 'prflx', address: '203.0.113.10', port: 49200 };
  const sdp = (port, type) => `v=0\r\na=candidate:1 1 UDP 16777215 203.0.113.10 ${port} typ ${type} raddr 0.0.0.0 rport 9\r\n`;
  assert.equal(asTold(heard, sdp(49200, 'relay')).candidateType, 'relay');
  assert.equal(asTold(heard, sdp(49201, 'relay')).candidateType, 'prflx');
  assert.equal(asTold(heard, sdp(49200, 'srflx')).candidateType, 'prflx');
  assert.equal(asTold(heard, '').candidateType, 'prflx');
});

test('an invite, a link and a code lead to a room, with the secret that they have', () => {
  const read = (text) => Object.values(readInvite(text, 'http://here'));
  assert.deepEqual(read(' book23\n'), ['BOOK23', '', 'http://here']);
  assert.deepEqual(read('BOOK23-otter-velvet-canoe'), ['BOOK23', 'otter-velvet-canoe', 'http://here']);
  assert.deepEqual(read('BOOK23-a#b'), ['BOOK23', 'a#b', 'http://here']);
  assert.deepEqual(read('https://snug.example/?x=1&code=book23#p%C3%A4ss%20word#1'), ['BOOK23', 'päss word#1', 'https://snug.example']);
  assert.deepEqual(read('BOOK23-100%'), ['BOOK23', '100%', 'http://here']);
  assert.deepEqual(read('BOOK23-OTTER velvet canoe'), ['BOOK23', 'otter-velvet-canoe', 'http://here']);
});

test('what is behind the # of a link is the secret that it is everywhere', () => {
  const { fragments } = JSON.parse(readFileSync(new URL('../data/wire/links.json', import.meta.url), 'utf8'));
  const refused = (error) => error instanceof BadInvite && /not readable/.test(error.message);
  for (const { fragment, secret } of fragments) {
    assert.equal(readSecret(fragment), secret, fragment);
    const read = () => readInvite(`http://h/?code=BOOK23#${fragment}`, 'http://here').secret;
    if (secret === null) assert.throws(read, refused, fragment);
    else assert.equal(read(), secret);
  }
  assert.throws(() => readInvite('BOOK23-a\u0001', 'http://here'), refused);
});

test('what leads nowhere says what is wrong with it', () => {
  for (const text of ['BOOK23-', 'http://h/?code=BOOK23#'])
    assert.throws(() => readInvite(text, 'http://here'), (error) => error instanceof BadInvite && /secret .* is missing/.test(error.message));
  for (const text of ['', 'BOOK2', 'BOOK23otter', 'http://h/', 'http://h/?code=BOOK2#', 'snug:h/BOOK23', 'javascript:alert(1)'])
    assert.throws(() => readInvite(text, 'http://here'), (error) => error instanceof BadInvite && /six letters/.test(error.message));
});
