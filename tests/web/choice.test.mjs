// What is chosen of a folder, and how it travels.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import './node18.mjs';
import { Choice, chooseEntries, madeOf } from '../../src/web/choice.js';

const file = (path, size = 10) => ({ path: path.split('/'), size, mtime: 0, isFolder: false });
const folder = (path) => ({ path: path.split('/'), size: 0, mtime: 0, isFolder: true });
const ENTRIES = [folder('a'), file('a/1', 1), folder('a/b'), file('a/b/2', 2), file('ab', 4), folder('c'), file('x', 8), file('y', 16), file('z', 32)];
const chosenOf = (choice) => ENTRIES.flatMap(({ path }, n) => (choice.has(n) ? [path.join('/')] : []));

test('everything is chosen at first, and says so by saying nothing', () => {
  const choice = new Choice(ENTRIES);
  assert.deepEqual(choice.total, { count: 9, size: 63 });
  assert.equal(choice.only, undefined);
  assert.equal(chooseEntries(ENTRIES, undefined), ENTRIES);
});

test('what is in a folder goes with it, a file brings the folders that it is in, and names that begin alike are others', () => {
  const choice = new Choice(ENTRIES);
  choice.set(0, false);
  assert.deepEqual(chosenOf(choice), ['ab', 'c', 'x', 'y', 'z']);
  choice.set(3, true);
  assert.deepEqual(chosenOf(choice), ['a', 'a/b', 'a/b/2', 'ab', 'c', 'x', 'y', 'z']);
  choice.set(3, false);
  assert.deepEqual(chosenOf(choice), ['a', 'a/b', 'ab', 'c', 'x', 'y', 'z']);
  choice.setAll(false);
  assert.deepEqual(choice.total, { count: 0, size: 0 });
  assert.equal(choice.only, '');
});

test('it travels as bits without zero bytes at the end, and is read as what was chosen', () => {
  const choice = new Choice(ENTRIES);
  choice.setAll(false);
  choice.set(1, true);
  assert.equal(choice.only, 'Aw');
  choice.set(8, true);
  assert.equal(choice.only, 'AwE');
  const chosen = chooseEntries(ENTRIES, choice.only);
  assert.deepEqual(madeOf(chosen).map(({ path }) => path.join('/')), ['a', 'a/1', 'z']);
  // The numbers stay, and what was left out has no bytes.
  assert.deepEqual(chosen.map(({ size }) => size), [0, 1, 0, 0, 0, 0, 0, 0, 32]);
});

test('what is not there cannot be chosen', () => {
  assert.equal(chooseEntries(ENTRIES, 'AAI'), null);
  assert.equal(chooseEntries(ENTRIES, '*'), null);
  assert.notEqual(chooseEntries(ENTRIES, 'AwEAAA'), null);
});
