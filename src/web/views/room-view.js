// room-view: the Room pane. The invite, the people, our own name, and what the server can see.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { _, formatDuration, formatNumber, n_ } from '../words.js';
import { ask } from './ask-dialog.js';
import { showCheckUp } from './doctor-dialog.js';
import { breakable, button, byId, el, icon, keepFocus, KeyedList, setIcon, setText } from './dom.js';
import { QrCode } from './qr-code.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').Member} Member */
/** @typedef {import('../room-store.js').State} State */

/** @param {string} device */
function deviceWords(device) {
  switch (device) {
    case 'desktop':
      return _('Desktop');
    case 'phone':
      return _('Phone');
    case 'terminal':
      return _('Terminal');
    case 'browser':
      return _('Browser');
    default:
      return '';
  }
}

/** What the person can do nothing about. */
const LEGACY = () => _('Old page: this page cannot talk to it');

/** @param {string} device */
const deviceIcon = (device) =>
  ['desktop', 'phone', 'terminal', 'browser'].includes(device) ? device : 'person';

/** "Direct, local network · 3 ms". @param {Member} member */
function pathWords({ route, rttMs }) {
  if (route === null) return _('Connected');
  const words = {
    'direct-local': _('Direct, local network'),
    direct: _('Direct, internet'),
    relay: route.relay ? _('Relay {name}', { name: route.relay }) : _('Relay'),
  };
  const rtt = rttMs < 0 ? [] : [rttMs < 1 ? _('< 1 ms') : _('{n} ms', { n: formatNumber(rttMs, rttMs < 10 ? 1 : 0) })];
  return [words[route.path], ...rtt].join(' · ');
}

/** @param {Member} member */
function stateWords(member) {
  if (member.legacy) return LEGACY();
  if (member.safety === 'not-safe') return _('Not safe');
  if (member.link === 'connected') return member.away ? _('Away') : pathWords(member);
  if (member.away) return _('Away');
  switch (member.link) {
    case 'reconnecting':
      return _('Reconnecting…');
    case 'failed':
      return _('Could not connect');
    default:
      return _('Connecting…');
  }
}

/** @param {Member} member */
function dotClass({ link, away }) {
  if (link === 'failed') return 'failed';
  return link === 'connected' && !away ? 'connected' : 'waiting';
}

/** What the safety phrase with them is for, or what has come of it. @param {Member} member */
function safetyWords({ safety, canCompare }) {
  switch (safety) {
    case 'asked':
      return _('Working it out…');
    case 'phrase':
      return _('Ask them by voice, or face to face: the same on their screen?');
    case 'checked':
      return _('You have compared it: nobody stands between you.');
    case 'interrupted':
      return canCompare ? _('The check was interrupted.') : _('The check was interrupted too often to be worth anything.');
    case 'changed':
      return _('They have another certificate than the one you checked, as after a page was loaded again. Compare once more.');
    default:
      return _('Four words to compare by voice, or face to face. If they are the same, nobody stands between you.');
  }
}

/** The words, the question, and what the person says of them. */
class SafetyPart {
  element;
  #title = el('h4', '', _('Safety phrase'));
  #phrase = el('p', 'phrase');
  #words = el('p', 'row-detail');
  #compare;
  #same;
  #different;

  /** @param {Room} room @param {string} id */
  constructor(room, id) {
    this.#compare = button(_('Compare'), () => room.compare(id));
    this.#same = button(_('Yes'), () => room.confirmPhrase(id, true));
    this.#different = button(_('No, Leave'), () => room.confirmPhrase(id, false), 'different');
    const buttons = el('div', 'safety-buttons', [this.#compare, this.#same, this.#different]);
    this.element = el('div', 'safety', [this.#title, this.#phrase, this.#words, buttons]);
  }

  /** @param {Member} member */
  update(member) {
    keepFocus([this.element], () => this.#show(member), () => this.#title);
  }

  /** @param {Member} member */
  #show(member) {
    const { safety, phrase, canCompare } = member;
    this.element.hidden = safety === 'not-safe' || (safety === 'unchecked' && !canCompare);
    setText(this.#phrase, phrase);
    this.#phrase.hidden = phrase === '';
    setText(this.#words, safetyWords(member));
    this.#compare.hidden = !canCompare;
    this.#same.hidden = this.#different.hidden = safety !== 'phrase';
  }
}

class MemberRow {
  element = el('li', 'member');
  #icon = icon('person');
  #name = el('span');
  #state = el('span');
  #dot = el('span', 'state-dot');
  #facts = el('dl');
  #safety;
  #send;
  #remove;

  /**
   * @param {Room} room
   * @param {(memberId: string) => void} sendFiles
   * @param {(memberId: string) => void} remove
   * @param {Member} member
   */
  constructor(room, sendFiles, remove, { id }) {
    this.#safety = new SafetyPart(room, id);
    const badge = el('span', 'badge-icon person', [this.#icon]);
    const detail = el('span', 'row-detail', [this.#dot, this.#state]);
    const words = el('span', 'row-words', [el('span', 'row-title', [this.#name]), detail]);
    this.#send = button(_('Send File…'), () => sendFiles(id));
    this.#remove = button(_('Remove…'), () => remove(id), 'leave of-host');
    const more = el('div', 'member-more', [this.#safety.element, this.#facts, el('div', 'member-buttons', [this.#send, this.#remove])]);
    this.element.append(el('details', '', [el('summary', '', [badge, words, icon('more')]), more]));
  }

  /** @param {Member} member */
  update(member) {
    this.element.dataset.link = member.link;
    this.#remove.setAttribute('aria-label', _('Remove… ({name})', { name: member.displayName }));
    setText(this.#name, member.displayName);
    setIcon(this.#icon, deviceIcon(member.device));
    this.#dot.className = `state-dot ${dotClass(member)}`;
    const checked = member.safety === 'checked' ? _('checked') : '';
    setText(this.#state, [deviceWords(member.device), stateWords(member), checked].filter(Boolean).join(' · '));
    this.#safety.update(member);
    this.#send.disabled = member.link !== 'connected';
    const facts = this.#factsOf(member);
    const text = facts.flat().join('\n');
    if (this.#facts.dataset.shown === text) return;
    this.#facts.dataset.shown = text;
    this.#facts.replaceChildren(...facts.flatMap(([name, value]) => [el('dt', '', name), el('dd', '', breakable(value))]));
  }

  /** @param {Member} member @returns {[string, string][]} */
  #factsOf({ route, steps }) {
    if (route === null) return [[_('Route'), steps.route === 'failed' ? _('none found') : _('not yet')]];
    /** @type {[string, string][]} */
    const facts = [[_('Candidates'), `${route.local} / ${route.remote} · ${route.protocol.toUpperCase()}`]];
    if (route.cipher) facts.push([_('Encryption'), [route.dtls && `DTLS ${route.dtls}`, route.cipher].filter(Boolean).join(' · ')]);
    return facts;
  }
}

export class RoomView {
  #qr = new QrCode();
  #code = el('p', 'big-code');
  #link = el('p', 'link');
  #invite;
  #people;
  #onlyHere = el('p', 'only-here', onlyHere());
  #expires = el('p', 'expires');
  #peopleTitle = el('h3', 'section-title');
  #ownName = el('span');
  #ownDetail = el('span');
  #name = el('input');
  #footer = el('p', 'footer');
  #lock = el('input');
  #lockSection = el('section', 'section');
  #lockWords = el('span', 'row-detail');
  #others = el('ul', 'others');
  #list;
  #members = /** @type {State['members']} */ (new Map());

  /**
   * @param {object} options
   * @param {Room} options.room
   * @param {(from: HTMLElement) => void} options.copyLink
   * @param {(memberId: string) => void} options.sendFilesTo
   */
  constructor({ room, copyLink, sendFilesTo }) {
    setText(byId('room-title'), _('Room'));
    this.#invite = el('section', 'section', [el('h3', 'section-title', _('Invite')), this.#inviteCard(copyLink)]);
    this.#people = el('section', 'section', [this.#peopleTitle, el('div', 'boxed', [this.#ownRow(), this.#others])]);
    this.#list = new KeyedList(this.#others, (/** @type {Member} */ m) => m.id, (member) => new MemberRow(room, sendFilesTo, (id) => this.#remove(room, id), member));

    byId('room-scroll').append(
      this.#invite,
      this.#people,
      this.#lockRow(room),
      el('section', 'section', [el('h3', 'section-title', _('Your name')), this.#nameForm(room)]),
      button(_('Check Connection'), () => showCheckUp(room.surroundings)),
      button(_('Leave Room'), () => room.leave(), 'leave'),
      this.#footer,
    );
  }

  /** @param {(from: HTMLElement) => void} copyLink */
  #inviteCard(copyLink) {
    const copy = button('', () => copyLink(words));
    const words = el('span', '', _('Copy Link'));
    copy.append(icon('copy'), words);
    return el('div', 'boxed invite', [this.#qr.element, this.#code, this.#link, this.#onlyHere, copy, this.#expires]);
  }

  /** What the host can do. @param {Room} room */
  #lockRow(room) {
    this.#lock.type = 'checkbox';
    this.#lock.className = 'switch';
    this.#lock.id = 'lock';
    // What is shown is what the room is: the server's answer sets it.
    this.#lock.addEventListener('click', () => room.lock(this.#lock.checked));
    const words = el('span', 'row-words', [el('span', 'row-title', _('Lock the Room')), this.#lockWords]);
    this.#lockSection.append(el('div', 'boxed', [el('label', 'row', [words, this.#lock])]));
    return this.#lockSection;
  }

  /** @param {Room} room @param {string} id */
  async #remove(room, id) {
    const title = _('Remove {name}?', { name: this.#members.get(id)?.displayName ?? '' });
    const text = _('They cannot come back. The room is locked as well: nobody new can enter until you unlock it.');
    if (await ask({ title, text, answer: _('Remove') })) room.remove(id);
  }

  #ownRow() {
    const badge = el('span', 'badge-icon person', [icon('person')]);
    const title = el('p', 'row-title', [this.#ownName]);
    return el('div', 'row', [badge, el('div', 'row-words', [title, el('p', 'row-detail', [this.#ownDetail])])]);
  }

  /** @param {Room} room */
  #nameForm(room) {
    const save = button(_('Change'), () => {});
    save.type = 'submit';
    this.#name.maxLength = 64;
    this.#name.setAttribute('autocomplete', 'nickname');
    this.#name.setAttribute('aria-label', _('Your name'));
    const form = el('form', 'name-form', [this.#name, save]);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      room.rename(this.#name.value);
      // No keyboard on the screen any more.
      save.focus();
    });
    return form;
  }

  /** What only the host can do is shown to the host. @param {State} state */
  #showHost({ hostId, selfId, locked, secret, server }) {
    this.#lockSection.hidden = selfId !== hostId;
    this.#others.classList.toggle('ours', selfId === hostId);
    this.#lock.checked = locked;
    this.#lock.disabled = server !== 'open';
    setText(this.#lockWords, secret === '' ? _('Nobody new can enter') : _('People with the secret ask you first'));
  }

  /** On a phone one of the two is seen: whoever is alone needs the code, else people come first. @param {boolean} isAlone */
  #order(isAlone) {
    const [first, second] = isAlone ? [this.#invite, this.#people] : [this.#people, this.#invite];
    if (first.nextElementSibling === second) return;
    // What is moved loses the focus.
    if (first.contains(document.activeElement)) first.after(second);
    else second.before(first);
  }

  /** @param {State} state */
  render(state) {
    const { code, secret, ownName, members, capacity, hostId, selfId, expires, isReachable } = state;
    setText(this.#code, secret === '' ? code : `${code}-${secret}`);
    this.#members = members;
    this.#showHost(state);
    this.#code.classList.toggle('long', secret !== '');
    const link = roomLink(state);
    setText(this.#link, link);
    if (state.phase === 'inside') this.#qr.update(isReachable ? link : '', code);
    this.#onlyHere.hidden = isReachable;
    setText(this.#footer, serverSees(state));
    setText(this.#ownName, ownName || _('Guest'));
    setText(this.#ownDetail, hostId === selfId ? _('You · host') : _('You'));
    if (document.activeElement !== this.#name) this.#name.value = ownName;
    const n = members.size + 1;
    const people = n_('{n} person', '{n} people', n);
    setText(this.#peopleTitle, capacity > 0 ? _('{people} of at most {max}', { people, max: capacity }) : people);
    this.#showExpiry(expires);
    this.#order(members.size === 0);
    keepFocus([this.#others], () => this.#list.render([...members.values()]), () => this.#peopleTitle);
  }

  /** @param {number} expires */
  #showExpiry(expires) {
    const seconds = expires - Date.now() / 1000;
    this.#expires.hidden = expires === 0 || seconds <= 0;
    setText(this.#expires, _('Expires in {time}', { time: formatDuration(Math.max(60, seconds)) }));
  }
}

/** What is said where a phone would not find the server. */
export const onlyHere = () => _('This link works on this computer only.');

/** What lets somebody else in, secret and all. @param {State} state */
export function roomLink({ linkOrigin, code, secret }) {
  return `${linkOrigin}/?code=${code}${secret && `#${encodeURIComponent(secret)}`}`;
}

/** True to the mode that the room is in; before that, where its secret is typed, to both. @param {State} [state] */
export function serverSees(state) {
  const sees = _('The server sees: room code, each member’s own IP address, times. It cannot see: messages, names, files.');
  return [sees, state && whoCanEnter(state), cameUnprotected()].filter(Boolean).join(' ');
}

/** @param {State} state */
function whoCanEnter({ secret }) {
  if (secret === '') return _('This room is open: who has the code can enter, and the server could put itself between two people.');
  return _('This room is private: only people with the secret can enter. This page itself comes from the server.');
}

/** What is on the wire between members is safe all the same; what the page does with it is what its program says. */
function cameUnprotected() {
  return isSecureContext ? '' : _('This page came over plain http: whoever controls the network in between could have changed it.');
}
