// awake: the screen stays on while something is under way, where the browser lets a page ask for that.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** Over plain http none does. */
export const canStayAwake = () => Boolean(navigator.wakeLock);

export class Awake {
  #isWanted = false;
  #lock = /** @type {WakeLockSentinel | null} */ (null);
  #isAsking = false;

  constructor() {
    // The browser takes it back whenever the page is out of sight.
    document.addEventListener('visibilitychange', () => this.#update());
  }

  /** @param {boolean} on */
  want(on) {
    if (on === this.#isWanted) return;
    this.#isWanted = on;
    this.#update();
  }

  async #update() {
    if (!canStayAwake() || this.#isAsking) return;
    if (!this.#isWanted) {
      this.#lock?.release();
      this.#lock = null;
      return;
    }
    if (document.hidden || (this.#lock && !this.#lock.released)) return;
    this.#isAsking = true;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
    } catch (error) {
      console.debug('awake: refused:', String(error));
    }
    this.#isAsking = false;
    if (!this.#isWanted) this.#update();
  }
}
