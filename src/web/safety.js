// safety: our side of the safety phrase with one member (PROTOCOL.md, section 4): commit, reveal, four words.
//
// What somebody does who breaks its rules ends in 'not-safe', and nothing leads out of that.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { fromBase64Url, toBase64Url } from './digest.js';
import { equalBytes } from './lv.js';
import { COMMITMENT_BYTES, commitTo, NONCE_BYTES, safetyWords } from './safety-words.js';

/** @typedef {import('./safety-words.js').Hash} Hash */
/** @typedef {import('./safety-words.js').Pair} Pair */
/** @typedef {import('./wire.js').PhraseCommit} PhraseCommit */
/** @typedef {import('./wire.js').PhraseReveal} PhraseReveal */
/** @typedef {'unchecked' | 'asked' | 'phrase' | 'checked' | 'interrupted' | 'changed' | 'not-safe'} SafetyState */

/** How often two certificates are compared at most: each time, somebody between them has one guess. */
export const MAX_RUNS = 3;

/** What is said and heard in one session of one pair. */
const NOTHING_SAID = Object.freeze({
  nonce: /** @type {Uint8Array | null} */ (null),
  ours: /** @type {Uint8Array | null} */ (null),
  theirs: /** @type {Uint8Array | null} */ (null),
  isRevealed: /** @type {boolean} */ (false),
});

/** Events: `change`. */
export class Safety extends EventTarget {
  #sha256;
  #offers;
  #say;
  #pair = /** @type {Pair | null} */ (null);
  #hasSession = false;
  #said = { ...NOTHING_SAID };
  #nRuns = 0;
  state = /** @type {SafetyState} */ ('unchecked');
  words = '';

  /**
   * @param {object} options
   * @param {Hash} options.sha256
   * @param {boolean} options.offers whether we make the pair's offers
   * @param {(message: PhraseCommit | PhraseReveal) => void} options.say
   */
  constructor({ sha256, offers, say }) {
    super();
    this.#sha256 = sha256;
    this.#offers = offers;
    this.#say = say;
  }

  /**
   * A new session.
   *
   * @param {{ own: Uint8Array | null, theirs: Uint8Array | null }} fingerprints null: not the one that there has to be
   */
  beginSession({ own, theirs }) {
    if (this.state === 'not-safe') return;
    const pair = own && theirs && { offerer: this.#offers ? own : theirs, answerer: this.#offers ? theirs : own };
    const isSame = this.#hasSession && samePair(pair, this.#pair);
    this.#hasSession = true;
    this.#pair = pair;
    this.#said = { ...NOTHING_SAID };
    if (!isSame) this.#meetAnew();
    else if (this.state === 'asked') this.#enter('interrupted');
  }

  /** Other certificates: what was found out about the old ones is worth nothing. */
  #meetAnew() {
    this.#nRuns = 0;
    this.words = '';
    this.#enter(this.state === 'checked' || this.state === 'changed' ? 'changed' : 'unchecked');
  }

  get canStart() {
    return this.#hasSession && !this.#said.ours && this.#nRuns < MAX_RUNS && ['unchecked', 'interrupted', 'changed'].includes(this.state);
  }

  /** Our person wants to compare. */
  start() {
    if (this.canStart && this.#commit()) this.#beAsked();
  }

  /** Our person has compared: the words are the same there, or not. @param {boolean} isSame */
  confirm(isSame) {
    if (this.state === 'phrase' || this.state === 'checked') this.#enter(isSame ? 'checked' : 'not-safe');
  }

  /** @param {PhraseCommit | PhraseReveal} message */
  handle(message) {
    if (!this.#hasSession || this.state === 'not-safe') return;
    if (message.type === 'phrase-commit') this.#onCommitment(/** @type {Uint8Array} */ (fromBase64Url(message.c, COMMITMENT_BYTES)));
    else this.#onNonce(/** @type {Uint8Array} */ (fromBase64Url(message.nonce, NONCE_BYTES)));
  }

  #commit() {
    if (this.#nRuns >= MAX_RUNS) return false;
    if (this.#pair === null) {
      this.#enter('not-safe');
      return false;
    }
    this.#nRuns++;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
    const ours = commitTo(this.#sha256, this.#pair, this.#offers, nonce);
    this.#said = { ...this.#said, nonce, ours };
    this.#say({ type: 'phrase-commit', c: toBase64Url(ours) });
    return true;
  }

  /** What was compared before holds until there is something else to compare. */
  #beAsked() {
    if (this.state !== 'checked') this.#enter('asked');
  }

  /** @param {Uint8Array} theirs */
  #onCommitment(theirs) {
    if (this.#said.theirs || (this.#said.ours && equalBytes(this.#said.ours, theirs))) {
      this.#enter('not-safe');
      return;
    }
    if (!this.#said.ours && !this.#commit()) return;
    this.#said = { ...this.#said, theirs };
    this.#beAsked();
    this.#say({ type: 'phrase-reveal', nonce: toBase64Url(/** @type {Uint8Array} */ (this.#said.nonce)) });
  }

  /** @param {Uint8Array} nonce */
  #onNonce(nonce) {
    const { nonce: ours, theirs, isRevealed } = this.#said;
    const pair = this.#pair;
    if (!ours || !theirs || !pair || isRevealed || !equalBytes(commitTo(this.#sha256, pair, !this.#offers, nonce), theirs)) {
      this.#enter('not-safe');
      return;
    }
    this.#said = { ...this.#said, isRevealed: true };
    this.words = safetyWords(this.#sha256, pair, this.#offers ? { offerer: ours, answerer: nonce } : { offerer: nonce, answerer: ours });
    this.#enter(this.state === 'checked' ? 'checked' : 'phrase');
  }

  /** @param {SafetyState} state */
  #enter(state) {
    this.state = state;
    if (state === 'not-safe') this.words = '';
    this.dispatchEvent(new Event('change'));
  }
}

/** @param {Pair | null} a @param {Pair | null} b */
function samePair(a, b) {
  if (a === null || b === null) return a === b;
  return equalBytes(a.offerer, b.offerer) && equalBytes(a.answerer, b.answerer);
}

/**
 * The SHA-256 of the certificate that a description announces. Several, or one by another hash, leave open which
 * of them the browser has compared.
 *
 * @param {string | undefined} sdp
 * @returns {Uint8Array | null}
 */
export function soleFingerprint(sdp) {
  const found = new Set([...(sdp ?? '').matchAll(/^a=fingerprint:\s*(.*?)\s*$/gim)].map(([, words]) => (words ?? '').toLowerCase()));
  const [only] = found;
  const hex = found.size === 1 && /^sha-256\s+((?:[0-9a-f]{2}:){31}[0-9a-f]{2})$/.exec(only ?? '')?.[1];
  return hex ? Uint8Array.from(hex.split(':'), (byte) => parseInt(byte, 16)) : null;
}
