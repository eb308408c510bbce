// The script that loads the page again, in a browser of which there is only what it asks for.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const SCRIPT = await readFile(new URL('../../src/web/start.js', import.meta.url), 'utf8');

class FakeBrowser {
  loaded = [];
  #listeners = new Map();
  #timers = [];

  constructor(address) {
    this.location = new URL(address);
    this.location.reload = () => this.loaded.push(this.location.href);
    const history = { state: null, replaceState: (_state, _title, to) => (this.location.href = to) };
    const document = { documentElement: {}, querySelector: () => null };
    runInNewContext(SCRIPT, {
      Element: Object, document, history, location: this.location, navigator: { onLine: true },
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

test('a link that is opened while the page waits to be loaded again is the one that is loaded', () => {
  const browser = new FakeBrowser('http://h/?code=BOOK23#old');
  browser.tell('error', { target: { matches: () => true } });
  browser.location.href = 'http://h/?code=BOOK23#new';
  browser.tell('hashchange');
  browser.location.hash = '';
  browser.letTimePass();
  assert.deepEqual(browser.loaded, ['http://h/?code=BOOK23#new']);
});
