// picker: files and folders as people point at them: chosen, dropped, or chosen once more after a reload.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { byId } from './dom.js';

/** @typedef {import('../source.js').PickedFolder} PickedFolder */
/** @typedef {{ files: File[], folders: PickedFolder[] }} Picked */

/** More than this many names are no folder that can be sent: what comes behind them is not looked at. */
const MAX_LOOKED_AT = 100_001;

/** Phones have none to choose. */
export function canPickFolders() {
  return 'webkitdirectory' in HTMLInputElement.prototype;
}

/** What a person chose in a dialog for folders. Those without a file in it are not told of. @param {Iterable<File>} files @returns {PickedFolder[]} */
export function foldersOf(files) {
  const folders = /** @type {Map<string, PickedFolder>} */ (new Map());
  for (const file of files) {
    const [name = '', ...path] = file.webkitRelativePath.split('/');
    const folder = folders.get(name) ?? { name, files: [] };
    folders.set(name, folder);
    folder.files.push({ path, file });
    if (folder.files.length >= MAX_LOOKED_AT) break;
  }
  return [...folders.values()].map(withFolders);
}

/** The folders that paths go through are entries as well. @param {PickedFolder} picked @returns {PickedFolder} */
function withFolders({ name, files }) {
  const folders = new Map();
  for (const { path } of files)
    for (let n = 1; n < path.length; n++) folders.set(path.slice(0, n).join('/'), path.slice(0, n));
  return { name, files: [...[...folders.values()].map((path) => ({ path, file: null })), ...files] };
}

/** @param {FileSystemEntry[]} entries of the root, taken while the event lasts @returns {Promise<Picked>} */
async function readEntries(entries) {
  const picked = /** @type {Picked} */ ({ files: [], folders: [] });
  for (const entry of entries) {
    if (entry.isDirectory) {
      const folder = { name: entry.name, files: [] };
      await readFolder(/** @type {FileSystemDirectoryEntry} */ (entry), [], folder);
      picked.folders.push(folder);
    } else {
      const file = await fileOf(/** @type {FileSystemFileEntry} */ (entry));
      if (file) picked.files.push(file);
    }
  }
  return picked;
}

/** @param {FileSystemDirectoryEntry} directory @param {string[]} path @param {PickedFolder} into */
async function readFolder(directory, path, into) {
  for (const entry of await childrenOf(directory)) {
    if (into.files.length >= MAX_LOOKED_AT) return;
    const below = [...path, entry.name];
    const file = entry.isDirectory ? null : await fileOf(/** @type {FileSystemFileEntry} */ (entry));
    // What is there and cannot be read is left out.
    if (file || entry.isDirectory) into.files.push({ path: below, file });
    if (entry.isDirectory) await readFolder(/** @type {FileSystemDirectoryEntry} */ (entry), below, into);
  }
}

/** It comes in portions, until one is empty. @param {FileSystemDirectoryEntry} directory @returns {Promise<FileSystemEntry[]>} */
async function childrenOf(directory) {
  const reader = directory.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0 || all.length >= MAX_LOOKED_AT) return all;
    all.push(...some);
  }
}

/** @param {FileSystemFileEntry} entry @returns {Promise<File | null>} */
const fileOf = (entry) => new Promise((resolve) => entry.file(resolve, () => resolve(null)));

/** What a drop brings. To be called while the event lasts. @param {DataTransfer} transfer @returns {Promise<Picked>} */
export async function readDrop({ items, files }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
  if (!entries.some((entry) => entry?.isDirectory)) return { files: [...files], folders: [] };
  return readEntries(entries.filter((entry) => entry !== null));
}

/** After a reload. @param {'file' | 'folder'} kind @returns {Promise<File | PickedFolder | null>} */
export function pickOnceMore(kind) {
  const input = /** @type {HTMLInputElement} */ (byId('again-input'));
  input.webkitdirectory = kind === 'folder';
  return new Promise((resolve) => {
    input.onchange = () => {
      const files = [...(input.files ?? [])];
      input.value = '';
      resolve((kind === 'folder' ? foldersOf(files)[0] : files[0]) ?? null);
    };
    input.click();
  });
}
