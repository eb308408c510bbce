// The check-up of the page in a network of its own (in-network): what it asks, and what it says of the answers.
//
// SNUG_TEST_BROWSERS names the browser, Chromium if it says nothing. SNUG_TEST_LONG adds what needs a relay.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromium, launchFirefox } from './browser.mjs';
import { PageMember } from './page-member.mjs';
import { endWithUs, Server } from './server.mjs';

const ADDRESS = '10.77.0.1';
const RELAY = { url: `turn:${ADDRESS}`, username: 'snug', credential: 'lamp' };
const ASK_AGAIN_MS = 50;
const isFirefox = process.env.SNUG_TEST_BROWSERS === 'firefox';
const isLong = Boolean(process.env.SNUG_TEST_LONG);

let browser;
before(async () => {
  browser = await (isFirefox ? launchFirefox() : launchChromium());
});
after(() => browser?.close());

/** Answers STUN as from behind a router. */
async function startStun(t) {
  const socket = createSocket('udp4');
  t.after(() => socket.close());
  socket.on('message', (request, { address, port }) => {
    // XOR-MAPPED-ADDRESS, of 203.0.113.9.
    const body = Buffer.from('0020000800012b12ea12d54b', 'hex');
    const head = Buffer.from(request.subarray(0, 20));
    head.writeUInt16BE(0x101, 0);
    head.writeUInt16BE(body.length, 2);
    socket.send(Buffer.concat([head, body]), port, address);
  });
  await new Promise((resolve) => socket.bind(0, ADDRESS, resolve));
  return { url: `stun:${ADDRESS}:${socket.address().port}` };
}

/** coturn, for who has the name and the password of RELAY. */
async function startRelay(t) {
  const folder = await mkdtemp(join(tmpdir(), 'snug-relay-'));
  const words = [
    '-n', '--no-cli', '--no-rfc5780', '--no-tls', '--no-dtls', `--listening-ip=${ADDRESS}`, `--relay-ip=${ADDRESS}`,
    '--realm=snug.test', '--lt-cred-mech', `--user=${RELAY.username}:${RELAY.credential}`, '--userdb=turndb', '--pidfile=turn.pid',
  ];
  const child = endWithUs(spawn('turnserver', words, { cwd: folder, stdio: 'ignore' }));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  t.after(async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  await waitForStun(child);
}

/** It does not say that it listens: it is asked (RFC 8489, a binding request) until it answers. */
async function waitForStun(child) {
  const socket = createSocket('udp4');
  const request = Buffer.from('000100002112a442736e75672d6c616d702d6f6b', 'hex');
  const ask = () => socket.send(request, 3478, ADDRESS);
  const timer = setInterval(ask, ASK_AGAIN_MS);
  try {
    await new Promise((resolve, reject) => {
      socket.once('message', resolve);
      // Refused, as long as nobody listens.
      socket.on('error', () => {});
      child.once('exit', (status) => reject(new Error(`turnserver ended with ${status}`)));
      ask();
    });
  } finally {
    clearInterval(timer);
    socket.close();
  }
}

/** What a check-up in a room of such a server says, step by step. */
async function checkUp(t, iceServers, options) {
  const server = await Server.start({ listen: `${ADDRESS}:0`, iceServers });
  t.after(() => server.stop());
  const ana = new PageMember(await browser.newPage());
  t.after(() => ana.page.close());
  await ana.create(server.origin, 'Ana', options);
  await ana.checkConnection();
  const rows = await ana.page.evaluate(() => {
    const wordsOf = (row) => [...row.querySelectorAll('.row-title, .row-detail, .hidden-words')].map((e) => e.textContent);
    return [...document.querySelectorAll('.doctor .checklist li')].map((row) => wordsOf(row).join(' | '));
  });
  await ana.press('.doctor .button', 'Close');
  await ana.page.waitFor(() => document.querySelector('.doctor') === null);
  return rows;
}

test('the connection is checked step by step, in words', async (t) => {
  assert.deepEqual(await checkUp(t, [await startStun(t)]), [
    'Server | It works. | ok',
    'STUN server | It works. | ok',
    'Relay | None was named. | skipped',
    'People in other networks | Not all of them are reached. | not ok',
  ]);
});

if (isLong) {
  test('a relay is tried with its password in an open room, and left alone in a private one', async (t) => {
    await startRelay(t);
    assert.deepEqual(await checkUp(t, [RELAY], { isOpen: true }), [
      'Server | It works. | ok',
      'STUN server | None was named. | skipped',
      'Relay | It works. | ok',
      'People in other networks | They are reached, if need be through the relay. | ok',
    ]);
    const [, , relay] = await checkUp(t, [RELAY]);
    assert.equal(relay, 'Relay | The server names it, so private rooms do not use it. | skipped');
  });

  test('a relay that does not take the password is no help', async (t) => {
    await startRelay(t);
    const [, , relay, reach] = await checkUp(t, [{ ...RELAY, credential: 'candle' }], { isOpen: true });
    assert.match(relay, isFirefox ? /\| not ok$/ : /^Relay \| It does not take this user and password\. .* \| not ok$/);
    assert.equal(reach, 'People in other networks | They are not reached. | not ok');
  });
}
