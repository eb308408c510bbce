// The page in a network of its own (in-network): over plain http, as a phone gets it, and through a loss.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { DESKTOP, launchChromium, PHONE } from './browser.mjs';
import { PageMember } from './page-member.mjs';
import { BUILD, Server } from './server.mjs';

const LISTEN = '10.77.0.1:0';
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

let folder;
let browser;
/** What a case has started, to be ended after it however it went: nothing else would end, and the lane hang. */
const pages = [];
const servers = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-network-'));
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  loseUdp(false);
  for (const page of pages.splice(0)) await page.close();
  for (const server of servers.splice(0)) await server.stop();
});

async function startServer(options) {
  const server = await Server.start({ listen: LISTEN, ...options });
  servers.push(server);
  return server;
}

async function newMember(options) {
  const page = await browser.newPage(options);
  pages.push(page);
  return new PageMember(page);
}

/** Packets of WebRTC, and only those, are lost until it is called again with false. */
function loseUdp(on) {
  const nft = (...words) => execFileSync('nft', words);
  nft('add table inet loss; delete table inet loss');
  if (on) nft('add table inet loss; add chain inet loss in { type filter hook input priority 0; }; add rule inet loss in meta l4proto udp drop');
}

async function twoPeople(server, options) {
  const ana = await newMember();
  const ben = await newMember(PHONE);
  const link = await ana.create(server.origin, 'Ana', options);
  await ben.join(link, 'Ben');
  for (const member of [ana, ben]) await member.waitForMembers(1);
  return { link, ana, ben };
}

async function exchange(one, other, name, size) {
  const bytes = randomBytes(size);
  const path = join(folder, name);
  await writeFile(path, bytes);
  await one.sendFile(path);
  await other.acceptFile(name);
  assert.equal(sha256(await other.saveReceived(name)), sha256(bytes));
}

test('a page over plain http checks its files all the same', async () => {
  const server = await startServer();
  const { ana, ben } = await twoPeople(server);
  assert.equal(await ben.page.evaluate(() => isSecureContext || Boolean(crypto.subtle)), false);
  assert.equal(await ben.page.evaluate(async () => Boolean((await import('/noble/hashes/sha2.js')).sha256)), true);
  await exchange(ana, ben, 'to phone.bin', 5_000_000);
  await exchange(ben, ana, 'from phone.bin', 5_000_000);
  await ben.say('over http');
  await ana.waitForChat('over http', 'Ben');
});

/** What any page over plain http is told of, once. */
const isOfAnyPage = (line) => /Opener-Policy header has been ignored/.test(line);

test('what a page over plain http lacks is said in words where it matters, and nothing of it throws', async () => {
  const server = await startServer();
  const { ana, ben } = await twoPeople(server);
  const lacks = await ben.page.evaluate(() => ['serviceWorker', 'storage', 'wakeLock', 'clipboard'].filter((name) => !navigator[name]));
  assert.deepEqual(lacks, ['serviceWorker', 'storage', 'wakeLock', 'clipboard']);
  await ben.show('room');
  // Where the secret is typed, and in the room.
  for (const footer of ['#outside-footer', '#room-scroll .footer'])
    assert.match(await ben.page.evaluate((f) => document.querySelector(f).textContent, footer), /came over plain http/);

  const path = join(folder, 'film.bin');
  // So much that it is still on its way when somebody presses Pause; nothing of it has to arrive.
  await writeFile(path, '');
  await truncate(path, 300_000_000);
  await ana.sendFile(path);
  await ben.acceptFile('film.bin');
  await ben.pressInFile('film.bin', 'running', 'Pause film.bin');
  await ben.waitForFile('film.bin', 'paused');
  const isHintSeen = (member) => member.page.evaluate(() => document.querySelector('.hint').checkVisibility());
  // A desktop does not sleep so soon.
  assert.deepEqual([await isHintSeen(ben), await isHintSeen(ana)], [true, false]);
  await ben.pressInFile('film.bin', 'paused', 'Cancel film.bin');
  await ben.leave();
  for (const { page } of [ana, ben]) assert.deepEqual(page.complaints.lines.filter((line) => !isOfAnyPage(line)), []);
});

/**
 * Addresses come while the page of `link` is loaded, until that broke it. A browser may hear of one as late as when the next
 * page begins; that page is lost itself, which the browser says, or loses the very script which would load it again, which
 * is another case.
 * @returns who opened it, and what broke
 */
async function openUnderAChange(link) {
  for (let tries = 0; tries < 20; tries++) {
    const member = await newMember(PHONE);
    const { page } = member.page;
    const broken = [];
    let n = 0;
    const change = () => {
      n += 1;
      execFileSync('ip', ['address', 'replace', `10.78.${tries}.${n}/32`, 'dev', 'lan']);
      if (n < 20 && broken.length === 0) setTimeout(change, 5);
    };
    page.on('requestfailed', (request) => broken.push(request.failure().errorText));
    page.on('requestfinished', (request) => request.url().endsWith('/start.js') && n === 0 && change());
    const unwatched = new Promise((resolve) => {
      page.on('requestfailed', (request) => request.url().endsWith('/start.js') && resolve(true));
    });
    const opened = member.open(link).then(() => false, (error) => error);
    const result = await Promise.race([unwatched, opened]);
    if (result === false && broken.length > 0) return { member, broken };
    if (result instanceof Error && !result.message.includes('net::ERR_NETWORK_CHANGED')) throw result;
    await page.close();
  }
  throw new Error('no change came while something was on its way');
}

test('the network changes while the page is loaded: it loads again, and knows the secret', async () => {
  const server = await startServer();
  const ana = await newMember();
  const { member: ben, broken } = await openUnderAChange(await ana.create(server.origin, 'Ana'));
  assert.equal(broken[0], 'net::ERR_NETWORK_CHANGED');
  assert.equal(new URL(ben.page.url()).hash, '');
  await ben.enter('Ben');
  await ana.waitForMembers(1);
});

test('a part of the page does not come, however often: it says so, and tries again when asked', async () => {
  const server = await startServer();
  const ana = await newMember();
  const ben = await newMember(PHONE);
  const { page } = ben.page;
  await page.route('**/chat.js', (route) => route.abort());
  await page.goto(await ana.create(server.origin, 'Ana'));
  const again = page.getByRole('alert').filter({ hasText: 'Parts of this page did not arrive.' }).getByRole('button', { name: 'Try Again' });
  await again.waitFor();
  await page.unroute('**/chat.js');
  await again.press('Enter');
  await page.locator('#outside-submit').waitFor();
  await ben.enter('Ben');
  await ana.waitForMembers(1);
});

/** What may still be on its way is given some seconds, by an animation: they are over. */
const endAnimations = (page) => page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));

/** The page tries by itself first: it is loaded once, and three times again. */
async function loadInVain(page, link) {
  let nLost = 0;
  const last = new Promise((resolve) => {
    page.on('requestfailed', (request) => request.url().endsWith('/start.js') && ++nLost === 4 && resolve());
  });
  await page.goto(link, { waitUntil: 'commit' });
  await last;
  await page.waitForLoadState();
  await endAnimations(page);
}

test('the script that waits for the others is lost with one of them: the page loads again, and knows the secret', async () => {
  const server = await startServer();
  const ana = await newMember();
  const ben = await newMember(PHONE);
  const { page } = ben.page;
  const link = await ana.create(server.origin, 'Ana');
  for (const script of ['start', 'chat']) await page.route(`**/${script}.js`, (route) => route.abort(), { times: 1 });
  await page.goto(link, { waitUntil: 'commit' });
  await page.locator('#outside-submit').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  await ben.enter('Ben');
  await ana.waitForMembers(1);
});

test('not even the script comes that waits for the others, however often: there are words, and nothing that would lose the secret', async () => {
  const server = await startServer();
  const ana = await newMember();
  const ben = await newMember(PHONE);
  const { page } = ben.page;
  const link = await ana.create(server.origin, 'Ana');
  await page.route('**/*.js', (route) => route.abort());
  await loadInVain(page, link);
  await page.getByText('Parts of this page did not arrive. Open the link or scan the code once more.').waitFor();
  assert.equal(await page.locator('#not-started').locator('a, button').count(), 0);
  assert.equal(page.url(), link);
  await page.unroute('**/*.js');
  await page.reload();
  await page.locator('#outside-submit').waitFor();
  await ben.enter('Ben');
  await ana.waitForMembers(1);
});

/** A page of which no script came but the one that takes the secret of its link; the others would come now. */
async function openInVain() {
  const server = await startServer();
  const ana = await newMember();
  const ben = await newMember(PHONE);
  const { page } = ben.page;
  const link = await ana.create(server.origin, 'Ana');
  for (const script of ['start', 'main']) await page.route(`**/${script}.js`, (route) => route.abort());
  await loadInVain(page, link);
  await page.getByText('Open the link or scan the code once more.').waitFor();
  assert.equal(new URL(page.url()).hash, '');
  for (const script of ['start', 'main']) await page.unroute(`**/${script}.js`);
  return { ana, ben, page, link };
}

test('the words ask for the link once more: then it is loaded, though its secret was taken before', async () => {
  const { ana, ben, page, link } = await openInVain();
  await page.goto(link);
  await page.locator('#outside-submit').waitFor();
  await ben.enter('Ben');
  await ana.waitForMembers(1);
});

test('a link that is opened once more without a network waits for one, its secret out of sight', async () => {
  const { ana, ben, page, link } = await openInVain();
  const loadedInVain = [];
  page.on('requestfailed', (request) => request.isNavigationRequest() && loadedInVain.push(request.url()));
  await ben.page.setOffline(true);
  await page.goto(link);
  await ben.page.waitFor(() => location.hash === '');
  await ben.page.setOffline(false);
  await page.locator('#outside-submit').waitFor();
  assert.deepEqual(loadedInVain, []);
  await ben.enter('Ben');
  await ana.waitForMembers(1);
});

test('where no script runs there is one sentence that says so, and no other', async () => {
  const server = await startServer();
  const { page } = (await newMember({ ...DESKTOP, javaScriptEnabled: false })).page;
  await page.goto(server.origin);
  await endAnimations(page);
  await page.locator('noscript p').filter({ hasText: 'Snug needs JavaScript' }).waitFor();
  assert.equal(await page.getByText('Parts of this page did not arrive.').isVisible(), false);
});

/** A request that waits until it is let go. @returns when it is asked for, and what lets it go */
async function holdBack(page, pattern) {
  let letGo;
  const released = new Promise((resolve) => (letGo = resolve));
  const asked = page.waitForRequest(pattern);
  await page.route(pattern, async (route) => {
    await released;
    await route.continue();
  });
  return { asked, letGo };
}

/** No slow machine lets the time of an animation pass, until the session that is returned is detached. */
async function stopAnimations({ context, page }) {
  const session = await context.newCDPSession(page);
  await session.send('Animation.enable');
  await session.send('Animation.setPlaybackRate', { playbackRate: 0 });
  return session;
}

test('only the script is missing that waits for the others: nobody is told of it', async () => {
  const server = await startServer();
  for (const reducedMotion of ['no-preference', 'reduce']) {
    const ana = await newMember({ ...DESKTOP, reducedMotion });
    const { page } = ana.page;
    const words = page.getByText('Parts of this page did not arrive.');
    await page.route('**/start.js', (route) => route.abort());
    const { asked, letGo } = await holdBack(page, '**/main.js');
    const timeOfAnimations = await stopAnimations(ana.page);
    await page.goto(server.origin, { waitUntil: 'commit' });
    await asked;
    await words.waitFor({ state: 'attached' });
    await page.waitForFunction(() => document.styleSheets.length > 0);
    assert.equal(await words.isVisible(), false, `motion: ${reducedMotion}`);

    letGo();
    await timeOfAnimations.detach();
    await ana.create(server.origin, 'Ana');
    assert.equal(await words.count(), 0);
  }
});

test('on a phone the code for the next one is as wide as there is room, and what stands below it is seen; later, who is there', async () => {
  const server = await startServer();
  const ana = await newMember(PHONE);
  const link = await ana.create(server.origin, 'Ana');
  const { width } = PHONE.viewport;
  for (const [pane, card] of [['chat', '.notice'], ['room', '.invite']]) {
    await ana.show(pane);
    await ana.page.waitFor((c) => document.querySelector(`${c} .qr svg`)?.checkVisibility(), card);
    const { side, isSeen } = await ana.page.evaluate((c) => {
      const copy = document.querySelector(`${c} .button:not(.qr)`);
      const { x, y, width: w, height: h } = copy.getBoundingClientRect();
      const isHit = copy.contains(document.elementFromPoint(x + w / 2, y + h - 1));
      return { side: document.querySelector(`${c} .qr`).offsetWidth, isSeen: isHit };
    }, card);
    assert.ok(side > 0.7 * width && side < width && isSeen, `${pane}: ${side} of ${width}, the button is ${isSeen ? '' : 'not '}seen`);
  }
  const copy = '.invite .button:not(.qr)';
  await ana.page.page.focus(copy);
  await (await newMember()).join(link, 'Ben');
  await ana.waitForMembers(1);
  await ana.waitForFocus(copy);
  await ana.page.page.locator('.member').click({ trial: true, noWaitAfter: true });
  assert.ok(await ana.page.evaluate(() => document.querySelector('#room-scroll').scrollTop === 0));
});

for (const [width, height] of [[360, 640], [320, 568]])
  test(`on a phone of ${width} × ${height} the code is as wide as a camera needs it, and one tap from full size with its link beside it`, async () => {
    const server = await startServer();
    const ana = await newMember({ ...PHONE, viewport: { width, height } });
    const link = await ana.create(server.origin, 'Ana');
    const { page } = ana.page;
    await ana.page.waitFor(() => document.querySelector('.notice .qr svg')?.checkVisibility());
    const { side, isWhole, isCopySeen } = await ana.page.evaluate(() => {
      // The longest that can be drawn, not the one that was.
      document.querySelector('.notice .big-code').textContent = 'CAND42-bright-bright-bright';
      const pane = document.querySelector('#chat-scroll').getBoundingClientRect();
      const isWithin = (box) => box.top >= pane.top && box.bottom <= pane.bottom;
      const code = document.querySelector('.notice .qr').getBoundingClientRect();
      return { side: code.width, isWhole: isWithin(code), isCopySeen: isWithin(document.querySelector('.notice .suggested').getBoundingClientRect()) };
    });
    assert.deepEqual({ isWide: side >= 224, isWhole, isCopySeen }, { isWide: true, isWhole: true, isCopySeen: true }, `${side} wide`);

    const large = page.locator('.qr-large svg');
    const words = page.locator('.qr-large .link');
    for (const turned of [{ width, height }, { width: height, height: width }]) {
      await page.setViewportSize(turned);
      await page.tap('.notice .qr');
      const box = await large.boundingBox();
      assert.ok(box.width > 0.8 * Math.min(width, height) && box.y >= 0 && box.y + box.height <= turned.height, `${JSON.stringify(turned)}: ${JSON.stringify(box)}`);
      assert.equal(await words.textContent(), link);
      // To mark it is not to close it.
      await words.tap();
      await page.tap('.qr-large .button');
      await large.waitFor({ state: 'detached' });
    }
    await page.setViewportSize({ width, height });

    // What was read from its beginning goes on at its end, once something is said.
    const ben = await newMember();
    await ben.join(link, 'Ben');
    await ben.waitForMembers(1);
    await ben.say('a long story\n'.repeat(60).trim());
    await ben.say('the end of it');
    await ana.waitForChat('the end of it');
    await page.waitForFunction(() => [...document.querySelectorAll('.bubble')].at(-1).getBoundingClientRect().bottom <= document.querySelector('#chat-scroll').getBoundingClientRect().bottom);
  });

test('the name of a cipher goes on in the next line between its words only', async () => {
  const server = await startServer();
  const ana = await newMember({ ...PHONE, viewport: { width: 320, height: 568 } });
  await (await newMember()).join(await ana.create(server.origin, 'Ana'), 'Ben');
  await ana.waitForMembers(1);
  await ana.openPerson('Ben');
  const facts = '.member dd';
  await ana.page.waitFor((f) => /_/.test(document.querySelectorAll(f)[1]?.textContent ?? ''), facts);
  const lines = await ana.page.evaluate((f) => {
    const lines = new Map();
    for (const node of document.querySelectorAll(f)[1].childNodes)
      for (let at = 0; at < node.textContent.length; at++) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { top } = range.getBoundingClientRect();
        lines.set(top, (lines.get(top) ?? '') + node.textContent[at]);
      }
    return [...lines.values()];
  }, facts);
  assert.ok(lines.length > 1 && lines.slice(0, -1).every((line) => /[-_ ·]$/.test(line)), JSON.stringify(lines));
});

test('a phone gets from the scan to a sent photo in two taps', async () => {
  const server = await Server.start({ listen: LISTEN });
  const ana = new PageMember(await browser.newPage());
  const ben = new PageMember(await browser.newPage(PHONE));
  const phone = ben.page.page;
  const bytes = randomBytes(2_400_000);
  const path = join(folder, 'Sunset.jpg');
  await writeFile(path, bytes);
  await ben.open(await ana.create(server.origin, 'Ana'));

  await phone.tap('#outside-submit');
  const [chooser] = await Promise.all([phone.waitForEvent('filechooser'), phone.tap('.notice .button.suggested:has-text("Send photos or files")')]);
  await chooser.setFiles(path);

  await ana.acceptFile('Sunset.jpg');
  assert.equal(sha256(await ana.saveReceived('Sunset.jpg')), sha256(bytes));
  for (const member of [ana, ben]) await member.page.close();
  await server.stop();
});

test('a page over plain http that was built without npm does, too', async () => {
  const webRoot = join(folder, 'web');
  await cp(join(BUILD, 'src/web'), webRoot, { recursive: true });
  for (const library of ['noble', 'lean-qr']) await rm(join(webRoot, library), { recursive: true });
  const server = await startServer({ webRoot });
  const { link, ana, ben } = await twoPeople(server, { isOpen: true });
  await ana.show('room');
  assert.equal(await ana.page.evaluate(() => import('/lean-qr/index.js').then(() => 'a library', () => 'none')), 'none');
  const isSeen = (selector) => ana.page.evaluate((s) => document.querySelector(s).checkVisibility(), selector);
  assert.deepEqual([await isSeen('.invite .qr'), await isSeen('.invite .link'), link.startsWith(server.origin)], [false, true, true]);
  // More than one blob that is set aside.
  await exchange(ana, ben, 'slowly.bin', 12_000_000);
});

test('a link can be copied without the clipboard API', async () => {
  const server = await startServer();
  const { link, ben } = await twoPeople(server);
  await ben.show('room');
  await ben.page.evaluate(() => {
    document.addEventListener('copy', () => {
      globalThis.copied = String(document.activeElement?.value);
    });
  });
  const copy = '.invite .button:not(.qr)';
  await ben.page.page.focus(copy);
  await ben.press(copy, 'Copy Link');
  await ben.page.waitFor((expected) => globalThis.copied === expected, link);
  await ben.waitForFocus(copy);
});

test('the network is lost for a while: said in words, and the file goes on where it was', async () => {
  const server = await startServer();
  const { ana, ben } = await twoPeople(server);
  const bytes = randomBytes(30_000_000);
  const path = join(folder, 'interrupted.bin');
  await writeFile(path, bytes);
  await ana.sendFile(path);
  await ben.acceptFile('interrupted.bin');
  await ben.page.waitFor(() => document.querySelector('#files-scroll progress')?.value > 0.1);
  const rowOf = (member) => member.page.evaluate(() => document.querySelector('#files-scroll .row-detail').textContent);

  loseUdp(true);
  for (const member of [ana, ben]) {
    await member.waitForFile('interrupted.bin', 'paused', 60_000);
    await member.waitForProblem('Connection to \\w+ lost\\. Transfers are paused\\.');
  }
  // That is read out; the seconds that are counted beside it are not.
  const howRead = () => ana.page.evaluate(() => document.querySelector('#bar-subtitle').ariaLive);
  assert.equal(await howRead(), 'off');
  assert.match(await rowOf(ben), /Connection to Ana lost/);
  await ana.say('into the dark');
  const progress = () => document.querySelector('#files-scroll progress').value;
  const before = await ben.page.evaluate(progress);
  loseUdp(false);
  await ben.waitForFile('interrupted.bin', 'running', 60_000);
  // No further back than the piece that was not whole.
  assert.ok((await ben.page.evaluate(progress)) >= before - 1_048_576 / bytes.length);

  await ben.waitForChat('into the dark', 'Ana');
  await ana.waitUntilDelivered('into the dark');
  assert.equal(sha256(await ben.saveReceived('interrupted.bin')), sha256(bytes));
  await ana.waitForFile('interrupted.bin', 'done');
  assert.equal(await ben.countChat('into the dark'), 1);
  assert.equal(await howRead(), 'polite');
});
