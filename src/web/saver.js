// saver: where the browser can write files and folders that the person points at, pieces go there at once.
//
// What is under way there does not outlive the page: the browser puts a file in its place only when it is whole.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { madeOf } from './choice.js';
import { numberedName, safeFileName } from './names.js';
import { PieceHashes } from './transfer.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./manifest.js').Entry} Entry */
/** @typedef {import('./receiver.js').Mark} Mark */
/** @typedef {{ write(data: BufferSource): Promise<void>, close(): Promise<void>, abort(): Promise<void> }} Writable */
/** @typedef {{ createWritable(): Promise<Writable> }} FileHandle */
/**
 * @typedef {object} FolderHandle
 * @property {(name: string, options?: { create: boolean }) => Promise<FolderHandle>} getDirectoryHandle
 * @property {(name: string, options?: { create: boolean }) => Promise<FileHandle>} getFileHandle
 */

/** Chromium, on https. */
const picks = /** @type {{ showSaveFilePicker?: (o: object) => Promise<FileHandle>, showDirectoryPicker?: (o: object) => Promise<FolderHandle> }} */ (
  /** @type {unknown} */ (globalThis));

/** @param {'file' | 'folder'} kind */
export function canPick(kind) {
  return kind === 'folder' ? Boolean(picks.showDirectoryPicker) : Boolean(picks.showSaveFilePicker);
}

/** A sink of Receiver's that forgets no piece and keeps none. */
class Saver {
  marks = /** @type {Mark[]} */ ([]);
  manifest = /** @type {Uint8Array | null} */ (null);
  hashes;

  /** @param {Sha256} sha256 */
  constructor(sha256) {
    this.hashes = new PieceHashes(sha256);
  }

  async flush() {}

  /** @param {Uint8Array} bytes @param {Entry[]} _entries */
  async keepManifest(bytes, _entries) {
    this.manifest = bytes;
  }
}

/** One file. */
class FileSaver extends Saver {
  #writable;

  /** @param {Writable} writable @param {Sha256} sha256 */
  constructor(writable, sha256) {
    super(sha256);
    this.#writable = writable;
  }

  async begin() {}

  /** @param {Uint8Array} piece @param {Mark} mark */
  async write(piece, mark) {
    await this.#writable.write(/** @type {BufferSource} */ (piece));
    this.marks.push(mark);
  }

  /** @returns {Promise<null>} it is in its place */
  async whole() {
    await this.#writable.close();
    return null;
  }

  async remove() {
    await this.#writable.abort().catch(() => {});
  }
}

/** A folder, as a tree, in a new folder of the one that was chosen. */
class FolderSaver extends Saver {
  #parent;
  #name;
  #entries = /** @type {Entry[]} */ ([]);
  #folders = /** @type {Map<string, FolderHandle>} */ (new Map());
  #entry = -1;
  #writable = /** @type {Writable | null} */ (null);

  /** @param {FolderHandle} parent @param {string} name safe @param {Sha256} sha256 */
  constructor(parent, name, sha256) {
    super(sha256);
    this.#parent = parent;
    this.#name = name;
  }

  /** @param {Uint8Array} bytes @param {Entry[]} entries */
  async keepManifest(bytes, entries) {
    await super.keepManifest(bytes, entries);
    this.#entries = entries;
    this.#folders.set('', await this.#makeRoot());
    for (const { path, isFolder } of madeOf(entries)) if (isFolder) await this.#folder(path);
  }

  /** What is there is never written into. */
  async #makeRoot() {
    for (let n = 1; ; n++) {
      const name = n === 1 ? this.#name : numberedName(this.#name, n);
      try {
        await this.#parent.getDirectoryHandle(name);
      } catch (error) {
        if (/** @type {Error} */ (error).name === 'NotFoundError') return this.#parent.getDirectoryHandle(name, { create: true });
        // A file has the name: the next one.
        if (/** @type {Error} */ (error).name !== 'TypeMismatchError') throw error;
      }
    }
  }

  /** @param {string[]} path @returns {Promise<FolderHandle>} */
  async #folder(path) {
    const key = path.join('/');
    const known = this.#folders.get(key);
    if (known) return known;
    const parent = await this.#folder(path.slice(0, -1));
    const made = await parent.getDirectoryHandle(path.at(-1) ?? '', { create: true });
    this.#folders.set(key, made);
    return made;
  }

  /** @param {number} entry the same again: it goes on there */
  async begin(entry) {
    if (entry === this.#entry) return;
    await this.#writable?.close();
    this.#entry = entry;
    const { path } = /** @type {Entry} */ (this.#entries[entry]);
    const folder = await this.#folder(path.slice(0, -1));
    this.#writable = await (await fileIn(folder, path.at(-1) ?? '')).createWritable();
  }

  /** @param {Uint8Array} piece @param {Mark} mark */
  async write(piece, mark) {
    await this.#writable?.write(/** @type {BufferSource} */ (piece));
    this.marks.push(mark);
  }

  /** @returns {Promise<null>} it is in its place */
  async whole() {
    await this.#writable?.close();
    return null;
  }

  /** Files that are whole stay: they are the person's. */
  async remove() {
    await this.#writable?.abort().catch(() => {});
  }
}

/** Browsers refuse some more names, such as shortcuts of Windows. @param {FolderHandle} folder @param {string} name */
async function fileIn(folder, name) {
  try {
    return await folder.getFileHandle(name, { create: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return folder.getFileHandle(safeFileName(`${name}_`), { create: true });
  }
}

/**
 * Asks the person where it is to go.
 *
 * @param {{ name: string, kind: 'file' | 'folder' }} what
 * @param {Sha256} sha256
 * @returns {Promise<FileSaver | FolderSaver | null>} null: they changed their mind
 */
export async function pickSaver({ name, kind }, sha256) {
  try {
    if (kind === 'folder') {
      const parent = await picks.showDirectoryPicker?.({ id: 'snug', mode: 'readwrite', startIn: 'downloads' });
      return parent ? new FolderSaver(parent, name, sha256) : null;
    }
    const handle = await picks.showSaveFilePicker?.({ id: 'snug', suggestedName: name, startIn: 'downloads' });
    return handle ? new FileSaver(await handle.createWritable(), sha256) : null;
  } catch (error) {
    console.debug('saver: not chosen:', String(error));
    return null;
  }
}

/** @typedef {FileSaver | FolderSaver} AnySaver */
