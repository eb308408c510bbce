// Translations: which one is taken, which form a number has, and what the build makes of a catalogue.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { chooseLanguage, isRightToLeft } from '../../src/web/catalogue.js';
import { _, n_, useCatalogue } from '../../src/web/words.js';
import { assemblePseudo, findWords } from './pseudo-locale.mjs';

const NONE = { forms: '', words: {} };

test('the first of the person’s languages that there is; English is what is written', () => {
  const available = ['ar', 'de', 'pt_BR', 'zh_TW'];
  const choose = (...wanted) => chooseLanguage(wanted, available);
  assert.equal(choose('fr', 'de-AT', 'ar'), 'de');
  assert.equal(choose('pt-BR'), 'pt_BR');
  assert.equal(choose('pt-PT'), '');
  assert.equal(choose('zh-Hant-TW'), 'zh_TW');
  assert.equal(choose('en-GB', 'de'), '');
  assert.equal(choose('AR-eg'), 'ar');
  assert.equal(choose(), '');
  assert.equal(chooseLanguage(['en-GB', 'de'], ['en_GB']), 'en_GB');
  assert.deepEqual(['ar', 'fa_AF', 'de', 'arn'].map(isRightToLeft), [true, true, false, false]);
});

test('what is not translated is said in English, and names of objects are no words', () => {
  useCatalogue({ forms: '10'.padEnd(200, '1'), words: { Chat: 'Plausch', '{n} file': ['{n} Datei', '{n} Dateien'] } });
  assert.equal(_('Chat'), 'Plausch');
  assert.equal(_('Files'), 'Files');
  assert.equal(_('constructor'), 'constructor');
  assert.deepEqual([0, 1, 2, 201].map((n) => n_('{n} file', '{n} files', n)), ['0 Dateien', '1 Datei', '2 Dateien', '201 Dateien']);
  assert.equal(n_('{n} item', '{n} items', 2), '2 items');
  useCatalogue(NONE);
  assert.equal(_('Chat'), 'Chat');
});

test('the build takes all words of the page that are translated, and no others, with the form for each number', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'snug-pseudo-'));
  t.after(() => rm(folder, { recursive: true }));
  const output = await assemblePseudo(folder, 'msgid "not of the page"\nmsgstr "x"\n\n#, fuzzy\nmsgid "fuzzy"\nmsgstr "x"\n');
  const catalogue = JSON.parse(await readFile(join(output, 'lang/ar.json'), 'utf8'));
  assert.equal(Object.keys(catalogue.words).length, (await findWords()).length);
  assert.match(await readFile(join(output, 'catalogue.js'), 'utf8'), /\["ar"\]/);

  useCatalogue(catalogue);
  assert.equal(_('Join room {code}?', { code: 'BOOK23' }), '⟦Join room BOOK23?⟧');
  const rules = new Intl.PluralRules('ar');
  const categories = ['zero', 'one', 'two', 'few', 'many', 'other'];
  for (let n = 0; n <= 2000; n++) assert.equal(n_('{n} file', '{n} files', n).slice(1, 2), String(categories.indexOf(rules.select(n))), `${n}`);
  useCatalogue(NONE);
});
