// companion: one other member, as the room deals with them: a link, and how fast either side may speak.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Outbox } from './outbox.js';
import { Throttle } from './throttle.js';

/** @typedef {import('./peer-link.js').PeerLink} PeerLink */
/** @typedef {import('./safety.js').Safety} Safety */

/** How often in a session our hello is said again because theirs came again: then they have not heard it. */
const MAX_HELLO_ANSWERS = 2;
/** Answers to what we sent are as many as what we sent: only what members begin is counted. */
const UNCOUNTED = new Set(['chat-received', 'pong', 'file-done']);

export class Companion {
  /** The session that `safety` knows of. */
  safetySession = 0;
  #throttle = new Throttle();
  #outbox;
  #greetedSession = 0;
  #nHelloAnswers = 0;

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

  /**
   * Their hello is here.
   *
   * @param {boolean} isNews whether it says something new
   * @returns {boolean} whether ours is to be said again
   */
  hearHello(isNews) {
    const isFirst = this.#greetedSession !== this.link.session;
    this.#greetedSession = this.link.session;
    if (isFirst) this.#nHelloAnswers = 0;
    return !isFirst && !isNews && this.#nHelloAnswers++ < MAX_HELLO_ANSWERS;
  }

  close() {
    this.#outbox.clear();
    this.link.close();
  }
}
