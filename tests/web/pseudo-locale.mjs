// pseudo-locale: a translation of the whole page into no language, made while a test runs: every word is between
// ⟦ and ⟧, and a text with a number says which of its forms it is. Its rules for numbers are those of Arabic.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SOURCE = join(ROOT, 'src/web');
const ICON = join(ROOT, 'data/icons/hicolor/scalable/apps/io.github.snugrooms.Snug.svg');
const N_FORMS = 6;
const HEADER = `msgid ""
msgstr ""
"Language: ar\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;\\n"
`;

/** Everything in the page that can be translated, as xgettext sees it. @returns {Promise<{ one: string, many?: string }[]>} quoted */
export async function findWords() {
  const scripts = ['', 'views'].map(async (folder) =>
    (await readdir(join(SOURCE, folder))).filter((name) => name.endsWith('.js')).map((name) => join(SOURCE, folder, name)));
  const options = ['--language=JavaScript', '--from-code=UTF-8', '--keyword=_', '--keyword=n_:1,2', '--no-wrap', '-o', '-'];
  const pot = execFileSync('xgettext', [...options, ...(await Promise.all(scripts)).flat()], { encoding: 'utf8' });
  return [...pot.matchAll(/^msgid (".+")\n(?:msgid_plural (".+")\n)?/gm)].map(([, one, many]) => ({ one, many }));
}

/** @param {string} quoted @param {number} [form] */
const pseudo = (quoted, form) => `"⟦${form === undefined ? '' : `${form} `}${quoted.slice(1, -1)}⟧"`;

/** @param {{ one: string, many?: string }} words */
function entryOf({ one, many }) {
  if (many === undefined) return `msgid ${one}\nmsgstr ${pseudo(one)}\n`;
  const forms = Array.from({ length: N_FORMS }, (_, i) => `msgstr[${i}] ${pseudo(many, i)}\n`);
  return `msgid ${one}\nmsgid_plural ${many}\n${forms.join('')}`;
}

/**
 * The page with that translation, as Arabic.
 *
 * @param {string} folder
 * @param {string} [more] entries of the catalogue
 * @param {string[]} [options] of assemble.py
 */
export async function assemblePseudo(folder, more = '', options = []) {
  const [po, output] = [join(folder, 'po'), join(folder, 'web')];
  await mkdir(po, { recursive: true });
  await writeFile(join(po, 'LINGUAS'), '# a test\nar\n');
  await writeFile(join(po, 'ar.po'), [HEADER, ...(await findWords()).map(entryOf), more].join('\n'));
  const places = ['--source', SOURCE, '--icon', ICON, '--po', po, '--tests', join(ROOT, 'tests'), '--cache', join(folder, 'npm')];
  execFileSync('/usr/bin/python3', [join(SOURCE, 'assemble.py'), '--output', output, ...places, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
  return output;
}
