// browser: real browsers for tests, Chromium by playwright-core and Firefox by puppeteer-core (WebDriver
// BiDi), behind one small face, so that a test does not care which one it drives.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, devices } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const CHROMIUM = process.env.SNUG_CHROMIUM ?? '/usr/bin/chromium';
const FIREFOX = process.env.SNUG_FIREFOX ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);

const CHROMIUM_FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding',
];

export const PHONE = devices['Pixel 5'];
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

/** Everything a test waits for ends some time: generous, it is never waited out when all is well. */
export const PATIENCE_MS = 60_000;

/** How often a page of Chromium is looked at: a file is on its way for a moment only. */
const LOOK_MS = 20;

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Polls, for what sends no event. */
async function until(condition, what, timeoutMs = PATIENCE_MS) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await delay(50);
  }
}

/** Lines that a page should not print: refusals of the content policy, errors nobody caught. */
class Complaints {
  lines = [];

  console(type, text) {
    if (type === 'error' || /Content Security Policy|Refused to/.test(text)) this.lines.push(`${type}: ${text}`);
    else if (process.env.SNUG_TEST_VERBOSE) console.log(`  page: ${text}`);
  }

  uncaught(error) {
    this.lines.push(`uncaught: ${error.message}`);
  }

  toString() {
    return this.lines.length === 0 ? 'The page complained of nothing.' : `The page said: ${this.lines.join('; ')}`;
  }
}

/** A tab of Chromium. */
class ChromiumPage {
  complaints = new Complaints();

  constructor(context, page) {
    this.context = context;
    this.page = page;
    page.on('console', (message) => this.complaints.console(message.type(), message.text()));
    page.on('pageerror', (error) => this.complaints.uncaught(error));
    page.setDefaultTimeout(PATIENCE_MS);
  }

  goto(url) {
    return this.page.goto(url);
  }

  url() {
    return this.page.url();
  }

  reload() {
    return this.page.reload();
  }

  evaluate(fn, arg) {
    return this.page.evaluate(fn, arg);
  }

  /** What only the browser itself knows of the page. */
  async ask(method, values) {
    const session = await this.context.newCDPSession(this.page);
    try {
      return await session.send(method, values);
    } finally {
      await session.detach();
    }
  }

  /** A program of a test's own, which the page's policy for scripts would not let in. */
  async runScript(text) {
    const { exceptionDetails } = await this.ask('Runtime.evaluate', { expression: text });
    if (exceptionDetails) throw new Error(`a script failed: ${exceptionDetails.text}`);
  }

  waitFor(fn, arg, timeoutMs = PATIENCE_MS) {
    // The driver takes a promise for true, whatever becomes of it.
    if (fn.constructor.name === 'AsyncFunction') return until(() => this.page.evaluate(fn, arg), fn, timeoutMs);
    // By itself it would ask in every frame, and have the browser paint sixty a second for that.
    return this.page.waitForFunction(fn, arg, { timeout: timeoutMs, polling: LOOK_MS })
      .catch((error) => { throw new Error(`${error.message} What for: ${fn}. ${this.complaints}`, { cause: error }); });
  }

  setFiles(selector, paths) {
    return this.page.setInputFiles(selector, paths);
  }

  /** What a click downloads. */
  async download(click) {
    const { name, path } = await this.downloadFile(click);
    return { name, bytes: await readFile(path) };
  }

  /** The same, which stays on the disk. */
  async downloadFile(click) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), click()]);
    return { name: download.suggestedFilename(), path: await download.path() };
  }

  /** Drops files and folders of the disk onto the page. */
  async drop(paths) {
    const session = await this.context.newCDPSession(this.page);
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    // The second one over: the words that the first brings are in the way then.
    for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'])
      await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
    await session.detach();
  }

  setOffline(on) {
    return this.context.setOffline(on);
  }

  /** Keys, one after the other, to whatever has the focus. */
  async type(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** As a keyboard on the screen does it, where the page asks for that. */
  resize(size) {
    return this.page.setViewportSize(size);
  }

  screenshot(path) {
    return this.page.screenshot({ path });
  }

  close() {
    return this.context.close();
  }
}

/** A browser as a person has it, not a private window: what it keeps is on the disk. One tab. */
class ChromiumProfile {
  static async launch({ args = [] } = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'snug-profile-'));
    const context = await chromium.launchPersistentContext(folder, {
      ...DESKTOP, executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, ...args], acceptDownloads: true,
    });
    return new ChromiumProfile(folder, context);
  }

  constructor(folder, context) {
    this.folder = folder;
    this.context = context;
  }

  async newPage() {
    return new ChromiumPage(this.context, await this.context.newPage());
  }

  /** Of all its processes, in MB: what is shared is counted once. */
  async memory() {
    let kB = 0;
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      try {
        if (!(await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes(this.folder) && !(await isChildOf(pid, this.folder))) continue;
        kB += Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);
      } catch {
        // It ended meanwhile.
      }
    }
    return Math.round(kB / 1024);
  }

  async close() {
    await this.context.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Whether a process comes from one that names `word` on its command line. */
async function isChildOf(pid, word) {
  for (let at = pid; Number(at) > 1; ) {
    const stat = await readFile(`/proc/${at}/stat`, 'utf8');
    at = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if ((await readFile(`/proc/${at}/cmdline`, 'utf8')).includes(word)) return true;
  }
  return false;
}

/** A tab of Firefox. */
class FirefoxPage {
  complaints = new Complaints();

  constructor(page, downloads) {
    this.page = page;
    this.downloads = downloads;
    page.on('console', (message) => this.complaints.console(message.type(), message.text()));
    page.on('pageerror', (error) => {
      // What this browser says of itself when a member was killed: no script of the page threw it.
      if (!error.message.startsWith('WebRTC: ICE failed')) this.complaints.uncaught(error);
    });
    page.setDefaultTimeout(PATIENCE_MS);
  }

  goto(url) {
    return this.page.goto(url);
  }

  url() {
    return this.page.url();
  }

  reload() {
    return this.page.reload();
  }

  evaluate(fn, arg) {
    return this.page.evaluate(fn, arg);
  }

  waitFor(fn, arg, timeoutMs = PATIENCE_MS) {
    return this.page.waitForFunction(fn, { timeout: timeoutMs, polling: 50 }, arg);
  }

  async setFiles(selector, paths) {
    const input = await this.page.$(selector);
    await input.uploadFile(...[paths].flat());
  }

  async download(click) {
    const before = new Set(await readdir(this.downloads));
    await click();
    // Firefox makes an empty file, writes another beside it, and renames that in the end.
    let last = '';
    const name = await until(async () => {
      const names = (await readdir(this.downloads)).filter((n) => !before.has(n));
      const size = names.length === 1 && (await stat(join(this.downloads, names[0])).catch(() => null))?.size;
      const now = `${names} ${size}`;
      const isSettled = now === last && typeof size === 'number' && !names[0].endsWith('.part');
      last = now;
      return isSettled && names[0];
    }, 'a download');
    return { name, bytes: await readFile(join(this.downloads, name)) };
  }

  /** Keys, one after the other, to whatever has the focus: in the tab that is in front. */
  async type(...keys) {
    const { keyboard } = this.page;
    await this.page.bringToFront();
    for (const key of keys) {
      const isShifted = key.startsWith('Shift+');
      if (isShifted) await keyboard.down('Shift');
      await keyboard.press(key.replace('Shift+', ''));
      if (isShifted) await keyboard.up('Shift');
    }
  }

  resize(size) {
    return this.page.setViewport(size);
  }

  screenshot(path) {
    return this.page.screenshot({ path });
  }

  close() {
    return this.page.close();
  }
}

class Chromium {
  static async launch({ args = [] } = {}) {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, ...args] });
    return new Chromium(browser);
  }

  constructor(browser) {
    this.browser = browser;
    this.name = 'Chromium';
  }

  /** A tab in a profile of its own. */
  async newPage(options = DESKTOP) {
    const context = await this.browser.newContext({ ...options, acceptDownloads: true });
    return new ChromiumPage(context, await context.newPage());
  }

  close() {
    return this.browser.close();
  }
}

class Firefox {
  static async launch({ prefs = {} } = {}) {
    const downloads = await mkdtemp(join(tmpdir(), 'snug-downloads-'));
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      headless: true,
      extraPrefsFirefox: {
        'browser.download.dir': downloads,
        'browser.download.folderList': 2,
        'browser.download.useDownloadDir': true,
        'browser.download.alwaysOpenPanel': false,
        'browser.download.always_ask_before_handling_new_types': false,
        ...prefs,
      },
    });
    return new Firefox(browser, downloads);
  }

  constructor(browser, downloads) {
    this.browser = browser;
    this.downloads = downloads;
    this.name = 'Firefox';
  }

  async newPage({ viewport } = DESKTOP) {
    const context = await this.browser.createBrowserContext();
    const page = await context.newPage();
    await page.setViewport(viewport);
    return new FirefoxPage(page, this.downloads);
  }

  async close() {
    await this.browser.close();
    await rm(this.downloads, { recursive: true, force: true });
  }
}

export const launchChromium = (options) => Chromium.launch(options);
export const launchChromiumProfile = (options) => ChromiumProfile.launch(options);
export const launchFirefox = (options) => Firefox.launch(options);
