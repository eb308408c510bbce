// A page of version 1 and snug-cli in one room: in both roles, on a server of ours and on one of version 1.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { launchChromium, launchFirefox } from './browser.mjs';
import { Cast } from './cast.mjs';
import { CliMember } from './cli-member.mjs';
import { OLD_PAGE_ROOT, OldPageMember } from './old-page-member.mjs';
import { BUILD, Server } from './server.mjs';
import { Version1Server } from './version-1-server.mjs';

const launch = { chromium: launchChromium, firefox: launchFirefox }[process.env.SNUG_TEST_BROWSERS || 'chromium'];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const SIZES = [['nothing.bin', 0], ['one.bin', 1], ['262144.bin', 262144], ['five.bin', 5_000_000]];
const cast = new Cast();

let servers;
let browser;
let folder;
let files;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-old-page-'));
  files = await Promise.all(SIZES.map(async ([name, size]) => {
    const bytes = randomBytes(size);
    await writeFile(join(folder, name), bytes);
    return { name, path: join(folder, name), size, sha256: sha256(bytes) };
  }));
  servers = { ours: await Server.start({ webRoot: OLD_PAGE_ROOT }), old: await Version1Server.start() };
  browser = await launch();
});

after(async () => {
  await browser?.close();
  for (const server of Object.values(servers ?? {})) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => cast.leave());

const newPage = async () => cast.add(new OldPageMember(await browser.newPage()));

/** The page comes into our room: it answers. */
const cliFirst = (server) => async (more = []) => {
  const cli = cast.add(await CliMember.run(['create', '--open', '--server', servers[server].origin], { more }));
  const page = await newPage();
  const { code } = await cli.waitForEvent({ event: 'room', state: 'waiting' });
  await page.join(`${servers[server].origin}/?code=${code}`);
  return together(cli, page, code);
};

/** We come into the page's room: it offers. */
const pageFirst = (server) => async (more = []) => {
  const page = await newPage();
  const link = await page.create(servers[server].origin);
  const cli = cast.add(await CliMember.run(['join', link], { more }));
  return together(cli, page, new URL(link).searchParams.get('code'));
};

async function together(cli, page, code) {
  await page.waitForStatus('connected');
  await cli.waitForEvent({ event: 'member', legacy: true, state: 'connected' });
  return { cli, page, code };
}

const MEETINGS = [
  ['we made the room', cliFirst('ours')],
  ['the page made the room', pageFirst('ours')],
  ['we made the room, server of version 1', cliFirst('old')],
  ['the page made the room, server of version 1', pageFirst('old')],
];

async function talk({ cli, page }, about) {
  cli.say(`${about}: to the page 😀`);
  await page.waitForChat(`${about}: to the page 😀`);
  await page.say(`${about}: from\nthe page`);
  await cli.waitForChat(`${about}: from\nthe page`);
}

for (const [how, meet] of MEETINGS)
  describe(how, () => {
    test('they talk, and exchange files one after the other', async () => {
      const both = await meet(files.flatMap(({ path }) => ['--send', path]));
      const { cli, page } = both;
      await talk(both, 'at first');
      assert.ok((await cli.waitForEvent({ event: 'delivered' })).id);
      await page.sendFile(...files.map(({ path }) => path));
      for (const { name, size, sha256: expected } of files) {
        assert.equal(sha256(await cli.received(name)), expected, name);
        const there = await page.received(name);
        assert.deepEqual([there.size, there.nBytes, there.sha256], [size, size, expected], name);
        assert.equal(there.nInfos, Math.ceil(size / 262144), name);
        await cli.waitForEvent({ event: 'transfer', direction: 'out', name, state: 'done' });
      }
      await talk(both, 'in the end');
      assert.deepEqual(await page.look('unknown'), []);
      assert.deepEqual(await page.look('faults'), []);
    });

    test('the page loses its socket, and nothing changes', async () => {
      const both = await meet();
      const { cli, page } = both;
      await page.loseSocket();
      await talk(both, 'on the old connection');
      assert.equal(await page.look('nConnections'), 1);
      assert.equal(await page.look('status'), 'connected');
      assert.equal(cli.events.filter(({ event, state }) => event === 'member' && state === 'connected').length, 1);
    });

    test('the page is loaded anew, and they find each other', async () => {
      const { cli, page, code } = await meet();
      const role = (await page.look('role')) === 'sender' ? '&role=sender' : '';
      await page.join(`${new URL(page.page.url()).origin}/?code=${code}${role}`);
      await page.waitForStatus('connected');
      await talk({ cli, page }, 'once more');
    });
  });

async function zeros(name, size) {
  const path = join(folder, name);
  await writeFile(path, '');
  await truncate(path, size);
  return path;
}

/** A file that nobody gets to the end of. */
const endless = () => zeros('endless.bin', 900_000_000);

test('a file under way is not lost with our socket', async () => {
  const both = await pageFirst('old')();
  const { cli, page, code } = both;
  await page.sendFile(await zeros('zeros.bin', 60_000_000));
  await cli.waitForEvent({ event: 'transfer', name: 'zeros.bin', state: 'running' });
  servers.old.cut(code, 'receiver');
  await cli.waitForEvent({ event: 'room', state: 'reconnecting' });
  assert.equal((await cli.received('zeros.bin')).length, 60_000_000);
  assert.equal((await page.look('sent'))[0].state, 'complete');
  // Only now we are back, and the page begins anew.
  await page.page.waitFor(() => globalThis.oldPage.nConnections === 2 && globalThis.oldPage.status === 'connected');
  await talk(both, 'afterwards');
});

describe('what is broken off', () => {
  test('the page no longer wants to send', async () => {
    const both = await pageFirst('ours')();
    const { cli, page } = both;
    await page.sendFile(await endless(), files[3].path);
    await cli.waitForEvent({ event: 'transfer', name: 'endless.bin', state: 'running' });
    await page.cancel('endless.bin');
    await cli.waitForEvent({ event: 'transfer', name: 'endless.bin', state: 'cancelled' });
    assert.equal(sha256(await cli.received('five.bin')), files[3].sha256);
    await talk(both, 'afterwards');
  });

  test('the page no longer wants to receive', async () => {
    const both = await cliFirst('ours')(['--send', await endless(), '--send', files[3].path]);
    const { cli, page } = both;
    await page.received('endless.bin', 'arriving');
    await page.cancel('endless.bin');
    await cli.waitForEvent({ event: 'transfer', name: 'endless.bin', state: 'cancelled' });
    assert.equal((await page.received('five.bin')).sha256, files[3].sha256);
    await talk(both, 'afterwards');
  });

  test('we do not want a file: all of it is thrown away', async () => {
    const both = await pageFirst('ours')(['--accept', 'none']);
    const { cli, page } = both;
    await page.sendFile(files[3].path);
    await cli.waitForEvent({ event: 'transfer', name: 'five.bin', state: 'declined' });
    await page.waitUntilSent('five.bin', 'complete');
    await talk(both, 'afterwards');
  });

  test('we no longer want to send', async () => {
    const page = await newPage();
    const link = await page.create(servers.ours.origin);
    const command = `${join(BUILD, 'src/cli/snug-cli')} join '${link}' --send '${await endless()}'`;
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = new Promise((resolve) => terminal.once('exit', resolve));
    try {
      await page.received('endless.bin', 'arriving');
      terminal.stdin.write('/cancel\r');
      const { size, realSize } = await page.received('endless.bin', 'cancelled');
      assert.deepEqual([size, realSize], [104857600, 900_000_000]);
      terminal.stdin.write('/leave\r');
      await ended;
    } finally {
      terminal.kill();
    }
  });
});
