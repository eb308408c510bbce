// What is found in a chat.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMessages } from '../../src/web/search.js';

const message = (key, text, more = {}) => ({ key, kind: 'text', text, deleted: false, ...more });

test('found is what was said, whatever its case or spelling, the newest first', () => {
  const messages = [
    message('1', 'The RECIPE'), message('2', 'something else'), message('3', 'another recipe for Gru\u0308\u00dfe'),
    message('4', 'recipe.pdf', { kind: 'file' }), message('5', 'recipe', { deleted: true }), message('6', 'Recipe left', { kind: 'system' }),
  ];
  assert.deepEqual(findMessages(messages, ' recipe '), ['3', '1']);
  assert.deepEqual(findMessages(messages, 'GRÜ'), ['3']);
  assert.deepEqual(findMessages(messages, '  '), []);
  assert.deepEqual(findMessages(messages, 'nobody'), []);
});
