// throttle: a token bucket. 20 messages a second a member, 200 at once (PROTOCOL.md, section 4).
//
// SPDX-License-Identifier: GPL-3.0-or-later

export class Throttle {
  #perSecond;
  #burst;
  #tokens;
  #at = 0;

  /** @param {number} [perSecond] @param {number} [burst] */
  constructor(perSecond = 20, burst = 200) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** @param {number} nowMs @returns {boolean} whether one more may pass */
  take(nowMs) {
    const earned = (Math.max(0, nowMs - this.#at) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + earned);
    this.#at = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
