// rich-text: the little markup of a chat message: links, `code`, **bold**, fenced blocks. Pure but for show().
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { el } from './dom.js';

/** @typedef {{ kind: 'text' | 'bold' | 'code' | 'block' | 'link', text: string }} Span */

/** After the opening marks the rest of a line may name the language. */
const FENCE = /```(?:[^\n`]*\n)?([\s\S]*?)```/g;
/** Only http, https and mailto lead anywhere. */
const INLINE = /`([^`\n]+)`|\*\*([^*\n](?:[^\n]*?[^*\n])?)\*\*|\b((?:https?:\/\/|mailto:)[^\s<>"'`]+)/g;

/** What ends a sentence is not part of its link. @param {string} url */
function trimLink(url) {
  let end = url.length;
  while (end > 0 && /[.,;:!?]/.test(url[end - 1] ?? '')) end--;
  const link = url.slice(0, end);
  return link.endsWith(')') && !link.includes('(') ? link.slice(0, -1) : link;
}

/** The scheme is one of the three already; a browser must find an address behind it. @param {string} url */
function isAddress(url) {
  try {
    return new URL(url).href !== '';
  } catch {
    return false;
  }
}

/** @param {string} text @returns {Span[]} */
function parseInline(text) {
  /** @type {Span[]} */
  const spans = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, url] = match;
    const link = url === undefined ? '' : trimLink(url);
    if (url !== undefined && !isAddress(link)) continue;
    spans.push({ kind: 'text', text: text.slice(at, match.index) });
    if (code !== undefined) spans.push({ kind: 'code', text: code });
    else if (bold !== undefined) spans.push({ kind: 'bold', text: bold });
    else spans.push({ kind: 'link', text: link });
    at = match.index + (url === undefined ? whole.length : link.length);
  }
  spans.push({ kind: 'text', text: text.slice(at) });
  return spans;
}

/** @param {string} text @returns {Span[]} without empty ones */
export function parseRichText(text) {
  /** @type {Span[]} */
  const spans = [];
  let at = 0;
  for (const match of text.matchAll(FENCE)) {
    const block = (match[1] ?? '').trimEnd();
    if (block === '') continue;
    spans.push(...parseInline(text.slice(at, match.index)), { kind: 'block', text: block });
    at = match.index + match[0].length;
  }
  spans.push(...parseInline(text.slice(at)));
  return spans.filter((span) => span.text !== '');
}

/** @param {Span} span */
function show({ kind, text }) {
  switch (kind) {
    case 'bold':
      return el('strong', '', text);
    case 'code':
      return el('code', '', text);
    case 'block':
      return el('pre', '', [el('code', '', text)]);
    case 'link': {
      const link = el('a', '', text);
      link.href = text;
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
      return link;
    }
    default:
      return document.createTextNode(text);
  }
}

/** @param {HTMLElement} element @param {string} text */
export function showRichText(element, text) {
  element.replaceChildren(...parseRichText(text).map(show));
}
