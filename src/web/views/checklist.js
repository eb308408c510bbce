// checklist: the four steps on the way to somebody, each ok, running, failed or not begun.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _ } from '../words.js';
import { el, icon, setIcon, setText } from './dom.js';

/** @typedef {import('../peer-link.js').StepState} StepState */
/** @typedef {import('../peer-link.js').Steps} Steps */

const ICONS = { waiting: 'dot', running: 'dot', done: 'ok', failed: 'close' };
/** Said to those who do not see the icon. */
const stateWords = () => ({
  waiting: _('not begun'),
  running: _('running'),
  done: _('done'),
  failed: _('failed'),
});

/** @param {StepState} server @param {Steps | undefined} steps @returns {{ words: string, state: StepState }[]} */
function listOf(server, steps) {
  const { answered = 'waiting', route = 'waiting', keys = 'waiting' } = steps ?? {};
  return [
    { words: _('Server reached'), state: server },
    { words: _('The other side answered'), state: answered },
    { words: _('Route found'), state: route },
    { words: _('Keys checked'), state: keys },
  ];
}

export class Checklist {
  element = el('ol', 'checklist');
  #rows = Array.from({ length: 4 }, () => {
    const row = { item: el('li'), icon: icon('dot'), words: el('span'), state: el('span', 'hidden-words') };
    row.item.append(row.icon, row.words, row.state);
    this.element.append(row.item);
    return row;
  });

  /** @param {StepState} server @param {Steps} [steps] */
  update(server, steps) {
    listOf(server, steps).forEach(({ words, state }, i) => {
      const row = this.#rows[i];
      if (!row) return;
      row.item.className = state;
      setIcon(row.icon, ICONS[state]);
      setText(row.words, words);
      setText(row.state, stateWords()[state]);
    });
  }
}
