// Files of 150 MB between snug-cli and a page, ours and one of version 1, in both roles: three in a row each way.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { launchChromium, launchFirefox } from './browser.mjs';
import { Cast } from './cast.mjs';
import { CliMember } from './cli-member.mjs';
import { OLD_PAGE_ROOT, OldPageMember } from './old-page-member.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';
import { Version1Server } from './version-1-server.mjs';

const launch = { chromium: launchChromium, firefox: launchFirefox }[process.env.SNUG_TEST_BROWSERS || 'chromium'];

const LARGE_BYTES = 150_000_000;
const BLOCK_BYTES = 1_000_000;
const SMALL_BYTES = 1_234_567;
/** A slow machine moves 3 MB in a second. */
const LARGE_PATIENCE_MS = 180_000;
const cast = new Cast();

let servers;
let browser;
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-large-'));
  servers = { ours: await Server.start(), page: await Server.start({ webRoot: OLD_PAGE_ROOT }), old: await Version1Server.start() };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  for (const server of Object.values(servers ?? {})) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => cast.leave());

async function makeFile(name, size) {
  const path = join(folder, name);
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let left = size; left > 0; left -= BLOCK_BYTES) {
    const block = randomBytes(Math.min(left, BLOCK_BYTES));
    hash.update(block);
    await file.write(block);
  }
  await file.close();
  return { name, path, size, sha256: hash.digest('hex') };
}

/** What comes behind a large one must not be mixed up with it. */
function makeFiles(prefix) {
  const sizes = [['one', LARGE_BYTES], ['two', SMALL_BYTES], ['three', 16 * SMALL_BYTES]];
  return Promise.all(sizes.map(([name, size]) => makeFile(`${prefix} ${name}.bin`, size)));
}

async function sha256(path) {
  const hash = createHash('sha256');
  for await (const block of createReadStream(path)) hash.update(block);
  return hash.digest('hex');
}

/** The words of both kinds of pages. */
const KINDS = {
  'our page': {
    newPage: async () => cast.add(new PageMember(await browser.newPage())),
    create: (page, origin) => page.create(origin, 'Page'),
    join: (page, link) => page.join(link, 'Page'),
    async send(page, files) {
      for (const { path } of files) await page.sendFile(path);
    },
    async receive(page, { name, size }) {
      await page.acceptFile(name);
      await page.waitForFile(name, 'done', LARGE_PATIENCE_MS);
      const bytes = await page.saveReceived(name);
      assert.equal(bytes.length, size, name);
      return createHash('sha256').update(bytes).digest('hex');
    },
  },
  'a page of version 1': {
    newPage: async () => cast.add(new OldPageMember(await browser.newPage())),
    create: (page, origin) => page.create(origin),
    join: (page, link) => page.join(link),
    send: (page, files) => page.sendFile(...files.map(({ path }) => path)),
    async receive(page, { name, size }) {
      const file = await page.received(name, 'complete', LARGE_PATIENCE_MS);
      assert.equal(file.nBytes, size, name);
      assert.equal(file.realSize ?? file.size, size, name);
      return file.sha256;
    },
  },
};

/** The page comes into our room: it answers. */
async function cliFirst(kind, { origin }, files) {
  const more = files.flatMap(({ path }) => ['--send', path]);
  const cli = cast.add(await CliMember.run(['create', '--open', '--server', origin], { more }));
  const page = await kind.newPage();
  await kind.join(page, `${origin}/?code=${(await cli.waitForEvent({ event: 'room', state: 'waiting' })).code}`);
  return { cli, page };
}

/** We come into the page's room: it offers. */
async function pageFirst(kind, { origin }, files) {
  const more = files.flatMap(({ path }) => ['--send', path]);
  const page = await kind.newPage();
  const cli = cast.add(await CliMember.run(['join', await kind.create(page, origin)], { more }));
  return { cli, page };
}

const mbPerS = (files, since) =>
  (files.reduce((sum, { size }) => sum + size, 0) / 1000 / (performance.now() - since)).toFixed(0);

const CASES = [
  ['our page', 'ours', 'we made the room', cliFirst],
  ['our page', 'ours', 'the page made the room', pageFirst],
  ['a page of version 1', 'page', 'we made the room', cliFirst],
  ['a page of version 1', 'page', 'the page made the room', pageFirst],
  ['a page of version 1', 'old', 'we made the room, server of version 1', cliFirst],
  ['a page of version 1', 'old', 'the page made the room, server of version 1', pageFirst],
];

for (const [who, server, how, meet] of CASES)
  describe(`${who}: ${how}`, () => {
    const kind = KINDS[who];

    test('three files in a row to the page', async (t) => {
      const files = await makeFiles('down');
      const { cli, page } = await meet(kind, servers[server], files);
      const since = performance.now();
      for (const file of files) {
        assert.equal(await kind.receive(page, file), file.sha256, file.name);
        await cli.waitForEvent({ event: 'transfer', direction: 'out', name: file.name, state: 'done' });
      }
      t.diagnostic(`to the page: ${mbPerS(files, since)} MB/s`);
    });

    test('three files in a row from the page', async (t) => {
      const files = await makeFiles('up');
      const { cli, page } = await meet(kind, servers[server], []);
      await cli.waitForEvent({ event: 'member', state: 'connected' });
      const since = performance.now();
      await kind.send(page, files);
      for (const { name, sha256: expected } of files) {
        const { path } = await cli.waitForEvent({ event: 'transfer', direction: 'in', name, state: 'done' }, LARGE_PATIENCE_MS);
        assert.equal(await sha256(path), expected, name);
      }
      t.diagnostic(`from the page: ${mbPerS(files, since)} MB/s`);
    });
  });
