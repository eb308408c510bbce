// states: a person's way through every state of the page, for whoever wants to see them: `look.mjs` takes pictures,
// `page-accessibility.test.mjs` looks for what some people could not use, `page-cut-off.test.mjs` for cut off words.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DESKTOP, launchChromium, PHONE } from './browser.mjs';
import { CliMember } from './cli-member.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';
import { makeTree } from './tree.mjs';

export const SIZES = { phone: PHONE, desktop: DESKTOP, narrow: { ...PHONE, viewport: { width: 320, height: 568 } } };
export const SCHEMES = ['light', 'dark'];

const folder = await mkdtemp(join(tmpdir(), 'snug-states-'));
const file = async (name, size) => {
  const path = join(folder, name);
  await writeFile(path, randomBytes(size));
  return path;
};
const photo = await file('Sunset over the harbour.jpg', 2_400_000);
const recipe = await file('Grandmother’s recipes, scanned and put in order – second edition (final).pdf', 812_000);
const film = await file('Holiday.mp4', 150_000_000);

const holiday = await makeTree(folder, 'Holiday 2026');

// On all addresses, or there would be no QR code.
const server = await Server.start({ listen: '0.0.0.0:0' });
/** A link to a room, from here: by an address that makes no difference to what a browser lets a page do. */
const fromHere = (link) => link.replace(new URL(link).origin, server.origin);
const browser = await launchChromium();

/** A member of the server's who never answers: what a sleeping or firewalled device looks like. */
async function joinSilently(code) {
  const page = await browser.newPage();
  await page.goto(server.origin);
  await page.evaluate(
    (c) =>
      new Promise((resolve) => {
        const socket = (globalThis.socket = new WebSocket(`${location.origin.replace('http', 'ws')}/api/ws?code=${c}&v=2`));
        socket.onopen = () => socket.send('{"type":"enter"}');
        socket.onmessage = resolve;
      }),
    code,
  );
  return page;
}

/** Takes the server and the browser away. */
export async function endStates() {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/**
 * @param {keyof SIZES} size
 * @param {'light' | 'dark'} scheme
 * @param {(member: PageMember, name: string) => Promise<void>} see is called in every state
 */
export async function walk(size, scheme, see) {
  const options = { ...SIZES[size], colorScheme: scheme, locale: 'en-GB' };
  const newMember = async () => new PageMember(await browser.newPage(options));
  const isWide = size === 'desktop';
  const me = await newMember();
  const others = [];

  const outside = async () => {
    await me.open(server.origin);
    await see(me, '01-start');
    await me.open(`${server.origin}/?code=BOOK23`);
    await see(me, '02-question');
    await me.press('#outside-submit');
    await me.waitForWords('No room');
    await see(me, '03-no-such-room');
    await me.open(`${server.origin}/?code=BOOK23#otter-velvet-canoe`);
    await see(me, '04-private');
  };

  const alone = async () => {
    const link = await me.create(server.origin, 'Ana');
    await me.waitForState('Waiting');
    await see(me, '10-waiting');
    return fromHere(link);
  };

  /** In an open room: in a private one nobody is shown who has not the secret. */
  const connecting = async () => {
    const link = await me.create(server.origin, 'Ana', { isOpen: true });
    const silent = await joinSilently(new URL(link).searchParams.get('code'));
    await me.waitForState('Connecting');
    await see(me, '11-connecting');
    await silent.evaluate(() => socket.send('{"type":"leave"}'));
    await me.waitForState('Waiting');
    await silent.close();
    await me.leave();
  };

  const changes = async (ben) => {
    await ben.choose('They are. Sending the good one now.', 'Reply');
    await ben.say('Lovely, thank yuo!');
    await me.waitForChat('Lovely, thank yuo!');
    await ben.choose('Lovely, thank yuo!', 'Edit');
    await ben.say('Lovely, thank you!');
    await ben.say('Wrong window');
    await ben.choose('Wrong window', 'Delete');
    await ben.choose('They are. Sending the good one now.', 'React with 🎉');
    await me.waitForChat('Lovely, thank you!');
    await me.choose('Lovely, thank you!', 'React with ❤️');
    await me.choose('They are. Sending the good one now.', 'React with 👍');
    await ben.waitForMessage('❤️ 1, delivered$');
    await me.choose('Lovely, thank you!', 'Reply');
    await me.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 1e6));
    await me.page.evaluate(() => [...document.querySelectorAll('.message:not(.own) .more-button')].at(-2).click());
    await see(me, '14-chat-menu');
    await me.page.evaluate(() => document.querySelector('.menu .item').click());
    await me.press('#about-cancel');
  };

  const talk = async (link) => {
    for (const name of ['Ben', 'Cleo']) {
      const other = await newMember();
      others.push(other);
      await other.join(link, name);
      await other.waitForMembers(others.length);
    }
    await me.waitForMembers(2);
    const [ben, cleo] = others;
    await see(me, '12-connected');
    await ben.say('Hello! Are the pictures from Sunday still on your phone?');
    await me.waitForChat('Hello! Are the pictures from Sunday still on your phone?');
    await me.say('They are. Sending **the good one** now.');
    await ben.waitForChat('They are. Sending the good one now.');
    await me.sendFile(photo);
    await ben.acceptFile('Sunset over the harbour.jpg');
    await me.waitForFile('Sunset over the harbour.jpg', 'done');
    await cleo.say('I would like it too, and the recipe for `kanelbullar` from https://example.org/recipes');
    await cleo.sendFile(recipe);
    await me.waitForFile('Grandmother’s recipes, scanned and put in order – second edition (final).pdf', 'offered');
    await ben.page.evaluate(() => document.querySelector('#text').focus());
    await me.show('chat');
    await me.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 1e6));
    await see(me, '13-chat');
    await changes(ben);
    await me.press('#bar .button', 'Find in the chat');
    await see(me, '14a-find');
    await me.press('#search .button', 'Close');
    if (!isWide) await me.show('files');
    await see(me, '14-offer');
  };

  const files = async () => {
    const [ben] = others;
    await me.acceptFile('Grandmother’s recipes, scanned and put in order – second edition (final).pdf');
    await me.waitForFile('Grandmother’s recipes, scanned and put in order – second edition (final).pdf', 'done');
    await ben.sendFile(film);
    await me.acceptFile('Holiday.mp4');
    await me.page.waitFor(() => [...document.querySelectorAll('#files-scroll progress')].some((p) => p.checkVisibility() && p.value > 0.1));
    await see(me, '15-progress');
    await me.pressInFile('Holiday.mp4', 'running', 'Pause Holiday.mp4');
    await me.waitForFile('Holiday.mp4', 'paused');
    await see(me, '16-paused');
    await me.pressInFile('Holiday.mp4', 'paused', 'Cancel Holiday.mp4');
    await me.waitForFile('Holiday.mp4', 'cancelled');
    await see(me, '17-done');
  };

  /** Several things to answer, a folder among them; and what a reload leaves of one's own. */
  const folders = async () => {
    const [ben, cleo] = others;
    await ben.sendFolder(holiday);
    await cleo.sendFile(recipe);
    await me.waitForFile('Holiday 2026', 'offered');
    await me.waitForFile('Grandmother’s recipes, scanned and put in order – second edition (final).pdf', 'offered');
    await see(me, '17a-several');
    await me.pressInFile('Holiday 2026', 'offered', 'More for Holiday 2026');
    await see(me, '17ab-answers');
    await me.press('.menu .item', 'Choose Files…');
    await me.waitForChoice();
    await me.toggleChoice('first.txt');
    await see(me, '17aa-choice');
    await me.press('.choose .button', 'Cancel');
    await me.press('.all-buttons .button', 'Accept All');
    await me.waitForFile('Holiday 2026', 'done');
    await see(me, '17b-folder');
    await me.sendFile(photo);
    await ben.waitForFile('Sunset over the harbour.jpg', 'offered');
    await me.page.reload();
    await me.waitForFile('Sunset over the harbour.jpg', 'offered');
    await me.waitForMembers(2);
    await me.show('files');
    await see(me, '17c-reloaded');
    await me.pressInFile('Sunset over the harbour.jpg', 'offered', 'Withdraw Sunset over the harbour.jpg');
  };

  const away = async () => {
    await others[0].page.goto('about:blank');
    await others[1].leave();
    await me.waitForState('Ben is away');
    await see(me, '22-away');
  };

  const full = async () => {
    const cli = await CliMember.run(['create', '--open', '--capacity', '2', '--server', server.origin]);
    const link = await cli.link();
    await others[1].join(link, 'Cleo');
    await me.open(link);
    await me.press('#outside-submit');
    await me.waitForWords('Room is full');
    await see(me, '23-full');
    await cli.leave();
  };

  const room = async () => {
    await me.show('room');
    await me.waitForCode();
    await see(me, '18-room');
    await me.press('.invite .qr');
    await see(me, '18a-code');
    await me.press('.qr-large .button');
    await me.page.evaluate(() => document.querySelector('.member summary').click());
    await see(me, '19-member');
    await me.checkConnection();
    await see(me, '19a-check-up');
    await me.press('.doctor .button', 'Close');
    await me.show('chat');
  };

  const troubles = async () => {
    await server.kill();
    await me.page.waitFor(() => !document.querySelector('#strip').hidden);
    await see(me, '20-no-server');
    await server.restart();
    for (const member of [me, ...others]) await member.page.waitFor(() => document.querySelector('#strip').hidden);
  };

  const leave = async () => {
    await me.leave();
    await see(me, '24-left');
  };

  await outside();
  await connecting();
  const link = await alone();
  await talk(link);
  await files();
  await folders();
  await room();
  await troubles();
  await away();
  await leave();
  await full();
  for (const member of [me, ...others]) await member.page.close();
}
