// membership: who we are in the room, kept for the tab's life so that a reload comes back as the same member.
//
// sessionStorage only, erased at leave (PROTOCOL.md, section 6): an http://192.168.… origin may be another
// machine tomorrow.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** @typedef {{ code: string, name: string, member: string, token: string }} SavedMembership */

const MEMBERSHIP = 'snug.membership';
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
}

/** @param {string} name */
export function saveName(name) {
  sessionStorage.setItem(NAME, name);
}

export function loadName() {
  return sessionStorage.getItem(NAME) ?? '';
}
