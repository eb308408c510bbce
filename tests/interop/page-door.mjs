// page-door: drives page members for a test in another language. One JSON line in, one JSON line out.
//
//   {"id":1,"page":"ben","do":"open","with":["chromium","phone"]}   a tab in a browser of LAUNCH
//   {"id":2,"page":"ben","do":"join","with":[LINK,"Ben"]}           any method of PageMember
//   {"id":1,"result":…} or {"id":1,"error":"…"}
//
// Bytes come back as {sha256, size}. Ends when its input ends.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { DESKTOP, launchChromium, launchFirefox, PHONE } from './browser.mjs';
import { PageMember } from './page-member.mjs';

const LAUNCH = {
  chromium: launchChromium,
  firefox: launchFirefox,
  // It tells addresses as they are, not names for them.
  'chromium-that-hides-nothing': () => launchChromium({ args: ['--disable-features=WebRtcHideLocalIpsWithMdns'] }),
};
const SIZES = { phone: PHONE, desktop: DESKTOP };

/** @type {Map<string, Promise<{ newPage(size: object): Promise<any>, close(): Promise<void> }>>} */
const browsers = new Map();
/** @type {Map<string, PageMember>} */
const pages = new Map();

function browser(name) {
  if (!browsers.has(name)) browsers.set(name, LAUNCH[name]());
  return browsers.get(name);
}

async function open(name, [kind, size = 'desktop']) {
  const page = await (await browser(kind)).newPage(SIZES[size]);
  pages.set(name, new PageMember(page));
}

const OWN = {
  reload: (member) => member.page.reload(),
  complaints: (member) => member.page.complaints.lines,
  closePage: (member) => member.page.close(),
};

async function run({ page, do: what, with: args = [] }) {
  if (what === 'open') return open(page, args);
  const member = pages.get(page);
  if (!member) throw new Error(`no page ${page}`);
  return what in OWN ? OWN[what](member, ...args) : member[what](...args);
}

function presentable(result) {
  if (!Buffer.isBuffer(result)) return typeof result === 'object' && !Array.isArray(result) ? null : (result ?? null);
  return { sha256: createHash('sha256').update(result).digest('hex'), size: result.length };
}

async function answer(request) {
  try {
    return { id: request.id, result: presentable(await run(request)) };
  } catch (error) {
    return { id: request.id, error: String(error instanceof Error ? error.message : error) };
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', async (line) => {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
});
lines.on('close', async () => {
  for (const launched of browsers.values()) await (await launched).close();
  process.exit(0);
});
