// old-page-member: one person in front of a page of version 1 (old-page/), in the words of page-member.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { fileURLToPath } from 'node:url';
import { PATIENCE_MS } from './browser.mjs';

/** For a server that hands out this page instead of its own. */
export const OLD_PAGE_ROOT = fileURLToPath(new URL('old-page', import.meta.url));

export class OldPageMember {
  /** @param {import('./browser.mjs').ChromiumPage} page */
  constructor(page) {
    this.page = page;
  }

  /** @returns {Promise<string>} the link of its room */
  async create(origin) {
    await this.page.goto(`${origin}/?role=sender`);
    await this.page.waitFor(() => globalThis.oldPage?.code && globalThis.oldPage.nSockets > 0);
    return `${origin}/?code=${await this.page.evaluate(() => globalThis.oldPage.code)}`;
  }

  async join(link) {
    await this.page.goto(link);
  }

  /** @param {string} status connected or disconnected */
  waitForStatus(status) {
    return this.page.waitFor((s) => globalThis.oldPage?.status === s, status);
  }

  say(text) {
    return this.page.evaluate((t) => globalThis.oldPage.say(t), text);
  }

  waitForChat(text) {
    return this.page.waitFor((t) => globalThis.oldPage.chats.includes(t), text);
  }

  /** Any number at once: it sends one after the other. */
  sendFile(...paths) {
    return this.page.setFiles('#files', paths);
  }

  /** The last file of that name, until it is `complete` or `cancelled`. */
  async received(name, state = 'complete', timeoutMs = PATIENCE_MS) {
    const isThere = ({ name: n, state: s }) => globalThis.oldPage.received.findLast((f) => f.name === n)?.state === s;
    await this.page.waitFor(isThere, { name, state }, timeoutMs);
    return this.page.evaluate((n) => globalThis.oldPage.received.findLast((f) => f.name === n), name);
  }

  waitUntilSent(name, state) {
    const isThere = ({ name: n, state: s }) => globalThis.oldPage.sent.findLast((f) => f.name === n)?.state === s;
    return this.page.waitFor(isThere, { name, state });
  }

  cancel(name) {
    return this.page.evaluate((n) => globalThis.oldPage.cancel(n), name);
  }

  /** Its socket closes, and a new one opens. As host it then offers once more, and hears an answer. */
  async loseSocket() {
    const before = await this.page.evaluate(() => {
      const { role, nSockets, nAnswers } = globalThis.oldPage;
      globalThis.oldPage.loseSocket();
      return { nSockets, nAnswers: role === 'sender' ? nAnswers : -1 };
    });
    await this.page.waitFor(
      ({ nSockets, nAnswers }) => globalThis.oldPage.nSockets > nSockets && globalThis.oldPage.nAnswers > nAnswers,
      before,
    );
  }

  /** @param {'chats' | 'received' | 'unknown' | 'faults' | 'nConnections' | 'nSockets' | 'status' | 'error'} what */
  look(what) {
    return this.page.evaluate((w) => globalThis.oldPage[w], what);
  }
}
