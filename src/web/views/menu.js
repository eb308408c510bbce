// menu: what can be done with one thing, at it. One menu at a time, by mouse, finger and keyboard.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { button, byId } from './dom.js';

let close = () => {};

/**
 * @param {HTMLElement} menu
 * @param {{ x: number, y: number }} at
 */
function place(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.x, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(at.y, innerHeight - height - 8))}px`;
}

/** @param {HTMLElement} menu @param {KeyboardEvent} event */
function onKey(menu, event) {
  const items = /** @type {HTMLElement[]} */ ([...menu.querySelectorAll('button')]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 });
  const step = steps[event.key];
  if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (step !== undefined) items[(at + step + items.length) % items.length]?.focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Opens it, and makes sure that it goes.
 *
 * @param {string} label for those who do not see it
 * @param {HTMLElement} menu
 * @param {{ x: number, y: number }} at of the page's view
 */
export function openMenu(label, menu, at) {
  close();
  menu.setAttribute('role', 'menu');
  menu.setAttribute('aria-label', label);
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const whenElsewhere = (/** @type {Event} */ event) => !menu.contains(/** @type {Node} */ (event.target)) && close();
  const closeThis = () => {
    close = () => {};
    removeEventListener('pointerdown', whenElsewhere, true);
    removeEventListener('resize', closeThis);
    const hadFocus = menu.contains(document.activeElement);
    menu.remove();
    if (hadFocus) before?.focus();
  };
  close = closeThis;
  addEventListener('pointerdown', whenElsewhere, true);
  addEventListener('resize', closeThis);
  menu.addEventListener('keydown', (event) => onKey(menu, event));
  byId('panes').append(menu);
  place(menu, at);
  menu.querySelector('button')?.focus();
}

/** Closed first: what is done may want the focus. @param {() => void} command */
export function run(command) {
  close();
  command();
}

/** @param {string} words @param {() => void} command */
export function menuItem(words, command) {
  const element = button(words, () => run(command), 'flat item');
  element.setAttribute('role', 'menuitem');
  return element;
}

/** Below an element, from where its line begins. @param {HTMLElement} element */
export function below(element) {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom + 4 };
}
