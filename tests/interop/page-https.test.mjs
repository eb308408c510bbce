// The page on https, in Chromium: it can be installed, opens without its server, and keeps nothing of a room.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launchChromium } from './browser.mjs';
import { HttpsDoor } from './https-door.mjs';
import { PageMember } from './page-member.mjs';
import { BUILD, Server } from './server.mjs';

let folder;
let webRoot;
let server;
let door;
let browser;
let members = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-https-'));
  webRoot = join(folder, 'web');
  await cp(join(BUILD, 'src/web'), webRoot, { recursive: true });
  server = await Server.start({ webRoot });
  door = await HttpsDoor.open(server);
  browser = await launchChromium({ args: door.chromiumArgs });
});

after(async () => {
  await browser?.close();
  await door?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const member of members) await member.page.close();
  members = [];
});

async function newMember() {
  const member = new PageMember(await browser.newPage());
  members.push(member);
  return member;
}

/** In a room, with the page's files on its device. */
async function inRoom() {
  const ana = await newMember();
  const link = await ana.create(door.origin, 'Ana');
  await ana.page.waitFor(async () => (await navigator.serviceWorker.ready).active.state === 'activated');
  return { ana, link };
}

/** Runs in the page: address → text of all that is kept. */
const readCaches = async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept[request.url] = await (await cache.match(request)).text();
  }
  return kept;
};

test('nothing keeps it from being installed', async () => {
  const ana = await newMember();
  await ana.open(door.origin);
  const manifest = await ana.page.ask('Page.getAppManifest');
  assert.deepEqual(manifest.errors, []);
  assert.match(manifest.data, /"standalone"/);
  // Tests have windows of their own, which are private ones: there is no other reason.
  const { installabilityErrors } = await ana.page.ask('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.map(({ errorId }) => errorId), ['in-incognito']);
  assert.deepEqual(ana.page.complaints.lines, []);
});

test('a phone of Apple’s finds an icon that has no clear corners', async () => {
  const ana = await newMember();
  await ana.open(door.origin);
  const icon = await ana.page.evaluate(async () => {
    const link = document.querySelector('link[rel=apple-touch-icon]');
    const answer = await fetch(link.href);
    const picture = await createImageBitmap(await answer.blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
    canvas.drawImage(picture, 0, 0);
    const alphaAt = (x, y) => canvas.getImageData(x, y, 1, 1).data[3];
    return { type: answer.headers.get('Content-Type'), size: [picture.width, picture.height], corners: [alphaAt(0, 0), alphaAt(179, 179)] };
  });
  assert.deepEqual(icon, { type: 'image/png', size: [180, 180], corners: [255, 255] });
});

test('who only looks keeps nothing; who was in a room keeps the files of the page, and nothing of the room', async () => {
  const ben = await newMember();
  await ben.open(door.origin);
  assert.deepEqual(await ben.page.evaluate(readCaches), {});
  assert.equal((await ben.page.evaluate(() => navigator.serviceWorker.getRegistrations())).length, 0);

  const { ana, link } = await inRoom();
  await ana.say('a word of the room');
  await ana.page.reload();
  await ana.waitUntilInside();
  const kept = await ana.page.evaluate(readCaches);
  const names = (await readdir(webRoot, { recursive: true })).filter((name) => /\.(js|json|css|svg|png|webmanifest)$/.test(name) && name !== 'offline-worker.js');
  assert.deepEqual(Object.keys(kept).sort(), ['', ...names].map((name) => `${door.origin}/${name}`).sort());
  const { searchParams, hash } = new URL(link);
  for (const [address, text] of Object.entries(kept))
    for (const word of [searchParams.get('code'), hash.slice(1), 'a word of the room']) assert.ok(!`${address} ${text}`.includes(word), `${word} in ${address}`);
  assert.deepEqual(ana.page.complaints.lines, []);
});

test('a page that is loaded again while the server is away waits for it, and is the same member then', async () => {
  const { ana, link } = await inRoom();
  const ben = await newMember();
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  await server.kill();
  await ana.page.reload();
  await ana.waitForWords('Server unreachable');
  await server.restart();
  await ana.waitUntilInside();
  await ben.waitForMembers(1);
  await ana.say('back again');
  await ben.waitForChat('back again');
});

test('a page that is loaded again in a room without a network says so, and is the same member when there is one', async () => {
  const { ana, link } = await inRoom();
  const ben = await newMember();
  await ben.join(link, 'Ben');
  await ana.waitForMembers(1);
  await ana.page.setOffline(true);
  await ana.page.reload();
  await ana.page.waitFor(() => document.querySelector('#offline').checkVisibility());
  await ana.page.setOffline(false);
  await ana.waitUntilInside();
  for (const member of [ana, ben]) await member.waitForMembers(1);
  await ana.say('back again');
  await ben.waitForChat('back again', 'Ana');
  assert.deepEqual(await ben.memberNames(), ['Ana']);
});

test('without a network the page opens, and says so', async () => {
  const { ana } = await inRoom();
  await ana.leave();
  await ana.page.setOffline(true);
  await ana.page.goto(door.origin);
  await ana.page.waitFor(() => document.querySelector('#offline').checkVisibility());
  assert.match(await ana.page.evaluate(() => document.querySelector('#offline').textContent), /This device is offline/);
  await ana.page.setOffline(false);
  await ana.page.waitFor(() => !document.querySelector('#offline').checkVisibility());
});

/** One file of the page is another one from now on, and so is the version. */
async function change(name, text) {
  await appendFile(join(webRoot, name), text);
  const worker = join(webRoot, 'offline-worker.js');
  await writeFile(worker, (await readFile(worker, 'utf8')).replace(/("version": ")[0-9a-f]+"/, '$1another"'));
  for (const path of [join(webRoot, name), worker]) await writeFile(`${path}.gz`, gzipSync(await readFile(path)));
}

test('another version of the page takes the place of what is kept, as a whole', async () => {
  const { ana } = await inRoom();
  await change('style.css', '/* a later version */');
  await ana.page.reload();
  await ana.waitUntilInside();
  await ana.page.waitFor(async () => (await caches.keys()).join() === 'snug-page-another');
  const kept = await ana.page.evaluate(readCaches);
  assert.match(kept[`${door.origin}/style.css`], /a later version/);
});

test('on plain http nothing is kept', async () => {
  const ana = await newMember();
  await ana.create(server.origin, 'Ana');
  assert.equal((await ana.page.evaluate(() => navigator.serviceWorker.getRegistrations())).length, 0);
  assert.deepEqual(await ana.page.evaluate(readCaches), {});
});
