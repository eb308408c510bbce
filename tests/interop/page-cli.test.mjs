// The page and snug-cli in one room: the two implementations of the wire, in both roles.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { launchChromium, launchFirefox } from './browser.mjs';
import { Cast } from './cast.mjs';
import { CliMember } from './cli-member.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';

const launch = { chromium: launchChromium, firefox: launchFirefox }[process.env.SNUG_TEST_BROWSERS || 'chromium'];
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const cast = new Cast();

let server;
let browser;
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-page-cli-'));
  server = await Server.start();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => cast.leave());

const newPage = async () => cast.add(new PageMember(await browser.newPage()));

/** The page joins the room that snug-cli made: the page answers. */
async function cliFirst() {
  const cli = cast.add(await CliMember.run(['create', '--server', server.origin]));
  const page = await newPage();
  await page.join(await cli.link(), 'Page');
  return { cli, page };
}

/** snug-cli joins the room that the page made: the page offers. */
async function pageFirst() {
  const page = await newPage();
  const link = await page.create(server.origin, 'Page');
  const cli = cast.add(await CliMember.run(['join', link]));
  return { cli, page };
}

/** The page comes from the server that snug-cli carries in itself. */
async function ownServer() {
  const cli = cast.add(await CliMember.run(['create', '--listen', '127.0.0.1:0']));
  const page = await newPage();
  await page.join(await cli.link(), 'Page');
  return { cli, page };
}

async function makeFile(name, size) {
  const bytes = randomBytes(size);
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, bytes };
}

const SIZES = [['nothing.bin', 0], ['one.bin', 1], ['262144.bin', 262144], ['1 MiB.bin', 1048576], ['five.bin', 5_000_000], ['Grüße 😀 файл.bin', 1000]];

for (const [role, meet] of [['snug-cli made the room', cliFirst], ['the page made the room', pageFirst], ['the page is snug-cli’s own', ownServer]]) {
  describe(role, () => {
    test('they talk, and each knows that the other has it', async () => {
      const { cli, page } = await meet();
      await page.waitForMembers(1);
      await cli.waitForMember('Page');
      cli.say('Grüße from the terminal 😀');
      await page.waitForChat('Grüße from the terminal 😀', 'Cli');
      const { id } = await cli.waitForEvent({ event: 'delivered' });
      assert.ok(id);
      await page.say('two\nlines');
      await cli.waitForChat('two\nlines');
      await page.waitUntilDelivered('two\nlines');
    });

    test('the safety phrase is the same on both screens', async () => {
      const { cli, page } = await meet();
      await page.waitForMembers(1);
      await page.compare('Cli');
      const { phrase } = await cli.waitForEvent({ event: 'safety', state: 'phrase' });
      await page.waitForPhrase(phrase);
      await page.press('.member .button', 'Yes');
      await page.waitForPerson('checked$');
    });

    test('files from the page arrive whole', async () => {
      const { cli, page } = await meet();
      await page.waitForMembers(1);
      for (const [name, size] of SIZES) {
        const { path, bytes } = await makeFile(name, size);
        await page.sendFile(path);
        assert.equal(sha256(await cli.received(name)), sha256(bytes), name);
        await page.waitForFile(name, 'done');
      }
    });

    test('somebody leaves, and the other is told', async () => {
      const { cli, page } = await meet();
      await page.waitForMembers(1);
      await page.leave();
      await cli.waitForEvent({ event: 'member', state: 'left' });
    });
  });
}

test('who says that the words differ is out of the room, which is not safe', async () => {
  const { cli, page } = await cliFirst();
  await page.waitForMembers(1);
  await page.compare('Cli');
  const { phrase } = await cli.waitForEvent({ event: 'safety', state: 'phrase' });
  await page.waitForPhrase(phrase);
  await page.press('.member .button', 'No, Leave');
  await page.waitForWords('Not safe');
  await cli.waitForEvent({ event: 'member', name: 'Page', state: 'left' });
});

test('files from snug-cli arrive whole', async () => {
  const files = [];
  for (const [name, size] of SIZES) files.push({ name, ...(await makeFile(`cli ${name}`, size)) });
  const more = files.flatMap(({ path }) => ['--send', path]);
  const cli = cast.add(await CliMember.run(['create', '--open', '--server', server.origin], { more }));
  const page = await newPage();
  await page.join(await cli.link(), 'Page');
  for (const { name, bytes } of files) {
    await page.acceptFile(`cli ${name}`);
    assert.equal(sha256(await page.saveReceived(`cli ${name}`)), sha256(bytes), name);
    await cli.waitForEvent({ event: 'transfer', direction: 'out', name: `cli ${name}`, state: 'done' });
  }
});

test('a page that reloads is the same member to snug-cli', async () => {
  for (const meet of [cliFirst, pageFirst]) {
    const { cli, page } = await meet();
    await page.waitForMembers(1);
    await page.page.reload();
    await page.waitUntilInside();
    await page.waitForMembers(1);
    await page.say(`back again ${meet.name}`);
    await cli.waitForChat(`back again ${meet.name}`);
    assert.equal(cli.events.filter(({ event, state }) => event === 'member' && state === 'left').length, 0);
  }
});

test('two pages and two snug-cli: everybody hears everybody', async () => {
  const { cli, page } = await cliFirst();
  const link = await cli.link();
  const other = cast.add(await CliMember.run(['join', link], { name: 'Second' }));
  const second = await newPage();
  await second.join(link, 'Other page');
  for (const member of [page, second]) await member.waitForMembers(3);
  for (const [who, text] of [[cli, 'from cli'], [other, 'from second'], [page, 'from page'], [second, 'from other page']]) {
    await who.say(text);
    for (const member of [cli, other, page, second]) if (member !== who) await member.waitForChat(text);
  }
});

test('a message is answered, edited, reacted to and deleted, and snug-cli is told', async () => {
  const { cli, page } = await cliFirst();
  await page.waitForMembers(1);
  await cli.waitForMember('Page');
  cli.say('shall we?');
  await page.waitForChat('shall we?', 'Cli');
  await page.choose('shall we?', 'Reply');
  await page.say('yse');
  const answer = await cli.waitForChat('yse');
  assert.ok(answer.reply);
  await page.waitForMessage('^You, .*, in answer to Cli: shall we., yse, delivered$');
  await page.choose('yse', 'Edit');
  await page.say('yes');
  assert.equal((await cli.waitForEvent({ event: 'edited', text: 'yes' })).id, answer.id);
  await page.waitForMessage('^You, .*, yes, edited, delivered$');
  await page.choose('shall we?', 'React with 👍');
  await cli.waitForEvent({ event: 'reacted', id: answer.reply, emoji: '👍', on: true });
  await page.pressChip('👍 1, you');
  await cli.waitForEvent({ event: 'reacted', id: answer.reply, emoji: '👍', on: false });
  await page.choose('yes', 'Delete');
  await cli.waitForEvent({ event: 'deleted', id: answer.id });
  await page.waitForMessage('^You, [^,]*, Message deleted$');
});
