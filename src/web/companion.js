// companion: one other member, as the room deals with them: a link, and how fast either side may speak.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Outbox } from './outbox.js';
import { Throttle } from './throttle.js';

/** @typedef {import('./peer-link.js').PeerLink} PeerLink */
/** @typedef {import('./safety.js').Safety} Safety */

/** Answers to what we sent are as many as what we sent: only what members begin is counted. */
const UNCOUNTED = new Set(['chat-received', 'pong', 'file-done']);

export class Companion {
  /** The session that `safety` knows of. */
  safetySession = 0;
  #throttle = new Throttle();
  #outbox;

  /** @param {PeerLink} link @param {Safety} safety */
  constructor(link, safety) {
    this.link = link;
    this.safety = safety;
    this.#outbox = new Outbox((text) => link.sendText(text));
  }

  /**
   * @param {string} text
   * @returns {boolean} whether it is on its way
   */
  say(text) {
    return this.link.canSend && this.#outbox.send(text);
  }

  /** The channel is gone. */
  forgetWaiting() {
    this.#outbox.clear();
  }

  /** Whether a message of this type is heard, or drowns in a flood. @param {string} type */
  hears(type) {
    return UNCOUNTED.has(type) || this.#throttle.take(Date.now());
  }

  close() {
    this.#outbox.clear();
    this.link.close();
  }
}
