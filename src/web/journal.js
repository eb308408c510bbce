// journal: what of the transfers outlives a reload of the page, beside the bytes: kept for the tab's life.
//
// In sessionStorage, as names and keys are nobody else's business (PROTOCOL.md, section 6). A tab that was
// duplicated has a copy of it: whoever finds that its name is taken begins without.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { randomId } from './digest.js';

const JOURNAL = 'snug.transfers';

/**
 * @typedef {import('./wire.js').ManifestOffer} ManifestOffer
 *
 * @typedef {object} SavedFile what was accepted of somebody
 * @property {string} id of what is kept of it
 * @property {string} key of the cipher, base64url; "" if it needs none
 * @property {string} code of the room
 * @property {string} memberId
 * @property {string} memberName
 * @property {string} offerId
 * @property {string} name
 * @property {string} mimeType
 * @property {number} size
 * @property {'file' | 'folder'} kind
 * @property {number} count
 * @property {number} mtime
 * @property {ManifestOffer | null} manifest
 * @property {string} [only] what was chosen of a folder, as it travels
 * @property {number} [offered] bytes of all that was offered, if that is more than `size`
 * @property {boolean} isPaused by the person
 * @property {boolean} isDone
 *
 * @typedef {object} SavedOffer what we offered: the page that is loaded again has no file any more
 * @property {string} id
 * @property {string} code of the room
 * @property {string} name
 * @property {string} mimeType
 * @property {number} size
 * @property {'file' | 'folder'} kind
 * @property {number} count
 * @property {number} mtime
 * @property {ManifestOffer | null} manifest
 * @property {boolean} isForEverybody
 * @property {{ memberId: string, memberName: string, isTaken: boolean }[]} to
 *
 * @typedef {{ tab: string, files: SavedFile[], offers: SavedOffer[] }} Saved
 */

export class Journal {
  #saved;

  constructor() {
    this.#saved = this.#load();
    this.#write();
  }

  /** @returns {Saved} */
  #load() {
    try {
      const saved = JSON.parse(sessionStorage.getItem(JOURNAL) ?? 'null');
      if (typeof saved?.tab === 'string') return saved;
    } catch {
      // Falls through: as good as none.
    }
    return { tab: randomId(), files: [], offers: [] };
  }

  get tab() {
    return this.#saved.tab;
  }

  get files() {
    return this.#saved.files;
  }

  get offers() {
    return this.#saved.offers;
  }

  /** @param {SavedFile[]} files */
  setFiles(files) {
    this.#saved.files = files;
    this.#write();
  }

  /** @param {SavedOffer[]} offers */
  setOffers(offers) {
    this.#saved.offers = offers;
    this.#write();
  }

  /** Somebody else is who we thought we were. */
  beginAnew() {
    this.#saved = { tab: randomId(), files: [], offers: [] };
    this.#write();
  }

  #write() {
    try {
      sessionStorage.setItem(JOURNAL, JSON.stringify(this.#saved));
    } catch (error) {
      console.debug('journal: not written:', String(error));
    }
  }
}
