// ask-dialog: asks before what cannot be undone.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _ } from '../words.js';
import { button, el } from './dom.js';

/**
 * @param {object} words
 * @param {string} words.title
 * @param {string} words.text
 * @param {string} words.answer on the button that does it
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, answer }) {
  const dialog = el('dialog', 'ask');
  const heading = el('h2', '', title);
  heading.id = 'ask-title';
  dialog.setAttribute('aria-labelledby', heading.id);
  const close = (/** @type {string} */ value) => () => dialog.close(value);
  const cancel = button(_('Cancel'), close(''));
  dialog.append(heading, el('p', 'dim', text), el('div', 'dialog-buttons', [cancel, button(answer, close('yes'), 'leave')]));
  document.body.append(dialog);
  dialog.showModal();
  cancel.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}
