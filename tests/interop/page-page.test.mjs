// The page against itself: what people do in a room, in real browsers, through snug-server.
//
// SNUG_TEST_BROWSERS names two, Chromium if it says nothing: "chromium firefox".
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { DESKTOP, launchChromium, launchFirefox } from './browser.mjs';
import { HostilePage } from './hostile-page.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';

const LAUNCH = { chromium: launchChromium, firefox: launchFirefox };
const [first = 'chromium', second = first] = (process.env.SNUG_TEST_BROWSERS ?? '').split(' ').filter(Boolean);
const LISTEN = process.env.SNUG_TEST_LISTEN ?? '127.0.0.1:0';
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

let server;
let browsers;
let folder;
let pages = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-page-'));
  server = await Server.start({ listen: LISTEN });
  const one = await LAUNCH[first]();
  browsers = [one, second === first ? one : await LAUNCH[second]()];
});

after(async () => {
  for (const browser of new Set(browsers)) await browser.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Nothing may have been refused by the content policy, or thrown. */
afterEach(async () => {
  // Said of any page on plain http that is not loopback, and of any server that is away.
  const isKnown = (line) => /Opener-Policy header has been ignored|connection to .*ws:\/\/|WebSocket|ERR_CONNECTION_REFUSED/.test(line);
  const complaints = pages.flatMap((page) => page.complaints.lines).filter((line) => !isKnown(line));
  await Promise.all(pages.map((page) => page.close()));
  pages = [];
  assert.deepEqual(complaints, []);
});

async function newPage(index = 0) {
  const page = await browsers[index % 2].newPage();
  pages.push(page);
  return page;
}

const newMember = async (index) => new PageMember(await newPage(index));

/** A room with people of these names, all connected to all; the first made it. */
async function meet(names, options) {
  const members = [];
  const host = await newMember(0);
  const link = await host.create(server.origin, names[0], options);
  members.push(host);
  for (const [i, name] of names.slice(1).entries()) {
    const member = await newMember(i + 1);
    await member.join(link, name);
    members.push(member);
  }
  for (const member of members) await member.waitForMembers(names.length - 1);
  return { link, members };
}

const roomOf = (...names) => meet(names);

/** For whoever knows no secret. */
const openRoomOf = (...names) => meet(names, { isOpen: true });

async function makeFile(name, size) {
  const bytes = randomBytes(size);
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, bytes };
}

async function arrives(from, to, name, size) {
  const { path, bytes } = await makeFile(name, size);
  await from.sendFile(path);
  await to.acceptFile(name);
  assert.equal(sha256(await to.saveReceived(name)), sha256(bytes));
  await from.waitForFile(name, 'done');
}

const refuses = (member) => member.page.evaluate(() => document.querySelector('#outside').innerText);

test('two people talk, and see that the other has it', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  await ana.say('Hello, Ben');
  await ben.waitForChat('Hello, Ben', 'Ana');
  await ana.waitUntilDelivered('Hello, Ben');
  await ben.say('Grüße, 😀\nzweite Zeile');
  await ana.waitForChat('Grüße, 😀\nzweite Zeile', 'Ben');
  await ben.waitUntilDelivered('Grüße, 😀\nzweite Zeile');
  assert.deepEqual(await ana.memberNames(), ['Ben']);
});

/** Until a message with just this text stands where it can be seen. */
const waitToSee = (member, text) => member.page.waitFor((wanted) => {
  const { top, bottom } = document.querySelector('#chat-scroll').getBoundingClientRect();
  const bubble = [...document.querySelectorAll('.bubble')].find((b) => b.textContent === wanted)?.getBoundingClientRect();
  return bubble !== undefined && bubble.top >= top && bubble.bottom <= bottom;
}, text);

test('the newest message is in view, unless one reads an older one', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  const tall = 'a long story\n'.repeat(60).trim();
  await ana.say(tall);
  await ben.waitForChat(tall);
  await ana.say('the end of it');
  await waitToSee(ben, 'the end of it');

  await ben.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 0));
  await ben.page.waitFor(() => !document.querySelector('#go-end').hidden);
  await ana.say('something else');
  await ben.waitForChat('something else');
  assert.equal(await ben.page.evaluate(() => document.querySelector('#chat-scroll').scrollTop), 0);
  await ben.press('#go-end');
  await waitToSee(ben, 'something else');
});

/** Another size, as of a keyboard that comes up. @returns {Promise<number>} where the chat is scrolled to when it is laid out */
async function resizeChat(member, size) {
  await member.page.evaluate(() => {
    const scroll = document.querySelector('#chat-scroll');
    // The page's own observer is older: it has seen the change when this one is told. The first word is of the size now.
    globalThis.resized = new Promise((resolve) => {
      let n = 0;
      globalThis.sizes = new ResizeObserver(() => n++ > 0 && resolve(scroll.scrollTop));
      globalThis.sizes.observe(scroll);
    });
    return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  });
  await member.page.resize(size);
  return member.page.evaluate(() => globalThis.resized.finally(() => globalThis.sizes.disconnect()));
}

test('a keyboard that comes up hides no newest message, and moves nothing for who reads an older one', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  const { viewport } = DESKTOP;
  const low = { ...viewport, height: 400 };
  await ana.say('a long story\n'.repeat(60).trim());
  await ana.say('the end of it');
  await ben.waitForChat('the end of it');
  await waitToSee(ben, 'the end of it');
  for (const size of [low, viewport]) {
    await resizeChat(ben, size);
    await waitToSee(ben, 'the end of it');
  }
  await ben.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 150));
  await ben.page.waitFor(() => !document.querySelector('#go-end').hidden);
  for (const size of [low, viewport]) assert.equal(await resizeChat(ben, size), 150);
});

test('before the first word the chat stays where one scrolled to, and who comes is seen by whoever saw its end', async () => {
  const ana = await newMember(0);
  const { viewport } = DESKTOP;
  const [low, lower] = [220, 200].map((height) => ({ ...viewport, height }));
  const link = await ana.create(server.origin, 'Ana');
  await resizeChat(ana, low);
  await ana.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 20));
  assert.equal(await resizeChat(ana, lower), 20);

  // Greeted in a pane that has not the room for it.
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  const goBy = (name) => ben.page.evaluate((n) => {
    document.querySelector('.name-form input').value = n;
    document.querySelector('.name-form button').click();
  }, name);
  const whereIsLast = (words) => {
    const line = [...document.querySelectorAll('#messages > *')].at(-1);
    const { scrollTop, scrollHeight, clientHeight } = document.querySelector('#chat-scroll');
    return line.textContent.includes(words) && { scrollTop, toGo: Math.floor(scrollHeight - clientHeight - scrollTop) };
  };
  await ana.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 10));
  await goBy('Bert');
  await ana.page.waitFor(whereIsLast, 'Ben is now Bert');
  assert.equal((await ana.page.evaluate(whereIsLast, 'Ben is now Bert')).scrollTop, 10);
  await ana.page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 1e6));
  await goBy('Bertram');
  await ana.page.waitFor(whereIsLast, 'Bert is now Bertram');
  assert.equal((await ana.page.evaluate(whereIsLast, 'Bert is now Bertram')).toGo, 0);
});

/** In the page: says so much, one after the other, out of sight: it would be laid out for each. @param {number} n */
const sayMany = (n) => {
  const panes = document.querySelector('#panes');
  panes.hidden = true;
  for (let i = 0; i < n; i++) {
    document.querySelector('#text').value = `own ${i}`;
    document.querySelector('#composer').requestSubmit();
  }
  panes.hidden = false;
};

test('the newest message is in view in a long chat, where the oldest goes for each that comes', async () => {
  const { link, members: [ana] } = await openRoomOf('Ana');
  const mallory = new HostilePage(await newPage(1));
  await mallory.join(link);
  // 300 are drawn, and of one member not so many are taken at once.
  const theirs = Array.from({ length: 180 }, (_, i) => ({ type: 'chat', id: `c${i}`, text: `theirs ${i}` }));
  await mallory.say(...theirs);
  await ana.waitForChat('theirs 179');
  await ana.page.evaluate(sayMany, 120);
  for (let i = 0; i < 8; i++) {
    await mallory.say({ type: 'chat', id: `n${i}`, text: `newest ${i}` });
    await waitToSee(ana, `newest ${i}`);
  }
});

test('files of 0 B to 5 MB arrive whole, both ways, and keep a name in any script', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  for (const [name, size] of [['nothing.bin', 0], ['one.bin', 1], ['262144.bin', 262144], ['1 MiB.bin', 1048576], ['five.bin', 5_000_000], ['Grüße 😀 файл 写真.dat', 1000]]) {
    await arrives(ana, ben, `to ${name}`, size);
    await arrives(ben, ana, `fro ${name}`, size);
  }
});

test('three people: what one says reaches both, and a file offered to everyone arrives at both', async () => {
  const { members: [ana, ben, cleo] } = await roomOf('Ana', 'Ben', 'Cleo');
  await cleo.say('to both of you');
  await ana.waitForChat('to both of you', 'Cleo');
  await ben.waitForChat('to both of you', 'Cleo');
  await cleo.waitUntilDelivered('to both of you');

  const { path, bytes } = await makeFile('for all.bin', 2_500_000);
  await ana.sendFile(path);
  for (const member of [ben, cleo]) await member.acceptFile('for all.bin');
  for (const member of [ben, cleo]) assert.equal(sha256(await member.saveReceived('for all.bin')), sha256(bytes));
});

test('what is said and offered to nobody waits for who comes first', async () => {
  const ana = await newMember(0);
  const link = await ana.create(server.origin, 'Ana');
  await ana.say('is anybody there?');
  const { path, bytes } = await makeFile('for the first.bin', 5000);
  await ana.sendFile(path);
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ben.waitForChat('is anybody there?', 'Ana');
  await ana.waitUntilDelivered('is anybody there?');
  await ben.acceptFile('for the first.bin');
  assert.equal(sha256(await ben.saveReceived('for the first.bin')), sha256(bytes));
});

test('declined, withdrawn and cancelled are said at both ends', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  for (const name of ['no.bin', 'back.bin', 'stop.bin']) await ana.sendFile((await makeFile(name, 40_000_000)).path);
  await ben.declineFile('no.bin');
  await ana.waitForFile('no.bin', 'declined');

  await ben.waitForFile('back.bin', 'offered');
  await ana.pressInFile('back.bin', 'offered', 'Withdraw back.bin');
  await ben.waitForFile('back.bin', 'cancelled');

  await ben.acceptFile('stop.bin');
  await ben.pressInFile('stop.bin', 'running', 'Cancel stop.bin');
  await ana.waitForFile('stop.bin', 'cancelled');
  await ben.waitForFile('stop.bin', 'cancelled');
});

test('a file’s card in the chat says once who sends it, and its answers name it', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  await ana.sendFile((await makeFile('plan.pdf', 1000)).path);
  await ben.page.waitFor(() => document.querySelector('.card [data-state=offered]') !== null);
  const { words, answers } = await ben.page.evaluate(() => {
    const message = document.querySelector('.message:has(.card)');
    const labels = [...message.querySelectorAll('.row-buttons .button')].map((e) => e.ariaLabel);
    return { words: message.innerText, answers: labels.slice(0, 2) };
  });
  assert.equal(words.split('Ana').length, 2, words);
  assert.deepEqual(answers, ['Decline plan.pdf', 'Accept plan.pdf']);
});

test('the focus goes on with a file into another section, and to the next one when a row is taken away', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  for (const name of ['one.bin', 'two.bin']) {
    await ana.sendFile((await makeFile(name, 1000)).path);
    await ben.waitForFile(name, 'offered');
  }
  await ben.show('files');
  const rowOf = (name, state) => `#files-scroll .transfer[data-state=${state}]:has([title="${name}"])`;
  await ben.tabTo(`${rowOf('two.bin', 'offered')} .button:first-child`);
  await ben.page.type('Enter');
  await ben.waitForFocus(rowOf('two.bin', 'declined'));
  await ben.page.type('Tab', 'Enter');
  await ben.waitForFocus(rowOf('one.bin', 'offered'));
  await ben.page.type('Tab', 'Tab', 'Enter');
  await ben.waitForFocus(rowOf('one.bin', 'done'));
});

test('paused by the receiver and by the sender, and whole in the end', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  const { path, bytes } = await makeFile('long.bin', 40_000_000);
  await ana.sendFile(path);
  await ben.acceptFile('long.bin');
  for (const [one, other] of [[ben, ana], [ana, ben]]) {
    await one.pressInFile('long.bin', 'running', 'Pause long.bin');
    await other.waitForFile('long.bin', 'paused');
    await one.pressInFile('long.bin', 'paused', 'Resume long.bin');
    await other.waitForFile('long.bin', 'running');
  }
  assert.equal(sha256(await ben.saveReceived('long.bin')), sha256(bytes));
});

test('loading the page joins nothing', async () => {
  const ana = await newMember(0);
  const link = await ana.create(server.origin, 'Ana');
  const preview = await newMember(1);
  await preview.open(link);
  await preview.waitForWords('Join room');
  // Whoever joins after it is the first that Ana meets.
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  assert.deepEqual(await ana.memberNames(), ['Ben']);
});

test('rooms are private by default: the link has a secret, which leaves the address bar and never reaches the server', async () => {
  const ana = await newMember(0);
  const link = await ana.create(server.origin, 'Ana');
  const [address, secret] = link.split('#');
  assert.match(secret, /^[a-z]+-[a-z]+-[a-z]+$/);
  const ben = await newMember(1);
  await ben.open(link);
  assert.equal(ben.page.url(), address);
  assert.equal(await ana.page.evaluate(() => document.querySelector('.invite .big-code').textContent), `${address.slice(-6)}-${secret}`);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  await ben.say('sealed');
  await ana.waitForChat('sealed', 'Ben');
  assert.doesNotMatch(ben.page.url(), /#/);
});

/** In the page: a server that says of every room that it is open, and all that is sent to it. */
function callEveryRoomOpen() {
  globalThis.sentToServer = [];
  globalThis.WebSocket = class extends WebSocket {
    send(text) {
      globalThis.sentToServer.push(text);
      super.send(text);
    }

    set onmessage(listener) {
      super.onmessage = ({ data }) => listener({ data: data.replace('"private":true', '"private":false') });
    }
  };
}

test('a server that calls a private room open hears nothing that is not sealed', async () => {
  const ana = await newMember(0);
  const link = await ana.create(server.origin, 'Ana');
  const ben = await newMember(1);
  await ben.open(link);
  await ben.page.evaluate(callEveryRoomOpen);
  await ben.enter('Ben');
  await ana.waitForMembers(1);
  const sent = await ben.page.evaluate(() => globalThis.sentToServer);
  const types = new Set(sent.map((text) => JSON.parse(text).type));
  assert.deepEqual([...types].filter((type) => !['enter', 'pake', 'sealed'].includes(type)), []);
  assert.ok(types.has('sealed'));
  assert.doesNotMatch(sent.join('\n'), /candidate:|fingerprint|Ben/);
});

test('a private room asks for its secret, and says when it is wrong', async () => {
  const ana = await newMember(0);
  const [address, secret] = (await ana.create(server.origin, 'Ana')).split('#');
  const ben = await newMember(1);
  await ben.open(address);
  await ben.press('#outside-submit');
  await ben.waitForWords('Private room');
  await ben.enterSecret('otter otter otter');
  await ben.waitForWords('That is not the secret of this room. 4 tries are left.');
  await ben.enterSecret(secret.toUpperCase().replaceAll('-', ' '));
  await ben.waitUntilInside();
  await ana.waitForMembers(1);
});

test('a link whose secret is not readable asks for it, as without one it would be another kind of room', async () => {
  const ana = await newMember(0);
  await ana.open(`${server.origin}/?code=BOOK23#100%`);
  await ana.waitForWords('The secret at the end of this link is not readable.');
  await ana.waitForWords('Private room');
  assert.equal(ana.page.url(), `${server.origin}/?code=BOOK23`);
});

test('a link that has another secret than the room leads to the question for the right one', async () => {
  const ana = await newMember(0);
  const [address, secret] = (await ana.create(server.origin, 'Ana')).split('#');
  const ben = await newMember(1);
  await ben.open(`${address}#otter-otter-otter`);
  await ben.press('#outside-submit');
  await ben.waitForWords('Wrong secret');
  await ben.waitForWords('4 tries are left.');
  // What was wrong is not kept: loaded again, the page does not use up a try with it.
  await ben.page.reload();
  await ben.press('#outside-submit');
  await ben.waitForWords('Private room');
  await ben.enterSecret(secret);
  await ben.waitUntilInside();
  await ana.waitForMembers(1);
});

test('who comes after five wrong secrets is told whom they wait for, and comes in when that one says so', async () => {
  const ana = await newMember(0);
  const [address, secret] = (await ana.create(server.origin, 'Ana')).split('#');
  const ben = await newMember(1);
  await ben.open(address);
  await ben.press('#outside-submit');
  await ben.waitForWords('Private room');
  for (const left of ['4 tries are', '3 tries are', '2 tries are', '1 try is', 'No tries are']) {
    await ben.enterSecret('otter otter otter');
    await ben.waitForWords(`${left} left`);
  }
  await ben.enterSecret(secret);
  await ben.waitForWords('The host has to allow another try.');
  await ana.press('#strip-button', 'Let Them Try');
  await ben.waitUntilInside();
  await ana.waitForMembers(1);
});

test('a reload comes back into a private room', async () => {
  const ana = await newMember(0);
  const link = await ana.create(server.origin, 'Ana');
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  for (const member of [ben, ana]) {
    await member.page.reload();
    await member.waitUntilInside();
    await ana.waitForMembers(1);
    await ben.waitForMembers(1);
    await member.say(`back again ${member === ana}`);
    await (member === ana ? ben : ana).waitForChat(`back again ${member === ana}`);
  }
});

test('an open room has no secret, is marked so, and takes nobody while it is locked', async () => {
  const ana = await newMember(0);
  const link = await ana.create(server.origin, 'Ana', { isOpen: true });
  assert.match(link, /code=[A-Z0-9]{6}$/);
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  assert.match(await ben.page.evaluate(() => document.querySelector('#room-scroll .footer').textContent), /This room is open/);

  await ana.lock(true);
  const cleo = await newMember(0);
  await cleo.open(link);
  await cleo.press('#outside-submit');
  await cleo.waitForWords('Room is locked');
});

test('a word is found in the chat, the newest first', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  await ben.say('the recipe');
  await ben.say('a long story\n'.repeat(100));
  await ana.waitForChat('the recipe');
  await ana.say('a Recipe again');
  await ben.waitForChat('a Recipe again');
  const isSaid = (words) => ana.page.waitFor((w) => document.querySelector('#search .dim').textContent === w, words);
  await ana.press('#bar .button', 'Find in the chat');
  await ana.page.type(...'recipe');
  await isSaid('1 of 2');
  await waitToSee(ana, 'a Recipe again');
  await ana.page.type('Enter');
  await isSaid('2 of 2');
  await waitToSee(ana, 'the recipe');
  await ana.page.type('z');
  await isSaid('Not found');
  await ana.page.type('Escape');
  assert.equal(await ana.page.evaluate(() => document.querySelector('#search').hidden), true);
});

/** In the page: notes what is said to those who do not see it, in order. */
const listen = () => {
  globalThis.heard = [];
  const last = new Map();
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const region = (target.closest ? target : target.parentElement)?.closest('[role=status], [role=log], [role=alert]');
      const words = region?.closest('[hidden]') === null && region.ariaLive !== 'off' ? region.textContent.trim() : '';
      if (words && last.get(region) !== words) globalThis.heard.push(words);
      if (region) last.set(region, words);
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['hidden'] });
};

test('by the keyboard alone a room is made, a word said, a file taken and saved, and the room left: the focus is never lost', async () => {
  const ana = await newMember(0);
  const { page } = ana;
  await ana.open(server.origin);
  await page.evaluate(listen);
  const go = async (selector, ...keys) => {
    await ana.tabTo(selector);
    await page.type(...keys);
  };
  await go('#name', ...'Ana');
  await go('#outside-buttons .button', 'Enter');
  await ana.waitUntilInside();
  await ana.waitForFocus('#bar-title');
  const link = await page.evaluate(() => document.querySelector('.invite .link').textContent);

  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  await go('#text', ...'Hello', 'Enter');
  await ben.waitForChat('Hello', 'Ana');
  await ana.waitForFocus('#text');
  await ben.say('Here it comes');
  await ana.waitForChat('Here it comes', 'Ben');

  const { path, bytes } = await makeFile('by keys.bin', 300_000);
  await ben.sendFile(path);
  await ana.waitForFile('by keys.bin', 'offered');
  await go('#files-scroll .transfer[data-state=offered] .suggested', 'Enter');
  await ana.waitForFile('by keys.bin', 'done');
  await ana.waitForFocus('#files-scroll .transfer');
  await ana.tabTo('#files-scroll a[download]');
  assert.equal(sha256((await page.download(() => page.type('Enter'))).bytes), sha256(bytes));

  await go('#room-scroll > .leave', 'Enter');
  await ana.waitForWords('You left');
  await ana.waitForFocus('#outside-title');
  await page.type('Tab');
  await ana.waitForFocus('#outside-buttons .button');

  const heard = (await page.evaluate(() => globalThis.heard)).map((words) => words.replace(/\s+/g, ' '));
  const order = ['Waiting for people', '2 people', 'Hello', 'Here it comes'].map((words) => heard.findIndex((h) => h.includes(words)));
  assert.ok(order.every((at, i) => at >= 0 && at > (order[i - 1] ?? -1)), `${order}: ${heard.join(' | ')}`);
});

test('what goes away while it has the focus of the keyboard hands it on', async () => {
  const ana = await newMember(0);
  const { page } = ana;
  const link = await ana.create(server.origin, 'Ana');
  const go = async (selector, ...keys) => {
    await ana.tabTo(selector);
    await page.type(...keys);
  };
  await ana.tabTo('.notice .suggested');
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  await ana.waitForFocus('#chat-title');

  await go('#bar .button', 'Enter');
  await ana.waitForFocus('#search input');
  await page.type('Escape');
  await ana.waitForFocus('#bar .button');

  const tall = 'a long story\n'.repeat(60).trim();
  await ben.say(tall);
  await ana.waitForChat(tall);
  await ana.choose(tall, 'Reply');
  await go('#about-cancel', 'Enter');
  await ana.waitForFocus('#text');

  await page.evaluate(() => document.querySelector('#chat-scroll').scrollTo(0, 0));
  await page.waitFor(() => !document.querySelector('#go-end').hidden);
  await go('#go-end', 'Enter');
  await ana.waitForFocus('#text');

  await go('.member summary', 'Enter');
  await go('.member .safety .button', 'Enter');
  await ana.waitForFocus('.member .safety h4');
  await go('.name-form input', 'Enter');
  await ana.waitForFocus('.name-form button');

  await ana.tabTo('.member summary');
  await ben.leave();
  await ana.waitForFocus('#room-scroll .section-title');

  await server.kill();
  await page.waitFor(() => !document.querySelector('#strip').hidden);
  await ana.tabTo('#strip-button');
  await server.restart();
  await ana.waitForFocus('#bar-title');

  // The room ends by what is not in the strip.
  await server.kill();
  await page.waitFor(() => !document.querySelector('#strip').hidden);
  await ana.tabTo('#strip-button');
  await page.evaluate(() => document.querySelector('#room-scroll > .leave').click());
  await ana.waitForFocus('#outside-title');
  await server.restart();
});

/** What a camera reads on the screen. */
async function scan(member) {
  const path = join(folder, 'screen.png');
  await member.page.screenshot(path);
  return execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

test('where only this computer finds the server the page shows no code, and says so', async (t) => {
  const own = LISTEN.startsWith('127.') ? server : await Server.start();
  if (own !== server) t.after(() => own.stop());
  const ana = await newMember(0);
  const link = await ana.create(own.origin, 'Ana');
  await ana.show('room');
  await ana.page.waitFor(() => document.querySelector('.invite .only-here').checkVisibility());
  const { seen, text } = await ana.page.evaluate(() => ({ seen: document.querySelector('.invite .qr').checkVisibility(), text: document.querySelector('.invite .link').textContent }));
  assert.deepEqual([seen, text], [false, link]);
});

test('another phone reads a link from the screen that is good there, also when it is shown large', async (t) => {
  const everywhere = await Server.start({ listen: '0.0.0.0:0' });
  t.after(() => everywhere.stop());
  const ana = await newMember(0);
  await ana.create(everywhere.origin, 'Ana');
  await ana.show('room');
  await ana.waitForCode();
  const link = await scan(ana);
  assert.equal(link, await ana.page.evaluate(() => document.querySelector('.invite .link').textContent));
  assert.doesNotMatch(new URL(link).hostname, /^127|localhost/);
  assert.equal(await ana.page.evaluate(() => document.querySelector('.invite .only-here').checkVisibility()), false);
  const sideOf = (selector) => ana.page.evaluate((s) => document.querySelector(s).getBoundingClientRect().width, selector);
  const small = await sideOf('.invite .qr svg');
  await ana.press('.invite .qr');
  assert.ok((await sideOf('.qr-large svg')) > 1.3 * small);
  assert.equal(await scan(ana), link);
  await ana.press('.qr-large .button', 'Close');
  await ana.page.waitFor(() => !document.querySelector('.qr-large'));
  const ben = await newMember(1);
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
});

test('the host locks the room and lets one in, removes another for good, and those who stay pair anew', async () => {
  const { link, members: [ana, ben] } = await roomOf('Ana', 'Ben');
  assert.equal(await ben.page.evaluate(() => document.querySelector('#lock').checkVisibility()), false);
  await ana.lock(true);
  const cleo = await newMember(0);
  await cleo.open(link);
  await cleo.press('#outside-submit');
  await cleo.waitForWords('Waiting to be let in');
  await ana.page.waitFor(() => document.querySelector('#strip').checkVisibility());
  await ana.press('#strip-button', 'Let In');
  for (const member of [ana, ben, cleo]) await member.waitForMembers(2);

  await ana.remove('Ben');
  await ben.waitForWords('You were removed');
  for (const member of [ana, cleo]) await member.waitForMembers(1);
  await ana.page.waitFor(() => document.querySelector('#lock').checked);
  // Whoever was loaded again has to show that they know the new key; the old one opens nothing.
  await cleo.page.reload();
  await cleo.waitForMembers(1);
  await ana.waitForMembers(1);
  await cleo.say('still here');
  await ana.waitForChat('still here');

  await ana.lock(false);
  const dan = await newMember(1);
  await dan.join(link, 'Dan');
  await dan.waitForMembers(2);
});

test('the page weighs less than 150 kB, and comes from nowhere else', async (t) => {
  const ana = await newMember(0);
  await ana.open(server.origin);
  const parts = await ana.page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
      ({ name, transferSize }) => ({ name, transferSize }),
    ),
  );
  const total = parts.reduce((sum, { transferSize }) => sum + transferSize, 0);
  t.diagnostic(`${total} bytes`);
  assert.ok(total > 20_000 && total < 150_000, `${total} bytes`);
  assert.deepEqual(parts.filter(({ name }) => !name.startsWith(server.origin)), []);
});

test('an unknown room, and no room at all', async () => {
  const ana = await newMember(0);
  await ana.open(`${server.origin}/?code=AAAA22`);
  await ana.press('#outside-submit');
  await ana.waitForWords('No room AAAA22');
  await ana.open(`${server.origin}/?code=<script>`);
  await ana.waitForWords('A room for a few people');
});

test('a full room shows nothing of itself', async () => {
  const { link } = await meet(['Ana', 'Ben'], { capacity: 2 });
  const late = await newMember(1);
  await late.open(link);
  await late.press('#outside-submit');
  await late.waitForWords('Room is full');
  assert.doesNotMatch(await refuses(late), /Ana/);
});

test('somebody leaves, and may come again', async () => {
  const { link, members: [ana, ben] } = await roomOf('Ana', 'Ben');
  await ben.leave();
  await ana.waitForMembers(0);
  await ana.waitForState('Waiting for people');
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  await ben.say('here again');
  await ana.waitForChat('here again', 'Ben');
});

test('a reload comes back as the same member, whichever side it is', async () => {
  const { members: [ana, ben] } = await roomOf('Ana', 'Ben');
  for (const [one, name, other] of [[ben, 'Ben', ana], [ana, 'Ana', ben]]) {
    await one.page.reload();
    await one.waitUntilInside();
    await one.waitForMembers(1);
    await one.say(`${name} reloaded`);
    await other.waitForChat(`${name} reloaded`, name);
    assert.deepEqual(await other.memberNames(), [one === ben ? 'Ben' : 'Ana']);
  }
});

test('the server goes and comes back: people go on talking meanwhile, and others can join after', async () => {
  const { link, members: [ana, ben] } = await roomOf('Ana', 'Ben');
  await server.kill();
  for (const member of [ana, ben]) await member.page.waitFor(() => !document.querySelector('#strip').hidden);
  await ana.say('still here?');
  await ben.waitForChat('still here?', 'Ana');
  await server.restart();
  for (const member of [ana, ben]) await member.page.waitFor(() => document.querySelector('#strip').hidden);
  const cleo = await newMember(0);
  await cleo.join(link, 'Cleo');
  for (const member of [ana, ben, cleo]) await member.waitForMembers(2);
  await ben.say('three of us');
  await cleo.waitForChat('three of us', 'Ben');
  assert.equal(await ben.countChat('still here?'), 1);
  // Nobody had left: the server that came back only did not know of both at once.
  for (const member of [ana, ben])
    assert.doesNotMatch(await member.page.evaluate(() => document.querySelector('#messages').textContent), /left/);
});

test('a name changes for everybody, and two of one name are told apart', async () => {
  const { members: [ana, ben, cleo] } = await roomOf('Ana', 'Ben', 'Cleo');
  await cleo.show('room');
  await cleo.page.evaluate(() => {
    document.querySelector('.name-form input').value = 'Ben';
    document.querySelector('.name-form button').click();
  });
  await ana.page.waitFor(() => [...document.querySelectorAll('.member .row-title')].some((e) => e.textContent === 'Ben (2)'));
  await cleo.say('which one?');
  await ana.waitForChat('which one?', 'Ben (2)');
  assert.deepEqual(await ana.memberNames(), ['Ben', 'Ben (2)']);
  await ben.waitForMembers(2);
});

test('a stranger’s names and texts stay text', async () => {
  const { link, members: [ana, ben] } = await openRoomOf('Ana', 'Ben');
  const mallory = new HostilePage(await newPage(1));
  await mallory.join(link);
  const evil = '<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>';
  await mallory.say(
    { type: 'hello', v: 2, name: evil, device: '__proto__', app: evil },
    { type: 'chat', id: 'c1', text: evil },
    { type: 'chat', id: 'c2', text: 'javascript:globalThis.pwned=1' },
    { type: 'file-offer', id: 'f1', name: `../../${evil}\u202egnp.exe`, size: 9007199254740991, mimeType: evil },
    { type: 'typing', on: true },
  );
  await ana.waitForChat(evil);
  await ana.page.waitFor(() => document.querySelector('#files-scroll .transfer') !== null);
  const seen = await ana.page.evaluate(() => ({
    pwned: globalThis.pwned,
    images: document.querySelectorAll('#panes img').length,
    links: document.querySelectorAll('#messages a').length,
    file: document.querySelector('#files-scroll .row-title').title,
  }));
  assert.deepEqual({ ...seen, file: '' }, { pwned: undefined, images: 0, links: 0, file: '' });
  assert.doesNotMatch(seen.file, /[/\\<>\u202e]|^\./);
  await ana.say('still well');
  await ben.waitForChat('still well', 'Ana');
});

test('nonsense on the session channel is dropped, and the next word is heard', async () => {
  const { link, members: [ana] } = await openRoomOf('Ana');
  const mallory = new HostilePage(await newPage(1));
  await mallory.join(link);
  await mallory.say(
    '', '[', '['.repeat(80_000), '{"type":"chat"}', 'null', '{"type":"chat","id":"x","text":5}', "{'type':'chat'}",
    `{"type":"chat","id":"big","text":"${'x'.repeat(65_537)}"}`, '{"type":"__proto__"}', '{"type":"file-get","id":"f","from":{"entry":0,"offset":0}}',
    '{"type":"file-done","id":"f","fingerprint":"x"}', '{"type":"pong","t":9007199254740991}',
    { type: 'chat', id: 'good', text: 'heard' },
  );
  await ana.waitForChat('heard');
  await mallory.waitToHear('file-cancel');
  assert.equal(await ana.page.evaluate(() => document.querySelectorAll('.message .bubble').length), 1);
});

test('a flood is capped: 200 words at once', async () => {
  const { link, members: [ana] } = await openRoomOf('Ana');
  const mallory = new HostilePage(await newPage(1));
  await mallory.join(link);
  const words = Array.from({ length: 400 }, (_, i) => ({ type: 'chat', id: `c${i}`, text: `word ${i}` }));
  await mallory.say(...words, { type: 'ping', t: 1 });
  await ana.waitForChat('word 150');
  const nHeard = () => ana.page.evaluate(() => document.querySelectorAll('.message .bubble').length);
  await ana.say('enough');
  await mallory.waitToHear('chat');
  const n = await nHeard();
  assert.ok(n >= 190 && n < 400, `${n} words of 400 were heard`);
});

test('a file channel that nobody asked for is closed, and so is one of an unknown kind', async () => {
  const { link } = await openRoomOf('Ana');
  const mallory = new HostilePage(await newPage(1));
  await mallory.join(link);
  assert.equal(await mallory.pour('nobody-asked', ['{"entry":0,"offset":0,"size":5}', 5]), true);
});

test('a file that is not what was offered fails in words, and nothing of it can be saved', async () => {
  const { link, members: [ana] } = await openRoomOf('Ana');
  const mallory = new HostilePage(await newPage(1));
  await mallory.join(link);
  const wrongs = {
    'a piece that is not what its hash says': ['{"entry":0,"offset":0,"size":5}', 5, '{"sha256":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}'],
    'more bytes than offered': ['{"entry":0,"offset":0,"size":5}', 6],
    'another size than offered': ['{"entry":0,"offset":0,"size":6}', 6],
    'another entry': ['{"entry":1,"offset":0,"size":5}', 5],
    'bytes without a header': [5],
    nonsense: ['['],
  };
  for (const [i, [what, messages]] of Object.entries(wrongs).entries()) {
    await mallory.say({ type: 'file-offer', id: `f${i}`, name: what, size: 5 });
    await ana.acceptFile(what);
    await mallory.waitToHear('file-get', `f${i}`);
    assert.equal(await mallory.pour(`f${i}`, messages), true, what);
    await ana.waitForFile(what, 'failed');
    assert.equal(await mallory.countHeard('file-cancel'), i + 1, what);
  }
  assert.equal(await ana.page.evaluate(() => document.querySelectorAll('a[download]').length), 0);
});
