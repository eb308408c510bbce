// page.mjs [MEGABYTES [RUNS]]: how fast one file goes to and from the web page in Chromium, and between two programs.
//
// From snug-cli to a page, from a page to snug-cli, from page to page and from snug-cli to snug-cli, one after the
// other in one run: compare them with each other, not with another machine. Each is measured from the acceptance
// until its receiver has the whole, checked and in its place. Prints rows for report.py. SNUG_TEST_LISTEN=10.77.0.1:0,
// inside tests/interop/in-network, makes it a page over plain http.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchChromium } from '../interop/browser.mjs';
import { CliMember } from '../interop/cli-member.mjs';
import { PageMember } from '../interop/page-member.mjs';
import { Server } from '../interop/server.mjs';

const MB = 1_000_000;
const LIMIT_MS = 600_000;
const NAME = 'large.bin';

const [megabytes = 200, runs = 3] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'snug-bench-'));
const path = join(folder, NAME);
const server = await Server.start({ listen: process.env.SNUG_TEST_LISTEN ?? '127.0.0.1:0' });
const browser = await launchChromium();

async function writeLarge() {
  const block = randomBytes(MB);
  const file = await open(path, 'w');
  for (let i = 0; i < megabytes; i++) await file.write(block);
  await file.close();
}

const newPage = async () => new PageMember(await browser.newPage());
const newHost = (...more) => CliMember.run(['create', '--open', '--server', server.origin], { name: 'Host', more });

async function seconds(action) {
  const since = performance.now();
  await action();
  return (performance.now() - since) / 1000;
}

const arrivesAtPage = (page) =>
  seconds(async () => {
    await page.acceptFile(NAME);
    await page.waitForFile(NAME, 'done', LIMIT_MS);
  });

async function arrivesAtCli(cli) {
  const what = { event: 'transfer', direction: 'in', name: NAME };
  await cli.waitForEvent({ ...what, state: 'running' });
  return seconds(() => cli.waitForEvent({ ...what, state: 'done' }, LIMIT_MS));
}

async function cliToPage() {
  const [host, page] = [await newHost('--send', path), await newPage()];
  await page.join(await host.link(), 'Page');
  await page.waitForFile(NAME, 'offered');
  const took = await arrivesAtPage(page);
  await page.page.close();
  await host.leave();
  return took;
}

async function pageToCli() {
  const [host, page] = [await newHost(), await newPage()];
  await page.join(await host.link(), 'Page');
  await page.waitForMembers(1);
  await page.sendFile(path);
  const took = await arrivesAtCli(host);
  await page.page.close();
  await host.leave();
  return took;
}

async function pageToPage() {
  const [one, other] = [await newPage(), await newPage()];
  await other.join(await one.create(server.origin, 'One', { isOpen: true }), 'Other');
  await one.waitForMembers(1);
  await one.sendFile(path);
  await other.waitForFile(NAME, 'offered');
  const took = await arrivesAtPage(other);
  for (const { page } of [one, other]) await page.close();
  return took;
}

async function cliToCli() {
  const host = await newHost('--send', path);
  const guest = await CliMember.run(['join', await host.link()]);
  const took = await arrivesAtCli(guest);
  for (const member of [guest, host]) await member.leave();
  return took;
}

const WAYS = {
  'snug-cli to page': cliToPage,
  'page to snug-cli': pageToCli,
  'page to page': pageToPage,
  'snug-cli to snug-cli': cliToCli,
};

async function measure() {
  await writeLarge();
  const rows = Object.fromEntries(Object.keys(WAYS).map((way) => [way, []]));
  for (let run = 0; run < runs; run++)
    for (const [way, move] of Object.entries(WAYS)) rows[way].push(megabytes / (await move()));
  return rows;
}

try {
  const rows = await measure();
  const title = `a file of ${megabytes} MB, Chromium, page from ${new URL(server.origin).hostname}, MB/s`;
  console.log(JSON.stringify({ title, rows }));
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
