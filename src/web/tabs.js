// tabs: those of this origin say to each other that they live, so that none tidies up what another one needs.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** How long the others may take to answer. */
const OTHERS_MS = 400;

export class Tabs {
  #tab;
  #channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('snug.tabs');
  #heard = /** @type {Set<string>} */ (new Set());

  /** @param {string} tab */
  constructor(tab) {
    this.#tab = tab;
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }) => {
      if (typeof data?.tab !== 'string') return;
      this.#heard.add(data.tab);
      if (data.asks) this.#say(false);
    };
  }

  /** @returns {Promise<Set<string>>} those that answered; ours among them if another one has it too */
  async others() {
    this.#heard.clear();
    this.#say(true);
    await new Promise((resolve) => setTimeout(resolve, OTHERS_MS));
    return new Set(this.#heard);
  }

  /** @param {string} tab */
  rename(tab) {
    this.#tab = tab;
  }

  /** @param {boolean} asks */
  #say(asks) {
    this.#channel?.postMessage({ tab: this.#tab, asks });
  }

  close() {
    this.#channel?.close();
  }
}
