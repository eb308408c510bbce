// The style sheet, as text: what is at one side of a line is at the other one from right to left.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const sheet = await readFile(new URL('../../src/web/style.css', import.meta.url), 'utf8');
const declarations = [...sheet.matchAll(/([a-z-]+)\s*:\s*([^;{}]+);/g)].map(([, name, value]) => ({ name, value: value.trim() }));

test('nothing is left or right: sides are the start and the end of a line', () => {
  const isPhysical = ({ name, value }) => /\b(left|right)\b/.test(name) || /\b(left|right)\b/.test(value);
  assert.deepEqual(declarations.filter(isPhysical), []);
});

test('no shorthand gives the two sides of a line different values', () => {
  // A function is one value; there is at most one in another.
  const withoutArguments = (value) => value.replace(/\([^()]*\)/g, '').replace(/\([^()]*\)/g, '');
  const isUneven = ({ name, value }) => {
    const [, second, , fourth] = withoutArguments(value).split(/\s+/);
    return /^(margin|padding|inset|border-width)$/.test(name) && fourth !== undefined && second !== fourth;
  };
  assert.deepEqual(declarations.filter(isUneven), []);
});

test('a code is as wide as a camera needs it in each layout, however low the window', () => {
  const widths = [...sheet.matchAll(/(\.\w+ )?\.button\.qr \{[^}]*?\bwidth: ([^;]+);/g)];
  const least = widths.map(([, card = '', width]) => [card.trim(), Number(/\bclamp\((\d+)px,/.exec(width)?.[1])]);
  assert.deepEqual(least, [['.notice', 224], ['', 224], ['.invite', 224]]);
});
