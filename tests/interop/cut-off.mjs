// cut-off: what of a page cannot be read whole, in every language at once: where it stands, its words are put into each
// of them for the blink of a look. The longest form of a number is taken, whatever the number is.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findWords } from '../web/pseudo-locale.mjs';

/**
 * @typedef {{ code: string, dir: string, words: [string, string][] }} Language words: as it is written, and translated
 */

const longest = (forms) => [forms].flat().reduce((a, b) => (b.length > a.length ? b : a));

/** @param {string} webRoot as it is served @param {string[]} codes @returns {Promise<Language[]>} English in front */
export async function readLanguages(webRoot, codes) {
  const inSource = (await findWords()).map(({ one, many }) => [one, many].filter(Boolean).map((text) => JSON.parse(text)));
  const translated = codes.map(async (code) => {
    const { words } = JSON.parse(await readFile(join(webRoot, 'lang', `${code}.json`), 'utf8'));
    const pairs = inSource.flatMap((forms) => forms.filter(() => forms[0] in words).map((text) => [text, longest(words[forms[0]])]));
    return { code: code.replace('_', '-'), dir: code === 'ar' ? 'rtl' : 'ltr', words: pairs };
  });
  return [{ code: 'en', dir: 'ltr', words: [] }, ...(await Promise.all(translated))];
}

/**
 * Runs in the page, which does not change meanwhile.
 *
 * @param {Language[]} languages
 * @returns {{ cut: string[], nTranslated: number }} lines of what is cut off, and how many texts were put into a language
 */
export const findCutOff = (languages) => {
  /** Names of people and files, and what somebody said: as long as others like. */
  const OF_OTHERS = '.bubble, .row-title, .choice-name, .quote, #about-text, .typing, .link, .big-code, pre';
  const SLACK_PX = 1;
  const root = document.documentElement;

  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const isWord = (text) => /\p{L}/u.test(text.replace(/\{\w+\}/g, ''));
  const rulesOf = (words) => words
    .filter(([text]) => isWord(text))
    .sort(([a], [b]) => b.length - a.length)
    .map(([text, translation]) => {
      const keys = [...text.matchAll(/\{(\w+)\}/g)].map(([, key]) => key);
      return { keys, pattern: new RegExp(`^${text.split(/\{\w+\}/).map(escape).join('(.+)')}$`, 's'), translation };
    });

  const translate = (text, rules) => {
    for (const { keys, pattern, translation } of rules) {
      const found = pattern.exec(text);
      if (!found) continue;
      const values = Object.fromEntries(keys.map((key, i) => [key, translate(found[i + 1], rules)]));
      return translation.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
    }
    const parts = text.split(' · ');
    return parts.length > 1 ? parts.map((part) => translate(part, rules)).join(' · ') : text;
  };

  /** Texts that can be seen: nodes of the document, and what stands in an empty field. */
  const texts = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (node.data.trim() && node.parentElement.checkVisibility() && !node.parentElement.closest('noscript')) found.push(node);
    return found;
  };
  const fields = () => [...document.querySelectorAll('[placeholder]')].filter((e) => e.checkVisibility() && e.value === '');

  const isHidden = (element) => element.closest('.hidden-words') || getComputedStyle(element).clipPath !== 'none';
  const clips = (value) => value !== 'visible';

  const howCut = (node) => {
    const element = node.parentElement;
    if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + SLACK_PX) return 'too long';
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = range.getBoundingClientRect();
    if (text.left < -SLACK_PX || text.right > innerWidth + SLACK_PX) return 'beside the screen';
    for (let outer = element; outer; outer = outer.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(outer);
      const box = outer.getBoundingClientRect();
      if (clips(overflowX) && (text.left < box.left - SLACK_PX || text.right > box.right + SLACK_PX)) return 'clipped at a side';
      if (['hidden', 'clip'].includes(overflowY) && outer !== document.body && (text.top < box.top - SLACK_PX || text.bottom > box.bottom + SLACK_PX)) return 'clipped above or below';
    }
    return null;
  };

  const isTooLong = (field) => {
    const style = getComputedStyle(field);
    const canvas = document.createElement('canvas').getContext('2d');
    canvas.font = style.font;
    canvas.letterSpacing = style.letterSpacing;
    return canvas.measureText(field.placeholder).width > field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) + SLACK_PX;
  };

  const look = (code) => {
    const cut = [];
    for (const node of texts()) {
      const how = node.parentElement.closest(OF_OTHERS) || isHidden(node.parentElement) ? null : howCut(node);
      if (how) cut.push(`${code}: ${how}: ${node.data}`);
    }
    for (const field of fields()) if (isTooLong(field)) cut.push(`${code}: too long for its field: ${field.placeholder}`);
    if (root.scrollWidth > innerWidth) cut.push(`${code}: the page is ${root.scrollWidth} pixels wide`);
    return cut;
  };

  const cut = [];
  let nTranslated = 0;
  const [lang, dir] = [root.lang, root.dir];
  const written = texts().map((node) => [node, node.data]);
  const asked = fields().map((field) => [field, field.placeholder]);
  for (const { code, dir: direction, words } of languages) {
    const rules = rulesOf(words);
    Object.assign(root, { lang: code, dir: direction });
    for (const [node, text] of written) {
      node.data = node.parentElement.closest(OF_OTHERS) ? text : translate(text, rules);
      if (node.data !== text) nTranslated++;
    }
    for (const [field, text] of asked) field.placeholder = translate(text, rules);
    cut.push(...look(code));
  }
  for (const [node, text] of written) node.data = text;
  for (const [field, text] of asked) field.placeholder = text;
  Object.assign(root, { lang, dir });
  return { cut, nTranslated };
};
