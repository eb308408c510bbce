// picture: a received picture in the chat, small. Made once a file, whoever shows it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { HEAD_BYTES, MAX_PICTURE_BYTES, sniffPicture } from '../picture.js';
import { _ } from '../words.js';
import { el } from './dom.js';

/** @typedef {import('../room-store.js').Transfer} Transfer */

const MAX_SIDE_PX = 640;

/** One after the other: ten pictures that come together take the memory of one. */
let last = Promise.resolve();

/**
 * @param {Blob} blob
 * @returns {Promise<HTMLCanvasElement | null>} null if it is no picture that is shown here
 */
async function paint(blob) {
  if (blob.size > MAX_PICTURE_BYTES) return null;
  const found = sniffPicture(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
  if (found === null) return null;
  const bitmap = await createImageBitmap(blob.slice(0, blob.size, found.type));
  const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = el('canvas');
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

export class InlinePicture {
  element = el('div', 'picture');
  #blob = /** @type {Blob | null} */ (null);

  constructor() {
    this.element.hidden = true;
  }

  /** Shows nothing before the whole is here: that is after it was accepted. @param {Transfer | undefined} transfer */
  update(transfer) {
    const blob = transfer?.direction === 'in' && transfer.state === 'done' ? transfer.blob : null;
    if (blob === this.#blob) return;
    this.#blob = blob;
    this.element.hidden = true;
    if (blob) last = last.then(() => this.#show(blob, transfer?.name ?? ''));
  }

  /** @param {Blob} blob @param {string} name */
  async #show(blob, name) {
    try {
      const canvas = await paint(blob);
      if (canvas === null || blob !== this.#blob) return;
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', _('Picture {name}', { name }));
      this.element.replaceChildren(canvas);
      this.element.hidden = false;
    } catch (error) {
      console.debug('picture: not shown:', String(error));
    }
  }
}
