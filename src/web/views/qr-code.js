// qr-code: the room's link for another phone's camera: small in the invite, and as large as the screen.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { findQrEncoder } from '../qr-library.js';
import { _ } from '../words.js';
import { button, el } from './dom.js';

const SVG = 'http://www.w3.org/2000/svg';
/** ISO/IEC 18004, 5.3.8: what a reader needs around it. */
const MARGIN = 4;

/** @param {boolean[][]} rows */
function draw(rows) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const side = rows.length + 2 * MARGIN;
  const modules = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? `M${x + MARGIN} ${y + MARGIN}h1v1h-1z` : [])));
  path.setAttribute('d', modules.join(''));
  svg.setAttribute('viewBox', `0 0 ${side} ${side}`);
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.append(path);
  return svg;
}

export class QrCode {
  #button = button('', () => this.#showLarge(), 'qr');
  element = el('div', 'qr-card', [this.#button, el('p', 'qr-hint', _('Scan with a phone camera or open the link'))]);
  #text = '';
  #code = '';
  #rows = /** @type {boolean[][]} */ ([]);

  constructor() {
    this.element.hidden = true;
    this.#button.setAttribute('aria-label', _('Show the QR code large'));
    this.#button.title = _('Show the QR code large');
  }

  /** @param {string} text '': none @param {string} code of the room */
  update(text, code) {
    this.#code = code;
    if (text === this.#text) return;
    this.#text = text;
    this.element.hidden = true;
    if (text !== '') this.#draw(text);
  }

  /** Hidden for good where there is no library. @param {string} text */
  async #draw(text) {
    const encode = await findQrEncoder();
    if (!encode || text !== this.#text) return;
    this.#rows = encode(text);
    this.#button.replaceChildren(draw(this.#rows));
    this.element.hidden = false;
  }

  /** To be held to another phone. It goes by a tap anywhere, or Escape. */
  #showLarge() {
    const dialog = el('dialog', 'qr-large');
    const picture = draw(this.#rows);
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', _('QR code of the link to room {code}', { code: this.#code }));
    const close = button(_('Close'), () => dialog.close());
    // Who cannot scan it types it, or takes it along.
    const link = el('p', 'link', this.#text);
    dialog.append(picture, link, close);
    dialog.setAttribute('aria-label', _('QR code'));
    dialog.addEventListener('click', ({ target }) => target !== link && dialog.close());
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
}
