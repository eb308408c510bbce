// outbox: what we say to one member, no faster than they take it.
//
// Twenty messages a second are taken of a member, 200 at once; what is more is dropped unconfirmed. So we
// keep a little below that (PROTOCOL.md, section 4).
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Throttle } from './throttle.js';

/** @typedef {{ now(): number, later(fn: () => void, ms: number): number, cancel(id: number): void }} Clock */

/** @type {Clock} */
const BROWSER_CLOCK = {
  now: () => Date.now(),
  later: (fn, ms) => setTimeout(fn, ms),
  cancel: (id) => clearTimeout(id),
};

const PER_SECOND = 18;
const BURST = 150;
/** More than this waiting means that nobody will ever read it. */
const MAX_WAITING = 5_000;

export class Outbox {
  #write;
  #clock;
  #throttle = new Throttle(PER_SECOND, BURST);
  #waiting = /** @type {string[]} */ ([]);
  #timer = 0;

  /**
   * @param {(text: string) => boolean} write whether the channel took it
   * @param {Clock} [clock]
   */
  constructor(write, clock = BROWSER_CLOCK) {
    this.#write = write;
    this.#clock = clock;
  }

  /**
   * @param {string} text
   * @returns {boolean} whether it is on its way
   */
  send(text) {
    if (this.#waiting.length === 0 && this.#throttle.take(this.#clock.now())) return this.#write(text);
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(text);
    this.#schedule();
    return true;
  }

  /** The channel is gone: what waits is said again, or not, by those who said it. */
  clear() {
    this.#waiting = [];
    this.#clock.cancel(this.#timer);
    this.#timer = 0;
  }

  #schedule() {
    if (this.#timer === 0) this.#timer = this.#clock.later(() => this.#flush(), 1000 / PER_SECOND);
  }

  #flush() {
    this.#timer = 0;
    while (this.#waiting.length > 0 && this.#throttle.take(this.#clock.now())) this.#write(this.#waiting.shift() ?? '');
    if (this.#waiting.length > 0) this.#schedule();
  }
}
