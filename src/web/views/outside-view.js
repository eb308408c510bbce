// outside-view: everything before and after a room. One card: a question, a checklist, or a reason.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { BadInvite, notReadable, readInvite } from '../invite.js';
import { loadName } from '../membership.js';
import { completeWord, foldSecret } from '../phrase.js';
import { _, n_ } from '../words.js';
import { Checklist } from './checklist.js';
import { button, byId, el, keepFocus, KeyedList, setText } from './dom.js';
import { serverSees } from './room-view.js';
import { TransferRow } from './transfer-row.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').RoomStore} RoomStore */
/** @typedef {import('../room-store.js').State} State */
/** @typedef {import('../room-store.js').Transfer} Transfer */
/** @typedef {{ title: string, text: string, retry?: string }} Words */

const NO_LIBRARY = () => _('This page was built without what private rooms need. Use the program, or ask whoever runs the server.');

/**
 * Why the page is outside again: what happened, what it means, what to do.
 *
 * @param {string} refusal
 * @param {string} code
 * @returns {Words}
 */
function wordsFor(refusal, code) {
  switch (refusal) {
    case 'left':
      return { title: _('You left {code}', { code }), text: _('The others stay. The link lets you in again.'), retry: _('Join Again') };
    case 'room-not-found':
      return {
        title: _('No room {code}', { code }),
        text: _('The code is not right, or the room is over. Compare it with the one you were given, or ask for a new link.'),
        retry: _('Try Again'),
      };
    case 'room-full':
      return { title: _('Room is full'), text: _('Nobody else fits in. Try again when somebody has left.'), retry: _('Try Again') };
    case 'locked':
      return { title: _('Room is locked'), text: _('Ask somebody inside to unlock it, then try again.'), retry: _('Try Again') };
    case 'expired':
      return { title: _('This room is over'), text: _('Its time was up, or it was closed. What you received can still be saved here.') };
    case 'denied':
      return { title: _('Not let in'), text: _('Somebody inside decided against it.') };
    case 'removed':
      return { title: _('You were removed'), text: _('Somebody closed the door of this room for you.') };
    case 'not-safe':
      return { title: _('Not safe'), text: _('Somebody may be listening in between. The room was closed.') };
    case 'replaced':
      return { title: _('Open somewhere else'), text: _('You entered this room from another tab or window. This one has let go.'), retry: _('Use Here') };
    case 'in-use':
      return { title: _('Already open'), text: _('This room is open in another tab as the same person.'), retry: _('Join as Somebody New') };
    case 'no-library':
      return { title: _('Private room'), text: NO_LIBRARY() };
    case 'no-answer':
      return {
        title: _('Nobody answered'),
        text: _('Nobody in the room has shown that they know the secret. Try again if you trust this server.'),
        retry: _('Try Again'),
      };
    case 'version':
      return { title: _('Update needed'), text: _('This page speaks version 2 of the protocol; the server does not. Ask whoever runs it for a newer one.') };
    default:
      return { title: _('Not let in'), text: _('The server refused: {code}.', { code: refusal }), retry: _('Try Again') };
  }
}

/** @param {number | null} triesLeft */
function wrongSecret(triesLeft) {
  const wrong = _('That is not the secret of this room.');
  if (triesLeft === null) return wrong;
  if (triesLeft === 0) return `${wrong} ${_('No tries are left, unless somebody inside allows one.')}`;
  return `${wrong} ${n_('{n} try is left.', '{n} tries are left.', triesLeft)}`;
}

/** "Join room BOOK23?" with the code standing out. @param {HTMLElement} title @param {string} code */
function askToJoin(title, code) {
  const [before = '', after = ''] = _('Join room {code}?').split('{code}');
  title.replaceChildren(before, el('span', 'code', code), after);
}

export class OutsideView {
  #room;
  #store;
  #origin;
  #form = /** @type {HTMLFormElement} */ (byId('outside-form'));
  #title = byId('outside-title');
  #text = byId('outside-text');
  #code = /** @type {HTMLInputElement} */ (byId('code'));
  #name = /** @type {HTMLInputElement} */ (byId('name'));
  #secret = /** @type {HTMLInputElement} */ (byId('secret'));
  #open = /** @type {HTMLInputElement} */ (byId('open'));
  #problem = byId('outside-problem');
  #buttons = byId('outside-buttons');
  #checklist = new Checklist();
  #files;
  #shown = '';

  /** @param {{ room: Room, store: RoomStore, origin: string }} options */
  constructor({ room, store, origin }) {
    this.#room = room;
    this.#store = store;
    this.#origin = origin;
    setText(byId('code-label'), _('Code or link'));
    setText(byId('name-label'), _('Your name'));
    setText(byId('secret-label'), _('Secret'));
    setText(byId('open-label'), _('Open room'));
    setText(byId('open-words'), _('Whoever knows its code can enter. A private room also asks for the secret in its link.'));
    this.#secret.placeholder = 'otter-velvet-canoe';
    this.#secret.addEventListener('input', (event) => this.#completeSecret(/** @type {InputEvent} */ (event)));
    setText(byId('outside-submit'), _('Join'));
    setText(byId('outside-footer'), serverSees());
    setText(byId('outside-files-title'), _('Files you received'));
    this.#code.placeholder = 'BOOK23';
    this.#name.placeholder = _('as others see you');
    this.#name.value = loadName();
    byId('outside-checklist').append(this.#checklist.element);
    this.#files = new KeyedList(byId('outside-files-list'), (/** @type {Transfer} */ t) => t.key, () => new TransferRow(() => null));
    this.#form.addEventListener('submit', (event) => this.#onSubmit(event));
    setText(byId('offline'), _('This device is offline. Rooms open again when it is back on a network.'));
    const showOffline = () => (byId('offline').hidden = navigator.onLine);
    for (const change of ['online', 'offline']) addEventListener(change, showOffline);
    showOffline();
  }

  /** @param {Event} event */
  #onSubmit(event) {
    event.preventDefault();
    const { phase, code } = this.#store.state;
    if (phase === 'asking') {
      this.#room.join(code, this.#name.value, this.#store.state.secret);
      return;
    }
    if (phase === 'secret') {
      this.#join(code, this.#secret.value);
      return;
    }
    try {
      this.#follow(readInvite(this.#code.value, this.#origin));
    } catch (error) {
      if (!(error instanceof BadInvite)) throw error;
      this.#showProblem(error.message);
    }
  }

  /** @param {import('../invite.js').Invite} invite */
  #follow({ code, secret, server }) {
    if (server !== this.#origin) location.assign(`${server}/?code=${code}${secret && `#${encodeURIComponent(secret)}`}`);
    else if (secret === '') this.#room.join(code, this.#name.value);
    else this.#join(code, secret);
  }

  /** @param {string} code @param {string} typed */
  #join(code, typed) {
    const secret = foldSecret(typed);
    if (secret === null) this.#showProblem(_('That cannot be the secret of a room.'));
    else this.#room.join(code, this.#name.value, secret);
  }

  /** Four letters are always enough of a word. @param {InputEvent} event */
  #completeSecret({ inputType }) {
    const { value, selectionStart } = this.#secret;
    const [beginning = ''] = /[a-z]*$/i.exec(value) ?? [];
    const word = inputType === 'insertText' && beginning.length === 4 && selectionStart === value.length ? completeWord(beginning) : null;
    if (word === null || word.length === 4) return;
    this.#secret.value = value + word.slice(4);
    this.#secret.setSelectionRange(value.length, value.length + word.length - 4);
  }

  /** @param {string} text */
  #showProblem(text) {
    this.#problem.hidden = text === '';
    setText(this.#problem, text);
  }

  async #create() {
    if (!this.#open.checked && !(await this.#hasLibrary())) return;
    if (await this.#room.create(this.#name.value, this.#open.checked)) return;
    this.#showProblem(_('This server made no room. It may be out of reach, carry its own room only, or be busy: try again in a while.'));
  }

  /** @param {State} state */
  render(state) {
    const { phase, server, transfers } = state;
    const received = [...transfers.values()].filter((transfer) => transfer.blob !== null);
    byId('outside-files').hidden = phase !== 'over' || received.length === 0;
    this.#files.render(received);
    this.#checklist.element.hidden = phase !== 'joining';
    this.#checklist.update(server === 'reconnecting' ? 'failed' : server === 'open' ? 'done' : 'running');
    keepFocus([byId('outside')], () => this.#showPhase(state), () => this.#title);
  }

  /** Only what is new is made new: a name being typed stays. @param {State} state */
  #showPhase(state) {
    const { phase, code, refusal, server, isPending, isHeld, triesLeft } = state;
    const shown = [phase, code, refusal, phase === 'joining' && server, isPending, isHeld].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#form.hidden = !['asking', 'empty', 'secret'].includes(phase);
    byId('code-field').hidden = phase !== 'empty';
    byId('open-field').hidden = phase !== 'empty';
    byId('secret-field').hidden = phase !== 'secret';
    this.#showProblem('');
    this.#buttons.replaceChildren();
    this.#text.textContent = '';
    if (phase === 'asking') this.#showQuestion(code);
    else if (phase === 'empty') this.#showStart();
    else if (phase === 'joining' && isPending) this.#showPending(isHeld);
    else if (phase === 'joining') this.#showJoining(server);
    else if (phase === 'secret') this.#showSecret(refusal, triesLeft);
    else if (phase === 'over') this.#showWords(wordsFor(refusal, code));
  }

  /** @param {string} code */
  #showQuestion(code) {
    askToJoin(this.#title, code);
    setText(this.#text, _('Chat and files go straight to the people inside.'));
  }

  #showStart() {
    setText(this.#title, _('A room for a few people'));
    setText(this.#text, _('Chat and files go straight from one device to the other. Enter a code, or start a room.'));
    this.#buttons.append(button(_('Create Room'), () => this.#create()));
  }

  /** @param {string} refusal @param {number | null} triesLeft */
  #showSecret(refusal, triesLeft) {
    const isWrong = refusal === 'wrong-secret';
    setText(this.#title, isWrong ? _('Wrong secret') : _('Private room'));
    setText(this.#text, _('The secret stands behind the code in the invite: mostly three words.'));
    this.#showProblem(isWrong ? wrongSecret(triesLeft) : refusal === 'unreadable-secret' ? notReadable() : '');
    this.#buttons.append(button(_('Another Room'), () => this.#store.apply({ type: 'phase', phase: 'empty', code: '' })));
    this.#secret.focus();
    this.#secret.select();
  }

  /** Without it only open rooms can be made, and nobody makes one without knowing. */
  async #hasLibrary() {
    if (await this.#room.canBePrivate()) return true;
    this.#open.checked = true;
    this.#showProblem(NO_LIBRARY());
    return false;
  }

  /** @param {boolean} isHeld */
  #showPending(isHeld) {
    const held = _('Too many wrong secrets were tried here. The host has to allow another try.');
    setText(this.#title, _('Waiting to be let in'));
    setText(this.#text, isHeld ? held : _('The host is asked.'));
    this.#buttons.append(button(_('Cancel'), () => this.#room.leave()));
  }

  /** @param {State['server']} server */
  #showJoining(server) {
    setText(this.#title, server === 'reconnecting' ? _('Server unreachable') : _('Joining…'));
    if (server === 'reconnecting') setText(this.#text, _('It may be asleep, or this device is not on its network. Trying again by itself.'));
    if (server === 'reconnecting') this.#buttons.append(button(_('Retry'), () => this.#room.retry(), 'suggested'));
    this.#buttons.append(button(_('Cancel'), () => this.#room.leave()));
  }

  /** @param {Words} words */
  #showWords({ title, text, retry }) {
    setText(this.#title, title);
    setText(this.#text, text);
    if (retry) this.#buttons.append(button(retry, () => this.#room.retry(), 'suggested'));
    this.#buttons.append(button(_('Another Room'), () => this.#store.apply({ type: 'phase', phase: 'empty', code: '' })));
  }
}
