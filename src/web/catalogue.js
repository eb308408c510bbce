// catalogue: the page in the person's language, if there is a translation.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { useCatalogue } from './words.js';

/** Those of po/LINGUAS, filled in by assemble.py. @type {string[]} */
const LANGUAGES = [];

const RIGHT_TO_LEFT = ['ar', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'];

/** @param {string} tag @returns {string[]} "zh-Hant-TW": what a catalogue for it may be called, the best one first */
function namesFor(tag) {
  const parts = tag.split('-');
  return [parts.join('_'), `${parts[0]}_${parts.at(-1)}`, parts[0] ?? ''];
}

/**
 * @param {readonly string[]} wanted as the browser has them, the favourite first
 * @param {string[]} available as gettext writes them
 * @returns {string} "": as it is written, in English
 */
export function chooseLanguage(wanted, available) {
  for (const tag of wanted) {
    for (const name of namesFor(tag)) {
      const found = available.find((code) => code.toLowerCase() === name.toLowerCase());
      if (found) return found;
    }
    if (/^en\b/i.test(tag)) return '';
  }
  return '';
}

/** @param {string} code */
export function isRightToLeft(code) {
  return RIGHT_TO_LEFT.includes(code.split('_')[0] ?? '');
}

/** Before anything is shown. */
export async function loadCatalogue() {
  const code = chooseLanguage(navigator.languages, LANGUAGES);
  if (code === '') return;
  try {
    const answer = await fetch(`./lang/${code}.json`);
    useCatalogue(await answer.json());
    document.documentElement.lang = code.replace('_', '-');
    document.documentElement.dir = isRightToLeft(code) ? 'rtl' : 'ltr';
  } catch (error) {
    console.debug('catalogue: none:', String(error));
  }
}
