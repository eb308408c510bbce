// json-gate: the only door through which a stranger's JSON reaches JSON.parse.
//
// The same rules as src/base/snug-json.c, tested with the same data (PROTOCOL.md, section 0): one RFC 8259
// object, no NUL written or escaped, no lone surrogates, nesting at most 8, numbers are integers from 0 to
// 2^53 - 1, within the byte limit of the door. Linear, no recursion.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {Record<string, unknown>} JsonObject */

/** Deepest nesting of objects and arrays, the outermost object counted as 1. */
export const MAX_DEPTH = 8;

export class BadJson extends Error {}

/** What the grammar allows next. */
const Expect = Object.freeze({
  VALUE: 0,
  VALUE_OR_END: 1,
  NAME: 2,
  NAME_OR_END: 3,
  COLON: 4,
  COMMA_OR_END: 5,
  NOTHING: 6,
});

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** @param {number} c */
const isDigit = (c) => c >= 0x30 && c <= 0x39;

/** @param {number} c */
const isWhiteSpace = (c) => c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d;

/** @param {number} c */
const isHighSurrogate = (c) => c >= 0xd800 && c <= 0xdbff;

/** @param {number} c */
const isLowSurrogate = (c) => c >= 0xdc00 && c <= 0xdfff;

class Scanner {
  #text;
  #at = 0;
  #isArray = /** @type {boolean[]} */ ([]);
  #expect = /** @type {number} */ (Expect.VALUE);

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  /** Whether the whole text is one object of this protocol. */
  run() {
    if (this.#text.charCodeAt(0) !== OPEN_OBJECT) return false;

    while (this.#at < this.#text.length) {
      const c = this.#text.charCodeAt(this.#at);
      if (isWhiteSpace(c)) this.#at++;
      else if (!this.#scanToken(c)) return false;
    }
    return this.#expect === Expect.NOTHING;
  }

  /** @param {number} c */
  #scanToken(c) {
    switch (this.#expect) {
      case Expect.VALUE:
        return this.#scanValue(c);
      case Expect.VALUE_OR_END:
        return c === CLOSE_ARRAY ? this.#closeBracket(c) : this.#scanValue(c);
      case Expect.NAME:
        return this.#scanName(c);
      case Expect.NAME_OR_END:
        return c === CLOSE_OBJECT ? this.#closeBracket(c) : this.#scanName(c);
      case Expect.COLON:
        this.#at++;
        this.#expect = Expect.VALUE;
        return c === COLON;
      case Expect.COMMA_OR_END:
        return c === COMMA ? this.#skipComma() : this.#closeBracket(c);
      default:
        return false;
    }
  }

  /** @param {number} c */
  #scanName(c) {
    this.#at++;
    this.#expect = Expect.COLON;
    return c === QUOTE && this.#skipString();
  }

  #skipComma() {
    this.#at++;
    this.#expect = this.#isArray[this.#isArray.length - 1] ? Expect.VALUE : Expect.NAME;
    return true;
  }

  /** @param {number} c */
  #scanValue(c) {
    if (c === OPEN_OBJECT || c === OPEN_ARRAY) return this.#openBracket(c === OPEN_ARRAY);

    this.#expect = Expect.COMMA_OR_END;
    if (c === QUOTE) {
      this.#at++;
      return this.#skipString();
    }
    if (isDigit(c)) return this.#skipNumber();
    return this.#skipWord('true') || this.#skipWord('false') || this.#skipWord('null');
  }

  /** @param {boolean} isArray */
  #openBracket(isArray) {
    if (this.#isArray.length === MAX_DEPTH) return false;
    this.#isArray.push(isArray);
    this.#at++;
    this.#expect = isArray ? Expect.VALUE_OR_END : Expect.NAME_OR_END;
    return true;
  }

  /** @param {number} c */
  #closeBracket(c) {
    const isArray = this.#isArray.pop();
    this.#at++;
    this.#expect = this.#isArray.length === 0 ? Expect.NOTHING : Expect.COMMA_OR_END;
    return c === (isArray ? CLOSE_ARRAY : CLOSE_OBJECT);
  }

  #skipString() {
    while (this.#at < this.#text.length) {
      const c = this.#text.charCodeAt(this.#at++);
      if (c === QUOTE) return true;
      if (c < 0x20 || isLowSurrogate(c)) return false;
      if (isHighSurrogate(c) && !isLowSurrogate(this.#text.charCodeAt(this.#at++))) return false;
      if (c === BACKSLASH && !this.#skipEscape()) return false;
    }
    return false;
  }

  #skipEscape() {
    const c = this.#text[this.#at++];
    if (c !== 'u') return c !== undefined && '"\\/bfnrt'.includes(c);

    const unit = this.#readHex4();
    if (unit <= 0 || isLowSurrogate(unit)) return false;
    if (!isHighSurrogate(unit)) return true;

    // RFC 8259 section 7: a high surrogate is the first half of a pair.
    if (!this.#text.startsWith('\\u', this.#at)) return false;
    this.#at += 2;
    return isLowSurrogate(this.#readHex4());
  }

  /** The four digits as a number, or -1. */
  #readHex4() {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    this.#at += 4;
    return /^[0-9a-fA-F]{4}$/.test(digits) ? parseInt(digits, 16) : -1;
  }

  #skipNumber() {
    const start = this.#at;
    let value = 0;

    while (isDigit(this.#text.charCodeAt(this.#at))) {
      value = value * 10 + (this.#text.charCodeAt(this.#at++) - 0x30);
      if (value > Number.MAX_SAFE_INTEGER) return false;
    }
    if (this.#at - start > 1 && this.#text[start] === '0') return false;
    return !/[.eE+-]/.test(this.#text[this.#at] ?? '');
  }

  /** @param {string} word */
  #skipWord(word) {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return !/[0-9A-Za-z]/.test(this.#text[this.#at] ?? '');
  }
}

/** @param {string} text */
export function byteLength(text) {
  return new TextEncoder().encode(text).length;
}

/**
 * @param {string} text
 * @param {number} maxBytes
 */
export function isWithin(text, maxBytes) {
  // One UTF-16 unit is one to three bytes, so most texts need no counting.
  if (text.length > maxBytes) return false;
  return text.length * 3 <= maxBytes || byteLength(text) <= maxBytes;
}

/**
 * @param {unknown} text what a WebSocket or data channel delivered
 * @param {number} maxBytes the limit of the door it came in by
 * @returns {JsonObject}
 * @throws {BadJson}
 */
export function parseJson(text, maxBytes) {
  if (typeof text !== 'string') throw new BadJson('not a text');
  if (!isWithin(text, maxBytes)) throw new BadJson(`more than ${maxBytes} bytes`);
  if (!new Scanner(text).run()) throw new BadJson('not a JSON object of this protocol');
  return JSON.parse(text);
}

/**
 * The same for bytes, which must be UTF-8.
 *
 * @param {Uint8Array} bytes
 * @param {number} maxBytes
 * @throws {BadJson}
 */
export function parseJsonBytes(bytes, maxBytes) {
  if (bytes.length > maxBytes) throw new BadJson(`more than ${maxBytes} bytes`);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadJson('not UTF-8');
  }
  return parseJson(text, maxBytes);
}

// Typed peeks: the value, or undefined if the member is absent, of another type or beyond its cap. Nothing
// is converted: a stranger's "1" is not 1. Own members only: `toString` of an empty object is absent.

/**
 * @param {JsonObject} object
 * @param {string} name
 */
function own(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name) ? object[name] : undefined;
}

/**
 * What a peek found, of a field that must be there.
 *
 * @template T
 * @param {T | undefined} value
 * @param {string} name
 * @returns {T}
 * @throws {BadJson}
 */
export function required(value, name) {
  if (value === undefined) throw new BadJson(`no usable "${name}"`);
  return value;
}

/**
 * @param {JsonObject} object
 * @param {string} name
 * @param {number} maxBytes
 * @returns {string | undefined}
 */
export function peekString(object, name, maxBytes) {
  const value = own(object, name);
  return typeof value === 'string' && isWithin(value, maxBytes) ? value : undefined;
}

/**
 * @param {JsonObject} object
 * @param {string} name
 * @param {number} [max]
 * @returns {number | undefined}
 */
export function peekInteger(object, name, max = Number.MAX_SAFE_INTEGER) {
  const value = own(object, name);
  return typeof value === 'number' && value <= max ? value : undefined;
}

/**
 * @param {JsonObject} object
 * @param {string} name
 * @returns {boolean | undefined}
 */
export function peekBoolean(object, name) {
  const value = own(object, name);
  return typeof value === 'boolean' ? value : undefined;
}

/**
 * @param {JsonObject} object
 * @param {string} name
 * @returns {JsonObject | undefined}
 */
export function peekObject(object, name) {
  const value = own(object, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return /** @type {JsonObject} */ (value);
}

/**
 * @param {JsonObject} object
 * @param {string} name
 * @param {number} maxItems
 * @returns {unknown[] | undefined}
 */
export function peekArray(object, name, maxItems) {
  const value = own(object, name);
  return Array.isArray(value) && value.length <= maxItems ? value : undefined;
}

/**
 * An array whose elements are all strings within the cap, else undefined.
 *
 * @param {JsonObject} object
 * @param {string} name
 * @param {number} maxItems
 * @param {number} maxBytes
 * @returns {string[] | undefined}
 */
export function peekStrings(object, name, maxItems, maxBytes) {
  const value = peekArray(object, name, maxItems);
  if (!value?.every((item) => typeof item === 'string' && isWithin(item, maxBytes))) return undefined;
  return /** @type {string[]} */ (value);
}
