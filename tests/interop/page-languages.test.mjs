// The page in another language, which is none, and from right to left: in Chromium, on the narrowest of phones.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assemblePseudo } from '../web/pseudo-locale.mjs';
import { launchChromium, PHONE } from './browser.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';

const NARROW = { ...PHONE, viewport: { width: 320, height: 568 } };

let folder;
let server;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-languages-'));
  server = await Server.start({ webRoot: await assemblePseudo(folder) });
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs in the page: letters that a person sees outside ⟦ and ⟧, and what does not fit. */
const look = () => {
  const shown = [...document.querySelectorAll('button, h1, h2, h3, label > span, .outside-text, .footer')].filter((e) => e.checkVisibility());
  const own = shown.flatMap((e) => [...e.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()));
  const { dir, lang } = document.documentElement;
  return { dir, lang, words: own.filter((text) => text !== ''), overflow: document.documentElement.scrollWidth - innerWidth };
};

async function seeIn(locale) {
  const member = new PageMember(await browser.newPage({ ...NARROW, locale }));
  await member.open(server.origin);
  return { member, seen: await member.page.evaluate(look) };
}

test('somebody who reads Arabic gets it, from right to left, and numbers in their form', async () => {
  const { member, seen } = await seeIn('ar-EG');
  assert.deepEqual([seen.dir, seen.lang], ['rtl', 'ar']);
  assert.deepEqual(seen.words.filter((text) => !/[⟦⟧]/.test(text)), []);
  assert.ok(seen.overflow <= 0, `${seen.overflow} px too wide`);

  await member.page.page.locator('#open').check();
  await member.press('#outside-buttons .button', '⟦Create Room⟧');
  await member.waitUntilInside();
  const link = await member.page.evaluate(() => document.querySelector('.invite .link').textContent);
  const other = new PageMember(await browser.newPage());
  await other.join(link, 'Ben');
  await member.waitForMembers(1);
  // Two people: Arabic has a form for just that.
  await member.waitForState('^⟦2 .+⟧ · ⟦direct⟧$');
  const inside = await member.page.evaluate(look);
  assert.ok(inside.overflow <= 0, `${inside.overflow} px too wide`);
  assert.deepEqual([...member.page.complaints.lines, ...other.page.complaints.lines], []);
  assert.equal(await other.page.evaluate(() => document.querySelector('#panes').checkVisibility()), true);
});

test('whose language there is not reads English, from left to right', async () => {
  const { member, seen } = await seeIn('fr-FR');
  assert.deepEqual([seen.dir, seen.lang], ['', 'en']);
  assert.ok(seen.words.includes('Create Room'));
  assert.deepEqual(member.page.complaints.lines, []);
});
