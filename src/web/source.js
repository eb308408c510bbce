// source: what is offered: one file, or a folder with its files, read in pieces.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { chooseEntries } from './choice.js';
import { toBase64Url } from './digest.js';
import { advance, encodeManifest, MAX_DEPTH, MAX_ENTRIES, MAX_MANIFEST_BYTES, settle, totalSize } from './manifest.js';
import { byteLength } from './json-gate.js';
import { MAX_FILE_NAME_BYTES } from './names.js';
import { PIECE_BYTES, pieceSizeAt } from './transfer.js';

/** @typedef {import('./digest.js').Sha256} Sha256 */
/** @typedef {import('./manifest.js').Entry} Entry */
/** @typedef {import('./wire.js').ManifestOffer} ManifestOffer */

/** What the person chose. @typedef {{ name: string, files: { path: string[], file: File | null }[] }} PickedFolder */

/** The file is not what it was when it was offered. */
export class FileChanged extends Error {}

/** More, or deeper, than a folder may be. */
export class TooMuch extends Error {}

const seconds = (/** @type {number} */ ms) => Math.max(0, Math.floor(ms / 1000));

/**
 * One step of what is sent: the header of an entry, or a piece of one.
 *
 * @typedef {{ entry: number | 'manifest', offset: number, size: number, isHeader: true }
 *   | { entry: number | 'manifest', offset: number, length: number, isHeader: false }} Step
 */

export class Source {
  /**
   * @param {object} options
   * @param {string} options.name
   * @param {string} [options.mimeType]
   * @param {number} [options.mtime] unix seconds
   * @param {Entry[]} options.entries
   * @param {(Blob | null)[]} options.blobs one an entry
   * @param {Uint8Array | null} [options.manifestBytes] of a folder
   * @param {ManifestOffer | null} [options.manifest]
   */
  constructor({ name, mimeType = '', mtime = 0, entries, blobs, manifestBytes = null, manifest = null }) {
    this.name = name;
    this.mimeType = mimeType;
    this.mtime = mtime;
    this.entries = entries;
    this.blobs = blobs;
    this.manifestBytes = manifestBytes;
    this.manifest = manifest;
    this.size = totalSize(entries);
  }

  /** @param {File} file */
  static ofFile(file) {
    const { name, size, type: mimeType } = file;
    const mtime = seconds(file.lastModified);
    return new Source({ name, mimeType, mtime, entries: [{ path: [name], size, mtime, isFolder: false }], blobs: [file] });
  }

  /**
   * @param {PickedFolder} folder
   * @param {Sha256} sha256
   * @throws {TooMuch}
   */
  static async ofFolder({ name, files }, sha256) {
    const isNameable = (/** @type {string} */ part) => byteLength(part) <= MAX_FILE_NAME_BYTES;
    const kept = files.filter(({ path }) => path.every(isNameable));
    kept.sort((a, b) => comparePaths(a.path, b.path));
    const entries = kept.map(({ path, file }) => ({
      path,
      size: file?.size ?? 0,
      mtime: file ? seconds(file.lastModified) : 0,
      isFolder: file === null,
    }));
    const manifestBytes = encodeManifest(entries);
    const isTooDeep = entries.some(({ path }) => path.length > MAX_DEPTH);
    if (entries.length > MAX_ENTRIES || isTooDeep || manifestBytes.length > MAX_MANIFEST_BYTES) throw new TooMuch();
    const manifest = { size: manifestBytes.length, sha256: toBase64Url(await sha256(manifestBytes)) };
    return new Source({ name, entries, blobs: kept.map(({ file }) => file), manifestBytes, manifest });
  }

  get isFolder() {
    return this.manifest !== null;
  }

  /** @param {string} id */
  offer(id) {
    const { name, size, mimeType, mtime, manifest } = this;
    const common = { type: 'file-offer', id, name, size };
    return manifest
      ? { ...common, kind: 'folder', count: this.entries.length, manifest }
      : { ...common, mimeType, mtime, kind: 'file' };
  }

  /**
   * As if the folder had the chosen files only; the manifest is the whole all the same.
   *
   * @param {string | undefined} only as it travels
   * @returns {Source | null} null: that cannot be chosen
   */
  choose(only) {
    if (only === undefined) return this;
    const entries = this.isFolder ? chooseEntries(this.entries, only) : null;
    if (!entries) return null;
    const { name, mimeType, mtime, blobs, manifestBytes, manifest } = this;
    return new Source({ name, mimeType, mtime, entries, blobs, manifestBytes, manifest });
  }

  /** Whether a `file-get` may ask for this. @param {{ entry: number | 'manifest', offset: number }} from */
  has({ entry, offset }) {
    if (entry === 'manifest') return this.isFolder && offset === 0;
    const known = this.entries[entry];
    return known !== undefined && !known.isFolder && offset <= known.size && offset % PIECE_BYTES === 0;
  }

  /** Headers and pieces from a place to the end. @param {{ entry: number | 'manifest', offset: number }} from @returns {Generator<Step>} */
  *steps({ entry, offset }) {
    if (entry === 'manifest') yield* this.#stepsOf('manifest', this.manifestBytes?.length ?? 0, 0);
    let place = settle(this.entries, entry === 'manifest' ? { entry: 0, offset: 0 } : { entry, offset });
    while (place.entry < this.entries.length) {
      const { size } = /** @type {Entry} */ (this.entries[place.entry]);
      yield* this.#stepsOf(place.entry, size, place.offset);
      place = advance(this.entries, place, size - place.offset);
    }
  }

  /** @param {number | 'manifest'} entry @param {number} size @param {number} from @returns {Generator<Step>} */
  *#stepsOf(entry, size, from) {
    yield { entry, offset: from, size, isHeader: true };
    for (let offset = from; offset < size; offset += PIECE_BYTES)
      yield { entry, offset, length: pieceSizeAt(size, offset), isHeader: false };
  }

  /**
   * The bytes of a piece.
   *
   * @param {{ entry: number | 'manifest', offset: number, length: number }} piece
   * @throws {FileChanged}
   */
  async read({ entry, offset, length }) {
    if (entry === 'manifest') return /** @type {Uint8Array} */ (this.manifestBytes).slice(offset, offset + length);
    try {
      const blob = /** @type {Blob} */ (this.blobs[entry]);
      const bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      if (bytes.length === length) return bytes;
    } catch {
      // Falls through: a file that cannot be read any more is as good as a changed one.
    }
    throw new FileChanged();
  }

  /** The first pieces of files, without headers. @param {number} nPieces */
  *pieces(nPieces) {
    let left = nPieces;
    for (const step of this.steps({ entry: 0, offset: 0 })) {
      if (left <= 0) return;
      if (step.isHeader) continue;
      yield step;
      left--;
    }
  }
}

/** A folder before what is in it. @param {string[]} a @param {string[]} b */
function comparePaths(a, b) {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x = '', y = ''] = [a[i], b[i]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
