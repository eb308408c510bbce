// Folders to and from the page, and what a reload leaves of transfers: with snug-cli and with another page.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { launchChromium, launchFirefox } from './browser.mjs';
import { Cast } from './cast.mjs';
import { CliMember } from './cli-member.mjs';
import { HostilePage } from './hostile-page.mjs';
import { PageMember } from './page-member.mjs';
import { Server } from './server.mjs';
import { makeTree, MTIME, readTree, readZip } from './tree.mjs';

const launch = { chromium: launchChromium, firefox: launchFirefox }[process.env.SNUG_TEST_BROWSERS || 'chromium'];
/** Large ones take their time: the short ones come first, and alone in the fast lane. */
const isLong = Boolean(process.env.SNUG_TEST_LONG);
const LISTEN = process.env.SNUG_TEST_LISTEN ?? '127.0.0.1:0';
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const cast = new Cast(/Opener-Policy header has been ignored/);

let server;
let browser;
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snug-folders-'));
  server = await Server.start({ listen: LISTEN });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => cast.leave());

const newPage = async () => cast.add(new PageMember(await browser.newPage()));

/** snug-cli made the room, offers these, and the page is in it. */
async function withCli(...paths) {
  const more = paths.flatMap((path) => ['--send', path]);
  const cli = cast.add(await CliMember.run(['create', '--open', '--server', server.origin], { more }));
  const page = await newPage();
  await page.join(await cli.link(), 'Page');
  await page.waitForMembers(1);
  return { cli, page };
}

async function twoPages(options) {
  const [ana, ben] = [await newPage(), await newPage()];
  const link = await ana.create(server.origin, 'Ana', options);
  await ben.join(link, 'Ben');
  for (const member of [ana, ben]) await member.waitForMembers(1);
  return { link, ana, ben };
}

async function makeFile(name, size) {
  const bytes = randomBytes(size);
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, bytes };
}

const below = (root, tree) => ({ [root]: 'folder', ...Object.fromEntries(Object.entries(tree).map(([path, what]) => [`${root}/${path}`, what])) });

test('a folder of snug-cli’s arrives as an archive, empty folders and all', async () => {
  const root = await makeTree(folder, 'Ferien 2001');
  const { cli, page } = await withCli(root);
  await page.acceptFile('Ferien 2001');
  const bytes = await page.saveReceived('Ferien 2001');
  assert.deepEqual(await readZip(bytes), below('Ferien 2001', await readTree(root)));
  await cli.waitForEvent({ event: 'transfer', direction: 'out', name: 'Ferien 2001', state: 'done' });
});

test('a person looks into snug-cli’s folder and takes two files of it, by keyboard too', async () => {
  const root = await makeTree(folder, 'Auswahl');
  const { cli, page } = await withCli(root);
  await page.waitForFile('Auswahl', 'offered');
  await page.show('files');
  await page.page.evaluate(() => document.querySelector('#files-scroll [aria-haspopup]').focus());
  await page.page.type('Enter', 'Enter');
  await page.waitForChoice();
  assert.match(await page.choiceWords(), /^10 of 10 items · 2\.6 MB$/);
  // The focus is on "All"; the names come in the order of the manifest.
  await page.page.type(' ');
  assert.match(await page.choiceWords(), /^0 of 10 items · 0 B$/);
  const nDown = await page.page.evaluate(() => [...document.querySelectorAll('.choice-name')].findIndex(({ title }) => title === 'first.txt') + 1);
  await page.page.type(...Array(nDown).fill('ArrowDown'), ' ');
  await page.toggleChoice('deep/er/and deeper/three pieces.bin');
  assert.match(await page.choiceWords(), /^5 of 10 items · 2\.5 MB$/);
  // Escape is no answer, of the dialog and of the menu. Closed, both give the focus back to the button.
  await page.page.type('Escape', 'Enter', 'Escape', 'Enter', 'ArrowDown', 'ArrowUp', 'Enter');
  await page.waitForChoice();
  await page.toggleChoice('All');
  for (const name of ['first.txt', 'deep/er/and deeper/three pieces.bin']) await page.toggleChoice(name);
  await page.press('.choose .button', 'Accept');
  const seen = await readZip(await page.saveReceived('Auswahl'));
  const tree = below('Auswahl', await readTree(root));
  const wanted = ['Auswahl', 'Auswahl/deep', 'Auswahl/deep/er', 'Auswahl/deep/er/and deeper', 'Auswahl/deep/er/and deeper/three pieces.bin', 'Auswahl/first.txt'];
  assert.deepEqual(seen, Object.fromEntries(wanted.map((name) => [name, tree[name]])));
  await cli.waitForEvent({ event: 'transfer', direction: 'out', name: 'Auswahl', state: 'done' });
});

/** No driver of Firefox can answer its dialog for folders, or drop any. */
const testWithFolders = launch === launchChromium ? test : () => {};

testWithFolders('a folder of the page’s arrives as a tree, with the times of its files', async () => {
  const root = await makeTree(folder, 'Von der Seite');
  const { cli, page } = await withCli();
  await page.sendFolder(root);
  const { path } = await cli.waitForEvent({ event: 'transfer', direction: 'in', name: 'Von der Seite', state: 'done' });
  // A dialog for folders tells only of those with something in them.
  const expected = Object.fromEntries(Object.entries(await readTree(root)).filter(([name]) => !/nothing (in|ei)/.test(name)));
  assert.deepEqual(await readTree(path), expected);
  assert.equal((await stat(join(path, 'first.txt'))).mtimeMs, MTIME * 1000);
  await page.waitForFile('Von der Seite', 'done');
});

testWithFolders('a folder and a file that are dropped are offered, empty folders too', async () => {
  const root = await makeTree(folder, 'Gefallen');
  const { path, bytes } = await makeFile('beside.bin', 1000);
  const { cli, page } = await withCli();
  await page.page.drop([root, path]);
  const { path: there } = await cli.waitForEvent({ event: 'transfer', direction: 'in', name: 'Gefallen', state: 'done' });
  assert.deepEqual(await readTree(there), await readTree(root));
  assert.equal(sha256(await cli.received('beside.bin')), sha256(bytes));
});

test('names of a hostile folder stay beneath it, and nothing is there twice', async () => {
  const { link, ana } = await twoPages({ isOpen: true });
  const mallory = new HostilePage(await browser.newPage());
  await mallory.join(link);
  await ana.waitForMembers(2);
  const paths = [['..', '..', 'etc', 'passwd'], ['.ssh', 'authorized_keys'], ['a\\b'], ['C:', 'x'], ['con'], ['\u202egpj.exe'], ['same'], ['same'], ['SAME']];
  await mallory.offerFolder('f1', '../evil', paths);
  await ana.acceptFile('_evil');
  await mallory.waitToHear('file-get');
  await mallory.pourFolder('f1');
  const seen = Object.keys(await readZip(await ana.saveReceived('_evil')));
  for (const name of seen) {
    assert.match(name, /^_evil(\/|$)/);
    assert.doesNotMatch(name, /(^|\/)\.|\\|:|\u202e|\/\//);
  }
  assert.equal(new Set(seen.map((name) => name.toLowerCase())).size, seen.length);
  await mallory.close();
});

for (const [who, reload] of [['the one who receives', 'ben'], ['the one who sends', 'ana']].slice(0, isLong ? 2 : 1))
  test(`a reload of ${who} in the middle: it goes on, and nothing that is there comes again`, async () => {
    const { ana, ben } = await twoPages();
    const name = `reload ${reload}.bin`;
    const { path, bytes } = await makeFile(name, isLong ? 150_000_000 : 40_000_000);
    await ana.sendFile(path);
    await ben.acceptFile(name);
    await ben.waitForProgress(name, isLong ? 0.4 : 0.1);
    const before = await ben.progress(name);
    if (reload === 'ben') {
      await ben.page.reload();
    } else {
      await ana.page.reload();
      await ana.waitForFile(name, 'paused');
      assert.match(await ana.rowText(name), /loaded again: choose it once more/);
      await ben.waitForFile(name, 'paused');
      await ana.chooseAgain(name, path);
    }
    await ben.waitForFile(name, 'running');
    // A piece at most was not whole, and one under way.
    assert.ok((await ben.progress(name)) >= before - 2 * 1_048_576 / bytes.length, `from ${await ben.progress(name)}, after ${before}`);
    assert.equal(sha256(await ben.saveReceived(name)), sha256(bytes));
    await ana.waitForFile(name, 'done');
  });

/** The dialogs are the browser's: what they answer is a place of the origin's own, with a folder in the way. */
const answerDialogs = () => {
  const root = () => navigator.storage.getDirectory();
  globalThis.showSaveFilePicker = async ({ suggestedName }) => (await root()).getFileHandle(`saved ${suggestedName}`, { create: true });
  globalThis.showDirectoryPicker = async () => {
    const chosen = await (await root()).getDirectoryHandle('chosen', { create: true });
    await chosen.getDirectoryHandle('Baum', { create: true });
    return chosen;
  };
};

/** Path → size of the file, or "folder". */
const readChosen = async () => {
  const seen = {};
  const read = async (folder, path) => {
    for await (const [name, handle] of folder.entries()) {
      const here = path === '' ? name : `${path}/${name}`;
      seen[here] = handle.kind === 'directory' ? 'folder' : (await handle.getFile()).size;
      if (handle.kind === 'directory') await read(handle, here);
    }
  };
  await read(await (await navigator.storage.getDirectory()).getDirectoryHandle('chosen'), '');
  return seen;
};

if (launch === launchChromium && LISTEN.startsWith('127.'))
  test('where the browser can write: a file goes where it is told, a folder becomes a tree beside what is there', async () => {
    const root = await makeTree(folder, 'Baum');
    const { path, bytes } = await makeFile('direct.bin', 5_000_000);
    const { cli, page } = await withCli(root, path, await makeTree(folder, 'Zweig'));
    await page.page.evaluate(answerDialogs);
    await page.answerFile('direct.bin', 'Save To…');
    await page.answerFile('Baum', 'Save To…');
    await page.openChoice('Zweig');
    await page.toggleChoice('All');
    await page.toggleChoice('deep/er/and deeper/three pieces.bin');
    await page.press('.choose .button', 'Save To…');
    for (const name of ['direct.bin', 'Baum', 'Zweig']) {
      await page.waitForRow(name, 'saved');
      await cli.waitForEvent({ event: 'transfer', direction: 'out', name, state: 'done' });
    }
    const sizes = Object.entries(await readTree(root)).map(([name]) => name).sort();
    const seen = await page.page.evaluate(readChosen);
    assert.deepEqual(Object.keys(seen).filter((name) => name.startsWith('Baum (2)/')).map((name) => name.slice(9)).sort(), sizes);
    assert.equal(seen['Baum (2)/deep/er/and deeper/three pieces.bin'], 2_500_000);
    assert.equal(Object.keys(seen).some((name) => name.startsWith('Baum/')), false);
    const branch = ['Zweig', 'Zweig/deep', 'Zweig/deep/er', 'Zweig/deep/er/and deeper', 'Zweig/deep/er/and deeper/three pieces.bin'];
    assert.deepEqual(Object.keys(seen).filter((name) => name.startsWith('Zweig')).sort(), branch);
    const hash = await page.page.evaluate(async () => {
      const file = await (await (await navigator.storage.getDirectory()).getFileHandle('saved direct.bin')).getFile();
      return [...new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))].map((b) => b.toString(16).padStart(2, '0')).join('');
    });
    assert.equal(hash, sha256(bytes));
  });

const testLong = isLong ? test : () => {};

testLong('snug-cli’s file goes on after a reload of the page, and what is done is still there to be saved', async () => {
  const { path, bytes } = await makeFile('from cli.bin', 100_000_000);
  const { path: small, bytes: smallBytes } = await makeFile('small.bin', 1000);
  const { cli, page } = await withCli(path, small);
  await page.acceptFile('small.bin');
  await page.waitForFile('small.bin', 'done');
  await page.acceptFile('from cli.bin');
  await page.waitForProgress('from cli.bin', 0.4);
  const before = await page.progress('from cli.bin');
  await page.page.reload();
  await page.waitForFile('from cli.bin', 'running');
  assert.ok((await page.progress('from cli.bin')) >= before - 2 * 1_048_576 / bytes.length);
  assert.equal(sha256(await page.saveReceived('small.bin')), sha256(smallBytes));
  assert.equal(sha256(await page.saveReceived('from cli.bin')), sha256(bytes));
  await cli.waitForEvent({ event: 'transfer', direction: 'out', name: 'from cli.bin', state: 'done' });
});

test('another file than was offered is not taken for it, and the offer can be withdrawn after a reload', async () => {
  const { ana, ben } = await twoPages();
  const { path } = await makeFile('right.bin', 5000);
  const { path: wrong } = await makeFile('wrong.bin', 5000);
  await ana.sendFile(path);
  await ben.waitForFile('right.bin', 'offered');
  await ana.page.reload();
  await ana.waitForFile('right.bin', 'offered');
  await ana.chooseAgain('right.bin', wrong);
  await ana.waitForRow('right.bin', 'not what was offered');
  await ana.waitForMembers(1);
  // In the chat, too, it stands below the line that says what is not there.
  const rows = await ana.page.evaluate(() => [...document.querySelectorAll('#messages > *')].map((row) => row.textContent));
  assert.deepEqual(['Earlier messages are not shown.', 'right.bin'].map((words) => rows.findIndex((row) => row.includes(words))), [0, 1], rows.join('\n'));
  await ana.pressInFile('right.bin', 'offered', 'Withdraw right.bin');
  await ben.waitForFile('right.bin', 'cancelled');
});

test('leaving deletes what is left, and what was received can be saved until the page goes', async () => {
  const { ana, ben } = await twoPages();
  const { path, bytes } = await makeFile('keep.bin', 3_000_000);
  const { path: long } = await makeFile('half.bin', 40_000_000);
  await ana.sendFile(path);
  await ben.acceptFile('keep.bin');
  await ben.waitForFile('keep.bin', 'done');
  await ana.sendFile(long);
  await ben.acceptFile('half.bin');
  await ben.waitForProgress('half.bin', 0.1);
  await ben.leave();
  const saved = await ben.page.download(() => ben.press('#outside-files a'));
  assert.equal(sha256(saved.bytes), sha256(bytes));
  await ben.page.waitFor(async () => {
    const { Records } = await import('/records.js');
    const kept = new Set((await (await Records.open()).keys()).map(([, id]) => id));
    return kept.size <= 1 && sessionStorage.getItem('snug.membership') === null && JSON.parse(sessionStorage.getItem('snug.transfers')).files.length === 0;
  });
});
