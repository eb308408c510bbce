// first-word: the first word on a session channel. It comes at once, and shows that the other side hears; a channel on
// which it does not come is deaf (PROTOCOL.md, section 4, hello).
//
// SPDX-License-Identifier: GPL-3.0-or-later

const PATIENCE_MS = 10_000;
/** Until theirs comes ours is said again, in case that it was lost: they may be waiting for it. */
const SAY_AGAIN_AFTER_MS = 1_500;
const MAX_SILENT_SESSIONS = 3;

export class FirstWord {
  #say;
  #canSay;
  #onSilence;
  #isSaid = false;
  #isHeard = false;
  #nSilent = 0;
  #silenceTimer = 0;
  #againTimer = 0;

  /**
   * @param {object} options
   * @param {() => void} options.say it is our turn to say ours
   * @param {() => boolean} options.canSay
   * @param {() => void} options.onSilence theirs did not come
   */
  constructor({ say, canSay, onSilence }) {
    this.#say = say;
    this.#canSay = canSay;
    this.#onSilence = onSilence;
  }

  /** Whether theirs came. */
  get isHeard() {
    return this.#isHeard;
  }

  /** On a new channel nobody has spoken. */
  begin() {
    this.#isSaid = false;
    this.#isHeard = false;
  }

  /** Ours, once. */
  say() {
    if (this.#isSaid) return;
    this.#isSaid = true;
    this.#say();
  }

  /** Something came. @returns {boolean} whether it was the first */
  hear() {
    const isFirst = !this.#isHeard;
    this.stop();
    this.#nSilent = 0;
    this.#isHeard = true;
    return isFirst;
  }

  /** Theirs is to come now. @returns {boolean} whether it is waited for: not once it came, nor without an end */
  expect() {
    this.stop();
    if (this.#isHeard || this.#nSilent === MAX_SILENT_SESSIONS) return false;
    this.#silenceTimer = setTimeout(() => {
      this.#nSilent++;
      this.#onSilence();
    }, PATIENCE_MS);
    this.#sayAgainLater();
    return true;
  }

  /** It is not waited for any more. */
  stop() {
    clearTimeout(this.#silenceTimer);
    clearTimeout(this.#againTimer);
  }

  #sayAgainLater() {
    this.#againTimer = setTimeout(() => {
      this.#sayAgainLater();
      if (!this.#canSay()) return;
      this.#isSaid = true;
      this.#say();
    }, SAY_AGAIN_AFTER_MS);
  }
}
