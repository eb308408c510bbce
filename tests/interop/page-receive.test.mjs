// Gigabytes to the page, over plain http and over https, and the memory that takes; a reload and half a minute without
// a network. In a network of its own (in-network).
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
import { HttpsDoor } from './https-door.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const MAX_MEMORY_MB = 300;
const SAMPLE_EVERY_MS = 250;
const OFFLINE_MS = 30_000;
/** A slow machine moves 3 MB in a second. */
const LARGE_PATIENCE_MS = 900_000;

let folder;
let server;
let door;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-receive-'));
  server = await Server.start({ listen: '10.77.0.1:0' });
  door = await HttpsDoor.open(server);
  browser = await launchChromiumProfile({ args: door.chromiumArgs });
});

after(async () => {
  await browser?.close();
  await door?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function makeFile(name, size) {
  const path = join(folder, name);
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let left = size; left > 0; left -= MIB) {
    const block = randomBytes(Math.min(left, MIB));
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

/** snug-cli offers a file, and the page, from this origin, is in its room. */
async function meet(path, origin) {
  const cli = await CliMember.run(['create', '--open', '--server', server.origin], { more: ['--send', path] });
  const page = new PageMember(await browser.newPage());
  await page.join((await cli.link()).replace(server.origin, origin), 'Page');
  await page.waitForMembers(1);
  return { cli, page };
}

/** What the person has in the end; nothing of it stays. @returns {Promise<string>} its hash */
async function save(page) {
  const { path } = await page.page.downloadFile(() => page.press('#files-scroll a[download]'));
  const sha256 = await sha256Of(path);
  await rm(path);
  return sha256;
}

async function part(cli, page, path) {
  await page.leave();
  await page.page.page.close();
  await cli.leave();
  await rm(path);
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

for (const [words, size, isHttps] of [['1 GiB over plain http', GIB, false], ['1 GiB over https', GIB, true], ['2.5 GiB over https', 2.5 * GIB, true]])
  test(`${words}: it arrives, and the browser does not grow with it`, async (t) => {
    const { path, sha256 } = await makeFile('large.bin', size);
    const { cli, page } = await meet(path, isHttps ? door.origin : server.origin);
    assert.equal(await page.page.evaluate(() => isSecureContext), isHttps);
    const stop = await watchMemory();
    const since = performance.now();
    await page.acceptFile('large.bin');
    await page.waitForRow('large.bin', 'Putting it together|received', LARGE_PATIENCE_MS);
    const arrivedAt = performance.now();
    await page.waitForFile('large.bin', 'done', LARGE_PATIENCE_MS);
    const wholeAt = performance.now();
    assert.equal(await save(page), sha256);
    const { before, more } = await stop();
    const seconds = (ms) => (ms / 1000).toFixed(1);
    t.diagnostic(`${(size / 1000 / (arrivedAt - since)).toFixed(0)} MB/s, ${seconds(wholeAt - arrivedAt)} s to put it together; ${more} MB of memory above ${before} MB`);
    assert.ok(more <= MAX_MEMORY_MB, `${more} MB`);
    await cli.waitForEvent({ event: 'transfer', direction: 'out', name: 'large.bin', state: 'done' });
    await part(cli, page, path);
  });

test('500 MB with a reload at 40 % and half a minute offline at 70 %: each time it goes on where it was', async () => {
  const name = 'interrupted.bin';
  const size = 500_000_000;
  const { path, sha256 } = await makeFile(name, size);
  const { cli, page } = await meet(path, server.origin);
  // The piece that was under way comes again, and the one that was being written.
  const hasAtLeast = async (before) => assert.ok((await page.progress(name)) >= before - (2 * MIB) / size);
  await page.acceptFile(name);

  await page.waitForProgress(name, 0.4);
  const beforeReload = await page.progress(name);
  await page.page.reload();
  await page.waitForFile(name, 'running');
  await hasAtLeast(beforeReload);

  await page.waitForProgress(name, 0.7);
  loseUdp(true);
  await page.waitForFile(name, 'paused', 60_000);
  const beforeLoss = await page.progress(name);
  await new Promise((resolve) => setTimeout(resolve, OFFLINE_MS));
  loseUdp(false);
  await page.waitForFile(name, 'running', 90_000);
  await hasAtLeast(beforeLoss);

  await page.waitForFile(name, 'done', LARGE_PATIENCE_MS);
  assert.equal(await save(page), sha256);
  await part(cli, page, path);
});
