// The scripts that load the page again, in a browser of which there is only what they ask for.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const read = (path) => readFile(new URL(`../../src/${path}`, import.meta.url), 'utf8');
const START = await read('web/start.js');
const INDEX = await read('web/index.html');
/** For when even that one does not come. */
const [, INLINE] = /<script>(.*?)<\/script>/s.exec(INDEX);

class FakeBrowser {
  loaded = [];
  isStarted = false;
  #listeners = new Map();
  #timers = [];

  constructor(script, address, state = null) {
    this.location = new URL(address);
    this.location.reload = () => this.loaded.push(this.location.href);
    this.history = {
      state,
      replaceState: (next, _title, to) => {
        this.history.state = next;
        this.location.href = to;
      },
    };
    this.root = { className: '' };
    this.navigator = { onLine: true };
    this.document = {
      documentElement: this.root,
      readyState: 'interactive',
      querySelector: (name) => (name === '#not-started' && !this.isStarted ? {} : null),
    };
    runInNewContext(script, {
      Element: Object, document: this.document, history: this.history, location: this.location, navigator: this.navigator,
      addEventListener: (type, listener) => this.#listeners.set(type, listener),
      setTimeout: (fn) => this.#timers.push(fn),
    });
  }

  tell(type, event) {
    this.#listeners.get(type)?.(event);
  }

  letTimePass() {
    for (const fn of this.#timers.splice(0)) fn();
  }
}

const lost = (type = 'module') => ({ target: { type, matches: () => true } });

for (const [name, script] of Object.entries({ 'start.js': START, 'index.html': INLINE }))
  test(`a link that is opened while the page waits to be loaded again is the one that is loaded, by ${name}`, () => {
    const browser = new FakeBrowser(script, 'http://h/?code=BOOK23#old');
    browser.tell('error', lost());
    browser.location.href = 'http://h/?code=BOOK23#new';
    browser.tell('hashchange');
    browser.location.hash = '';
    browser.letTimePass();
    assert.deepEqual(browser.loaded, ['http://h/?code=BOOK23#new']);
  });

test('where start.js is lost alone the page may start: it is not loaded again before a module is lost, too', () => {
  const browser = new FakeBrowser(INLINE, 'http://h/#secret');
  browser.tell('error', lost(''));
  browser.letTimePass();
  assert.deepEqual(browser.loaded, []);
  for (let n = 0; n < 2; n++) browser.tell('error', lost());
  browser.letTimePass();
  assert.deepEqual(browser.loaded, ['http://h/#secret']);
});

test('a page that starts after all, though start.js and a module were lost, is left alone, online and offline', () => {
  for (const onLine of [true, false]) {
    const browser = new FakeBrowser(INLINE, 'http://h/#secret');
    browser.navigator.onLine = onLine;
    browser.tell('error', lost());
    if (onLine) browser.isStarted = true;
    browser.letTimePass();
    browser.isStarted = browser.navigator.onLine = true;
    browser.tell('online');
    assert.deepEqual(browser.loaded, []);
  }
});

test('a page that is not read to its end has not started', () => {
  const browser = new FakeBrowser(INLINE, 'http://h/#secret');
  browser.document.querySelector = () => null;
  browser.document.readyState = 'loading';
  browser.tell('error', lost());
  browser.letTimePass();
  assert.deepEqual(browser.loaded, ['http://h/#secret']);
});

test('where start.js came it is the one that loads the page again', () => {
  const browser = new FakeBrowser(INLINE, 'http://h/#secret');
  browser.root.className = 'watched';
  browser.tell('error', lost());
  browser.letTimePass();
  assert.deepEqual(browser.loaded, []);
});

test('without start.js the page is loaded three times more at most, and never without a network', () => {
  let state = null;
  for (let attempts = 1; attempts <= 3; attempts++) {
    const browser = new FakeBrowser(INLINE, 'http://h/#secret', state);
    browser.navigator.onLine = false;
    browser.tell('error', lost());
    browser.letTimePass();
    assert.deepEqual(browser.loaded, []);
    browser.navigator.onLine = true;
    browser.tell('online');
    assert.deepEqual(browser.loaded, ['http://h/#secret']);
    ({ state } = browser.history);
    assert.equal(state.attempts, attempts);
  }
  const browser = new FakeBrowser(INLINE, 'http://h/#secret', state);
  browser.tell('error', lost());
  browser.letTimePass();
  assert.deepEqual(browser.loaded, []);
  assert.equal(browser.history.state, null, 'who loads it again has three more');
});

test('the policy that the page is served with knows the one script that stands in it, and allows no other', async () => {
  const source = await read('serve/snug-web-page.c');
  assert.ok(source.includes(`script-src 'self' " INLINE_SCRIPT "; style-src`));
  const [, sources] = /^#define INLINE_SCRIPT "(.*)"$/m.exec(source);
  assert.equal(sources, `'sha256-${createHash('sha256').update(INLINE).digest('base64')}'`);
  assert.equal(INDEX.match(/<script(?![^>]*\ssrc=)/g).length, 1);
});
