// doctor-dialog: a check-up of the connection, step by step. Closing it is the end of that, for who looks.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { checkUp } from '../doctor.js';
import { _ } from '../words.js';
import { button, el, icon, setText } from './dom.js';

/** @typedef {import('../doctor.js').Check} Check */

const ICONS = { waiting: 'dot', done: 'ok', failed: 'close' };

/** @param {Check} check */
function rowOf({ title, state, words }) {
  const status = { waiting: _('skipped'), done: _('ok'), failed: _('not ok') }[state];
  const text = el('span', 'row-words', [el('span', 'row-title', title), el('span', 'row-detail', words)]);
  return el('li', state, [icon(ICONS[state]), text, el('span', 'hidden-words', status)]);
}

/** @param {Parameters<typeof checkUp>[0]} from */
export async function showCheckUp(from) {
  const dialog = el('dialog', 'doctor');
  const heading = el('h2', '', _('Check Connection'));
  heading.id = 'doctor-title';
  dialog.setAttribute('aria-labelledby', heading.id);
  const steps = el('ol', 'checklist');
  const running = el('p', 'dim', _('Checking…'));
  running.setAttribute('role', 'status');
  const close = button(_('Close'), () => dialog.close());
  dialog.append(heading, steps, running, el('div', 'dialog-buttons', [close]));
  // Opened again at once, another check-up would run beside this one.
  const stopping = new AbortController();
  dialog.addEventListener('close', () => {
    stopping.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
  for await (const check of checkUp(from, stopping.signal)) {
    if (stopping.signal.aborted) return;
    steps.append(rowOf(check));
  }
  setText(running, '');
}
