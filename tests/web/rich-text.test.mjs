// The little markup of the chat.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseRichText } from '../../src/web/views/rich-text.js';

const short = (text) => parseRichText(text).map(({ kind, text: t }) => `${kind}:${t}`);

const data = JSON.parse(readFileSync(new URL('../data/rich-text.json', import.meta.url), 'utf8'));

test('all is read as the window reads it', () => {
  for (const [text, spans] of data.cases) assert.deepEqual(short(text), spans.map((span) => span.join(':')), text);
  for (const text of data.plain) assert.equal(parseRichText(text).map((span) => `${span.kind}:${span.text}`).join(''), `text:${text}`);
});

test('links, code, bold and blocks', () => {
  assert.deepEqual(short('a **b** `c` d'), ['text:a ', 'bold:b', 'text: ', 'code:c', 'text: d']);
  assert.deepEqual(short('x\n```js\nlet **y**;\n```\nz'), ['text:x\n', 'block:let **y**;', 'text:\nz']);
  assert.deepEqual(short('see https://example.org/a?b=c#d.'), ['text:see ', 'link:https://example.org/a?b=c#d', 'text:.']);
  assert.deepEqual(short('(http://example.org)'), ['text:(', 'link:http://example.org', 'text:)']);
  assert.deepEqual(short('mailto:ana@example.org'), ['link:mailto:ana@example.org']);
});

test('only http, https and mailto lead anywhere', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'snug:x', 'vbscript:x', 'https://', '<b>x</b>'])
    assert.deepEqual(short(text), [`text:${text}`]);
});

test('unfinished marks are text', () => {
  for (const text of ['**', '****', '** a', '`', '```', 'a ** b', '2*3*4']) assert.deepEqual(short(text), [`text:${text}`]);
});

test('a long hostile text does not hang', { timeout: 20_000 }, () => {
  for (const text of ['*'.repeat(65536), '`'.repeat(65535), '**a'.repeat(20000), 'https://'.repeat(8000)])
    assert.equal(parseRichText(text).map((span) => span.text).join('').replaceAll('`', '').length > 0, !/^`/.test(text));
});
