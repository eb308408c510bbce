// doctor: whether others can be reached from this browser: what a check-up asks, and what follows from it.
//
// It asks as a connection would: who is named by the room's server, but for relays in a private room, learns this
// browser's address, as then.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _ } from './words.js';

/** @typedef {'works' | 'unused' | 'not-named' | 'silent' | 'password' | 'refused'} Finding */
/** @typedef {{ title: string, state: 'done' | 'failed' | 'waiting', words: string }} Check */

const ANSWER_MS = 8000;

// What a TURN server says to a wrong password, and any server's silence (RFC 8656 section 19; WebRTC's own 701).
const WRONG_PASSWORD = 401;
const NO_ANSWER = 701;

/** @param {string} origin @returns {Promise<Finding>} */
async function askServer(origin) {
  try {
    const answer = await fetch(`${origin}/api/health`, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS) });
    return answer.ok ? 'works' : 'refused';
  } catch {
    return 'silent';
  }
}

/**
 * Until a candidate of that type comes, or none more.
 *
 * @param {RTCPeerConnection} pc
 * @param {RTCIceCandidateType} type
 * @returns {Promise<Finding>}
 */
function findCandidate(pc, type) {
  let failure = /** @type {Finding} */ ('silent');
  pc.addEventListener('icecandidateerror', ({ errorCode }) => {
    if (errorCode !== NO_ANSWER) failure = errorCode === WRONG_PASSWORD ? 'password' : 'refused';
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(failure), ANSWER_MS);
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate !== null && candidate.type !== type) return;
      clearTimeout(timer);
      resolve(candidate === null ? failure : 'works');
    });
  });
}

/** @param {RTCIceServer[]} iceServers @param {RTCIceCandidateType} type @returns {Promise<Finding>} */
async function gather(iceServers, type) {
  if (iceServers.length === 0) return 'not-named';
  /** @type {RTCPeerConnection | undefined} */
  let pc;
  try {
    pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: type === 'relay' ? 'relay' : 'all' });
    const found = findCandidate(pc, type);
    pc.createDataChannel('');
    await pc.setLocalDescription();
    return await found;
  } catch (error) {
    console.debug('doctor: the browser does not take what is named:', String(error));
    return 'refused';
  } finally {
    pc?.close();
  }
}

/**
 * As a connection would: the relay of a server that need not be trusted is none of a private room.
 *
 * @param {RTCIceServer[]} relays @param {boolean} isPrivate @returns {Promise<Finding>}
 */
async function tryRelays(relays, isPrivate) {
  return isPrivate && relays.length > 0 ? 'unused' : gather(relays, 'relay');
}

/** @param {Finding} finding @returns {string} why, and what to do */
function wordsOf(finding) {
  switch (finding) {
    case 'works':
      return _('It works.');
    case 'unused':
      return _('The server names it, so private rooms do not use it.');
    case 'not-named':
      return _('None was named.');
    case 'password':
      return `${_('It does not take this user and password.')} ${_('Tell who runs it.')}`;
    case 'refused':
      return `${_('It does not let us in.')} ${_('Tell who runs it.')}`;
    default:
      return `${_('Nothing comes back.')} ${_('Check that it runs, and that no firewall stands in between.')}`;
  }
}

/** @param {Finding} finding @returns {Check['state']} */
function stateOf(finding) {
  if (finding === 'not-named' || finding === 'unused') return 'waiting';
  return finding === 'works' ? 'done' : 'failed';
}

/** @param {string} title @param {Finding} finding @returns {Check} */
const checkOf = (title, finding) => ({ title, state: stateOf(finding), words: wordsOf(finding) });

/** Without a relay a strict router, here or there, keeps some apart. @param {Finding} stun @param {Finding} relay @returns {Check} */
export function reachOf(stun, relay) {
  const title = _('People in other networks');
  if (relay === 'works') return { title, state: 'done', words: _('They are reached, if need be through the relay.') };
  const isSeen = stun === 'works' || (stun === 'not-named' && (relay === 'not-named' || relay === 'unused'));
  return { title, state: 'failed', words: isSeen ? _('Not all of them are reached.') : _('They are not reached.') };
}

/**
 * One check-up, each step as soon as it is known.
 *
 * @param {{ origin: string, iceServers: RTCIceServer[], isPrivate: boolean }} from
 * @returns {AsyncGenerator<Check, void, void>}
 */
export async function* checkUp({ origin, iceServers, isPrivate }) {
  const isStun = (/** @type {RTCIceServer} */ { urls }) => String(urls).startsWith('stun:');
  const asked = gather(iceServers.filter(isStun), 'srflx');
  const tried = tryRelays(iceServers.filter((server) => !isStun(server)), isPrivate);
  yield checkOf(_('Server'), await askServer(origin));
  const stun = await asked;
  yield checkOf(_('STUN server'), stun);
  const relay = await tried;
  yield checkOf(_('Relay'), relay);
  yield reachOf(stun, relay);
}
