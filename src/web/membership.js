// membership: who we are in the room, kept for the tab's life so that a reload comes back as the same member.
//
// sessionStorage only, erased at leave (PROTOCOL.md, section 6): an http://192.168.… origin may be another
// machine tomorrow.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * @typedef {{ code: string, name: string, member: string, token: string, roomKey?: string }} SavedMembership roomKey of a
 *   private room, base64url
 */

const MEMBERSHIP = 'snug.membership';
const SECRET = 'snug.secret';
const NAME = 'snug.name';

/** @param {SavedMembership} membership */
export function saveMembership(membership) {
  sessionStorage.setItem(MEMBERSHIP, JSON.stringify(membership));
}

/**
 * @param {string} code only the membership of this room
 * @returns {SavedMembership | null}
 */
export function loadMembership(code) {
  try {
    const saved = JSON.parse(sessionStorage.getItem(MEMBERSHIP) ?? 'null');
    return saved?.code === code ? saved : null;
  } catch {
    return null;
  }
}

export function eraseMembership() {
  sessionStorage.removeItem(MEMBERSHIP);
  sessionStorage.removeItem(SECRET);
}

/** The link's fragment is gone by now: a reload needs it. @param {string} code @param {string} secret */
export function saveSecret(code, secret) {
  sessionStorage.setItem(SECRET, JSON.stringify({ code, secret }));
}

/** @param {string} code only the secret of this room @returns {string} '' for none */
export function loadSecret(code) {
  try {
    const saved = JSON.parse(sessionStorage.getItem(SECRET) ?? 'null');
    return saved?.code === code && typeof saved.secret === 'string' ? saved.secret : '';
  } catch {
    return '';
  }
}

/** @param {string} name */
export function saveName(name) {
  sessionStorage.setItem(NAME, name);
}

export function loadName() {
  return sessionStorage.getItem(NAME) ?? '';
}
