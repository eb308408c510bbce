// dom: the few ways in which views make and change elements. Text goes into textContent, never into markup.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { splitName } from '../names.js';

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no #${id} in the page`);
  return element;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} [className]
 * @param {string | (Node | string | null)[]} [content] text, or children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, className = '', content = []) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (typeof content === 'string') element.textContent = content;
  else element.append(...content.filter((node) => node !== null));
  return element;
}

/**
 * What machines name, as TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, may go on in the next line behind a - or _.
 *
 * @param {string} text
 */
export function breakable(text) {
  const parts = text.match(/[^-_]+[-_]*|[-_]+/g) ?? [];
  return parts.flatMap((part, n) => (n === 0 ? [part] : [el('wbr'), part]));
}

const SVG = 'http://www.w3.org/2000/svg';

/** One of the symbols of index.html. @param {string} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const use = document.createElementNS(SVG, 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** @param {SVGElement} svg @param {string} name */
export function setIcon(svg, name) {
  svg.firstElementChild?.setAttribute('href', `#icon-${name}`);
}

/** The name of a file: where it is too long, its end stays to be seen. */
export class FileName {
  #start = el('span', 'name-start');
  #end = el('span');
  element = el('span', 'file-name', [this.#start, this.#end]);

  constructor() {
    this.element.dir = 'auto';
  }

  /** @param {string} name */
  show(name) {
    const [start, end] = splitName(name);
    setText(this.#start, start);
    setText(this.#end, end);
  }
}

/**
 * @param {string} label
 * @param {() => void} onClick
 * @param {string} [className]
 */
export function button(label, onClick, className = '') {
  const element = el('button', `button ${className}`.trim(), label);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}

/**
 * @param {string} name of the symbol
 * @param {string} label for those who do not see it
 * @param {() => void} onClick
 */
export function iconButton(name, label, onClick) {
  const element = button('', onClick, 'flat round');
  element.setAttribute('aria-label', label);
  element.title = label;
  element.append(icon(name));
  return element;
}

/** Writes only what changes, so that nothing flickers and no reader repeats itself. @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether anything that can be seen has it. */
function hasFocus() {
  const now = document.activeElement;
  return now instanceof HTMLElement && now !== document.body && now.offsetParent !== null;
}

/**
 * Changes what can be seen. What had the focus in one of these and is not there any more leaves it to the heading of
 * what came instead: from there Tab goes on, and a reader says where one is.
 *
 * @param {HTMLElement[]} parts
 * @param {() => void} change
 * @param {() => HTMLElement} heading
 */
export function keepFocus(parts, change, heading) {
  const before = document.activeElement;
  const had = parts.some((part) => part.contains(before));
  change();
  if (!had || hasFocus()) return;
  // Once all of it is there, its words too; a part within may have found the nearer heading.
  queueMicrotask(() => {
    if (hasFocus()) return;
    heading().tabIndex = -1;
    heading().focus();
  });
}

/**
 * A container whose children follow a list: made once, updated in place, moved only if the order changes.
 *
 * @template Item
 */
export class KeyedList {
  #container;
  #keyOf;
  #make;
  #rows = /** @type {Map<string, { item: Item, row: { element: HTMLElement, update(item: Item): void } }>} */ (
    new Map()
  );

  /**
   * @param {HTMLElement} container
   * @param {(item: Item) => string} keyOf
   * @param {(item: Item) => { element: HTMLElement, update(item: Item): void }} make
   */
  constructor(container, keyOf, make) {
    this.#container = container;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  /** @param {Item[]} items */
  render(items) {
    const keys = new Set(items.map(this.#keyOf));
    for (const [key, { row }] of this.#rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    let next = this.#container.firstElementChild;
    for (const item of items) {
      const { element } = this.#rowFor(item);
      if (element === next) next = next.nextElementSibling;
      else this.#container.insertBefore(element, next);
    }
  }

  /** @param {string} key */
  row(key) {
    return this.#rows.get(key)?.row;
  }

  /** @param {Item} item */
  #rowFor(item) {
    const key = this.#keyOf(item);
    const known = this.#rows.get(key);
    if (known?.item === item) return known.row;
    const row = known?.row ?? this.#make(item);
    row.update(item);
    this.#rows.set(key, { item, row });
    return row;
  }
}
