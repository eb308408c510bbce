// A gigabyte to the page over plain http, in a network of its own (in-network), and half a minute without it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchChromiumProfile } from './browser.mjs';
import { CliMember } from './cli-member.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';

const MIB = 1024 * 1024;
const MAX_MEMORY_MB = 300;
const SAMPLE_EVERY_MS = 250;
const OFFLINE_MS = 30_000;
/** A slow machine moves 3 MB in a second. */
const LARGE_PATIENCE_MS = 600_000;

let folder;
let server;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-receive-'));
  server = await Server.start({ listen: '10.77.0.1:0' });
  browser = await launchChromiumProfile();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function makeFile(name, nMebibytes) {
  const path = join(folder, name);
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let i = 0; i < nMebibytes; i++) {
    const block = randomBytes(MIB);
    hash.update(block);
    await file.write(block);
  }
  await file.close();
  return { path, sha256: hash.digest('hex') };
}

async function sha256Of(path) {
  const hash = createHash('sha256');
  for await (const block of createReadStream(path)) hash.update(block);
  return hash.digest('hex');
}

async function meet(path) {
  const cli = await CliMember.run(['create', '--open', '--server', server.origin], { more: ['--send', path] });
  const page = new PageMember(await browser.newPage());
  await page.join(await cli.link(), 'Page');
  await page.waitForMembers(1);
  return { cli, page };
}

/** What the browser takes more than now, at its most, until it is stopped. */
async function watchMemory() {
  const before = await browser.memory();
  let peak = before;
  let isOn = true;
  const watching = (async () => {
    while (isOn) {
      peak = Math.max(peak, await browser.memory());
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
    }
  })();
  return async () => {
    isOn = false;
    await watching;
    return { before, more: peak - before };
  };
}

/** Packets of WebRTC, and only those, are lost until it is called again with false. */
function loseUdp(on) {
  if (!on) execFileSync('nft', ['delete', 'table', 'inet', 'loss']);
  else execFileSync('nft', ['add table inet loss; add chain inet loss in { type filter hook input priority 0; }; add rule inet loss in meta l4proto udp drop']);
}

test('1 GiB arrives over plain http, and the browser does not grow with it', async (t) => {
  const { path, sha256 } = await makeFile('gigabyte.bin', 1024);
  const { cli, page } = await meet(path);
  assert.equal(await page.page.evaluate(() => isSecureContext), false);
  const stop = await watchMemory();
  const since = performance.now();
  await page.acceptFile('gigabyte.bin');
  await page.waitForRow('gigabyte.bin', 'Putting it together|received', LARGE_PATIENCE_MS);
  const arrivedAt = performance.now();
  await page.waitForFile('gigabyte.bin', 'done', LARGE_PATIENCE_MS);
  const wholeAt = performance.now();
  const saved = await page.page.downloadFile(() => page.press('#files-scroll a[download]'));
  assert.equal(await sha256Of(saved.path), sha256);
  const { before, more } = await stop();
  const seconds = (ms) => (ms / 1000).toFixed(0);
  t.diagnostic(`${(1073.7 / ((arrivedAt - since) / 1000)).toFixed(0)} MB/s, ${seconds(wholeAt - arrivedAt)} s to put it together; ${more} MB of memory above ${before} MB`);
  assert.ok(more <= MAX_MEMORY_MB, `${more} MB`);
  await cli.waitForEvent({ event: 'transfer', direction: 'out', name: 'gigabyte.bin', state: 'done' });
  await page.page.page.close();
  await cli.leave();
});

test('half a minute offline: it goes on where it was', async () => {
  const { path, sha256 } = await makeFile('offline.bin', 200);
  const { cli, page } = await meet(path);
  await page.acceptFile('offline.bin');
  await page.waitForProgress('offline.bin', 0.3);
  loseUdp(true);
  await page.waitForFile('offline.bin', 'paused', 60_000);
  const before = await page.progress('offline.bin');
  await new Promise((resolve) => setTimeout(resolve, OFFLINE_MS));
  loseUdp(false);
  await page.waitForFile('offline.bin', 'running', 90_000);
  assert.ok((await page.progress('offline.bin')) >= before - 1 / 200);
  await page.waitForFile('offline.bin', 'done', LARGE_PATIENCE_MS);
  const saved = await page.page.downloadFile(() => page.press('#files-scroll a[download]'));
  assert.equal(await sha256Of(saved.path), sha256);
  await page.page.page.close();
  await cli.leave();
});
