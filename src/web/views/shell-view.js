// shell-view: the bar with the room's state, the strip with one problem, the tabs, and files dropped or pasted.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { isUnderWay, roomState } from '../room-store.js';
import { _, formatDuration, formatNames, n_ } from '../words.js';
import { byId, el, icon, keepFocus, setText } from './dom.js';

/** @typedef {import('../room.js').Room} Room */
/** @typedef {import('../room-store.js').Member} Member */
/** @typedef {import('../room-store.js').RoomStore} RoomStore */
/** @typedef {import('../room-store.js').State} State */
/** @typedef {'chat' | 'files' | 'room'} PaneName */
/** @typedef {{ text: string, button: string, action?: 'retry' | 'leave' | 'let-in' | 'let-try', refusal?: string }} Problem */

const WIDE = matchMedia('(min-width: 960px)');

/** @param {State} state @param {Member['link']} link */
function membersIn({ members }, link) {
  return [...members.values()].filter((member) => member.link === link);
}

/** @param {Member[]} members */
const namesOf = (members) => formatNames(members.map((member) => member.displayName));

/** "3 people · direct". @param {State} state */
function connectedWords(state) {
  const connected = membersIn(state, 'connected');
  const isRelayed = connected.some((member) => member.route?.path === 'relay');
  const people = n_('{n} person', '{n} people', connected.length + 1);
  return `${people} · ${isRelayed ? _('relayed') : _('direct')}`;
}

/** The second line of the bar. @param {State} state */
export function subtitle(state) {
  const members = [...state.members.values()];
  switch (roomState(state)) {
    case 'waiting':
      return _('Waiting for people');
    case 'connecting':
      return members.length === 1 ? _('Connecting…') : n_('Connecting to {n} person…', 'Connecting to {n} people…', members.length);
    case 'reconnecting': {
      const lostAt = Math.min(...membersIn(state, 'reconnecting').map((member) => member.lostAt));
      return _('Reconnecting… {time}', { time: formatDuration(Math.round((Date.now() - lostAt) / 1000)) });
    }
    case 'away':
      return n_('{names} is away', '{names} are away', members.length, { names: namesOf(members) });
    case 'failed':
      return _('Could not connect');
    case 'no-server':
      return members.some((member) => member.link === 'connected') ? connectedWords(state) : _('Server unreachable');
    default:
      return connectedWords(state);
  }
}

/** The one thing that is wrong just now, and what can be done. @param {State} state @returns {Problem | null} */
export function problem(state) {
  // Somebody who is away is expected to be silent.
  const lost = membersIn(state, 'reconnecting').filter((member) => !member.away);
  const failed = membersIn(state, 'failed').filter((member) => !member.legacy && member.safety !== 'not-safe');
  const unsafe = [...state.members.values()].filter((member) => member.safety === 'not-safe');
  if (unsafe.length > 0)
    return {
      text: _('Not safe: somebody may be listening in between you and {names}. That connection was closed.', { names: namesOf(unsafe) }),
      button: _('Leave'),
      action: 'leave',
    };
  if (state.server === 'reconnecting')
    return { text: _('Server unreachable. Nobody new can join. People already connected stay connected.'), button: _('Retry') };
  if (lost.length > 0)
    return { text: _('Connection to {names} lost. Transfers are paused.', { names: namesOf(lost) }), button: _('Try Now') };
  if (failed.length > 0)
    return { text: _('Could not connect to {names}. Both networks block direct links and no relay is set up.', { names: namesOf(failed) }), button: _('Try Again') };
  if (state.knock !== null)
    return { text: _('{name} asks to be let in.', { name: state.knock || _('Somebody') }), button: _('Let In'), action: 'let-in', refusal: _('Refuse') };
  if (state.isGuessed)
    return { text: _('Someone keeps guessing the secret. Nobody new is answered.'), button: _('Let Them Try'), action: 'let-try' };
  return null;
}

export class ShellView {
  #store;
  #panes = byId('panes');
  #tabs = /** @type {Map<PaneName, { tab: HTMLElement, count: HTMLElement }>} */ (new Map());
  #pane = /** @type {PaneName} */ ('chat');

  /**
   * @param {object} options
   * @param {RoomStore} options.store
   * @param {Room} options.room
   * @param {(files: Iterable<File>) => void} options.offerFiles
   * @param {(dropped: DataTransfer) => void} options.offerDrop
   */
  constructor({ store, room, offerFiles, offerDrop }) {
    this.#store = store;
    byId('tabs').setAttribute('aria-label', _('Parts of the room'));
    this.#addTab('chat', _('Chat'));
    this.#addTab('files', _('Files'));
    this.#addTab('room', _('Room'));
    byId('strip-button').addEventListener('click', () => this.#solve(room));
    byId('strip-refusal').addEventListener('click', () => room.refuse());
    setText(byId('drop-text'), _('Drop to offer to everyone'));
    this.#takeDrops(offerFiles, offerDrop);
    WIDE.addEventListener('change', () => this.#updateSeen());
    document.addEventListener('visibilitychange', () => this.#updateSeen());
    this.show('chat');
  }

  /** @param {Room} room */
  #solve(room) {
    const action = problem(this.#store.state)?.action ?? 'retry';
    if (action === 'let-in') room.letIn();
    else if (action === 'let-try') room.letThemTry();
    else if (action === 'leave') room.leave();
    else room.retry();
  }

  /** @param {PaneName} pane */
  show(pane) {
    this.#pane = pane;
    this.#panes.dataset.pane = pane;
    for (const [name, { tab }] of this.#tabs) tab.setAttribute('aria-current', String(name === pane));
    this.#updateSeen();
  }

  /** @param {PaneName} name @param {string} label */
  #addTab(name, label) {
    const count = el('span', 'count');
    const tab = el('button', 'tab', [icon(name), el('span', '', label), count]);
    tab.type = 'button';
    count.hidden = true;
    tab.addEventListener('click', () => this.show(name));
    this.#tabs.set(name, { tab, count });
    byId('tabs').append(tab);
  }

  #updateSeen() {
    const isChatSeen = !document.hidden && (WIDE.matches || this.#pane === 'chat');
    if (isChatSeen !== this.#store.state.isChatSeen) this.#store.apply({ type: 'changed', values: { isChatSeen } });
  }

  /** @param {State} state */
  render(state) {
    const isInside = state.phase === 'inside';
    this.#showSide(isInside);
    setText(byId('bar-title'), state.code);
    if (isInside) this.#showSubtitle(state);
    this.#showProblem(isInside ? problem(state) : null);
    this.#showCounts(state);
    const unread = state.unread > 0 ? `(${state.unread}) ` : '';
    document.title = isInside ? `${unread}${state.code} · Snug` : 'Snug';
  }

  /** @param {boolean} isInside */
  #showSide(isInside) {
    const [outside, bar, tabs] = [byId('outside'), byId('bar'), byId('tabs')];
    if (outside.hidden === isInside && this.#panes.hidden !== isInside) return;
    const swap = () => {
      outside.hidden = isInside;
      this.#panes.hidden = bar.hidden = tabs.hidden = !isInside;
    };
    keepFocus([outside, this.#panes, bar, tabs], swap, () => byId(isInside ? 'bar-title' : 'outside-title'));
  }

  /** Nobody wants to hear the seconds counted; the strip has said it. @param {State} state */
  #showSubtitle(state) {
    const element = byId('bar-subtitle');
    element.setAttribute('aria-live', roomState(state) === 'reconnecting' ? 'off' : 'polite');
    setText(element, subtitle(state));
  }

  /** @param {Problem | null} problem */
  #showProblem(problem) {
    const [strip, refusal] = [byId('strip'), byId('strip-refusal')];
    setText(byId('strip-text'), problem?.text ?? '');
    setText(byId('strip-button'), problem?.button ?? '');
    setText(refusal, problem?.refusal ?? '');
    const show = () => {
      strip.hidden = problem === null;
      refusal.hidden = !problem?.refusal;
    };
    keepFocus([strip], show, () => byId(this.#panes.hidden ? 'outside-title' : 'bar-title'));
  }

  /** @param {State} state */
  #showCounts(state) {
    const transfers = [...state.transfers.values()];
    const nAsking = transfers.filter((t) => t.state === 'offered' && t.direction === 'in').length;
    const nActive = transfers.filter(isUnderWay).length;
    this.#showCount('chat', state.unread, false, n_('{n} unread', '{n} unread', state.unread));
    this.#showCount('files', nAsking || nActive, nAsking > 0, n_('{n} file', '{n} files', nAsking || nActive));
    const nFailed = membersIn(state, 'failed').length;
    this.#showCount('room', nFailed, true, _('needs you'));
  }

  /** @param {PaneName} name @param {number} n @param {boolean} needsYou @param {string} words */
  #showCount(name, n, needsYou, words) {
    const count = this.#tabs.get(name)?.count;
    if (!count) return;
    count.hidden = n === 0;
    count.classList.toggle('attention', needsYou);
    count.setAttribute('aria-label', words);
    setText(count, n === 0 ? '' : String(n));
  }

  /** @param {(files: Iterable<File>) => void} offerFiles @param {(dropped: DataTransfer) => void} offerDrop */
  #takeDrops(offerFiles, offerDrop) {
    const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files') ?? false;
    const isInside = () => this.#store.state.phase === 'inside';
    addEventListener('dragover', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      byId('drop').hidden = !isInside();
    });
    addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) byId('drop').hidden = true;
    });
    addEventListener('drop', (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      byId('drop').hidden = true;
      if (isInside() && event.dataTransfer) offerDrop(event.dataTransfer);
    });
    addEventListener('paste', (event) => {
      const files = event.clipboardData?.files ?? [];
      if (files.length > 0 && isInside()) offerFiles(files);
    });
  }
}
