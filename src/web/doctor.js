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

/** @param {string} origin @param {AbortSignal} stop @returns {Promise<Finding>} */
async function askServer(origin, stop) {
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const timer = setTimeout(giveUp, ANSWER_MS);
  stop.addEventListener('abort', giveUp);
  try {
    const answer = await fetch(`${origin}/api/health`, { cache: 'no-store', signal: patience.signal });
    return answer.ok ? 'works' : 'refused';
  } catch {
    return 'silent';
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Until a candidate of that type comes, or none more.
 *
 * @param {RTCPeerConnection} pc
 * @param {RTCIceCandidateType} type
 * @param {AbortSignal} stop
 * @returns {Promise<Finding>}
 */
function findCandidate(pc, type, stop) {
  let failure = /** @type {Finding} */ ('silent');
  pc.addEventListener('icecandidateerror', ({ errorCode }) => {
    if (errorCode !== NO_ANSWER) failure = errorCode === WRONG_PASSWORD ? 'password' : 'refused';
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle(failure), ANSWER_MS);
    const settle = (/** @type {Finding} */ finding) => {
      clearTimeout(timer);
      resolve(finding);
    };
    pc.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate === null) settle(failure);
      else if (candidate.type === type) settle('works');
    });
    stop.addEventListener('abort', () => settle(failure));
  });
}

/** @param {RTCIceServer[]} iceServers @param {RTCIceCandidateType} type @param {AbortSignal} stop @returns {Promise<Finding>} */
async function gather(iceServers, type, stop) {
  if (iceServers.length === 0) return 'not-named';
  /** @type {RTCPeerConnection | undefined} */
  let pc;
  try {
    pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: type === 'relay' ? 'relay' : 'all' });
    const found = findCandidate(pc, type, stop);
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
 * @param {RTCIceServer[]} relays @param {boolean} isPrivate @param {AbortSignal} stop @returns {Promise<Finding>}
 */
async function tryRelays(relays, isPrivate, stop) {
  return isPrivate && relays.length > 0 ? 'unused' : gather(relays, 'relay', stop);
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
function reachOf(stun, relay) {
  const title = _('People in other networks');
  if (relay === 'works') return { title, state: 'done', words: _('They are reached, if need be through the relay.') };
  const isSeen = stun === 'works' || (stun === 'not-named' && (relay === 'not-named' || relay === 'unused'));
  return { title, state: 'failed', words: isSeen ? _('Not all of them are reached.') : _('They are not reached.') };
}

/**
 * One check-up, each step as soon as it is known.
 *
 * @param {{ origin: string, iceServers: RTCIceServer[], isPrivate: boolean }} from
 * @param {AbortSignal} stop ends it: nobody is asked any more, and what it found then means nothing
 * @returns {AsyncGenerator<Check, void, void>}
 */
export async function* checkUp({ origin, iceServers, isPrivate }, stop) {
  const isStun = (/** @type {RTCIceServer} */ { urls }) => String(urls).startsWith('stun:');
  const asked = gather(iceServers.filter(isStun), 'srflx', stop);
  const tried = tryRelays(iceServers.filter((server) => !isStun(server)), isPrivate, stop);
  yield checkOf(_('Server'), await askServer(origin, stop));
  const stun = await asked;
  yield checkOf(_('STUN server'), stun);
  const relay = await tried;
  yield checkOf(_('Relay'), relay);
  yield reachOf(stun, relay);
}
