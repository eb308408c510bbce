// main: puts store, room and views together. Loading the page joins nothing: link previews must not burn a
// room. Only a reload of a tab that is in a room goes back into it.
//
// SPDX-License-Identifier: GPL-3.0-or-later

import { Awake } from './awake.js';
import { loadCatalogue } from './catalogue.js';
import { forgetFragment, linkFragment } from './fragment.js';
import { readSecret } from './invite.js';
import { loadSecret, saveSecret } from './membership.js';
import { safeFileName } from './names.js';
import { isInstalled, keepPage } from './offline.js';
import { findReach } from './reach.js';
import { isUnderWay, RoomStore } from './room-store.js';
import { Room } from './room.js';
import { ChatView } from './views/chat-view.js';
import { byId, iconButton, setText } from './views/dom.js';
import { FilesView } from './views/files-view.js';
import { OutsideView } from './views/outside-view.js';
import { foldersOf, readDrop } from './views/picker.js';
import { roomLink, RoomView } from './views/room-view.js';
import { ShellView } from './views/shell-view.js';
import { _ } from './words.js';

/** @typedef {import('./source.js').PickedFolder} PickedFolder */

await loadCatalogue();

const origin = location.origin;
const store = new RoomStore();
store.apply({ type: 'changed', values: { linkOrigin: origin } });
const room = new Room(store, origin);

const input = /** @type {HTMLInputElement} */ (byId('file-input'));
let pickedFor = '';

/** @param {string} [memberId] */
function pickFiles(memberId = '') {
  pickedFor = memberId;
  input.click();
}

input.addEventListener('change', () => {
  room.transfers?.offer(input.files ?? [], pickedFor);
  input.value = '';
});

const folderInput = /** @type {HTMLInputElement} */ (byId('folder-input'));
folderInput.addEventListener('change', () => {
  const folders = foldersOf(folderInput.files ?? []);
  folderInput.value = '';
  offerFolders(folders);
});

/** @param {Iterable<File>} files */
function offerFiles(files) {
  room.transfers?.offer(files);
}

/** @param {PickedFolder[]} folders */
async function offerFolders(folders) {
  for (const folder of folders) {
    if ((await room.transfers?.offerFolder(folder)) !== false) continue;
    const text = _('{name} is too much for one folder: at most 100,000 files, 32 folders deep.', { name: safeFileName(folder.name) });
    store.apply({ type: 'system', text, time: Date.now() });
  }
}

/** @param {DataTransfer} dropped */
async function offerDrop(dropped) {
  const { files, folders } = await readDrop(dropped);
  offerFiles(files);
  offerFolders(folders);
}

/** The clipboard API is missing on plain http, the old command is not. @param {string} text */
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.setAttribute('readonly', '');
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
}

/** @param {HTMLElement} from the button that says that it is done */
async function copyLink(from) {
  await copyText(roomLink(store.state));
  const words = from.textContent ?? '';
  if (words === _('Copied')) return;
  setText(from, _('Copied'));
  setTimeout(() => setText(from, words), 1500);
}

const shell = new ShellView({ store, room, offerFiles, offerDrop });
const chat = new ChatView({ room, pickFiles, offerFiles, copyLink, copyText });
const views = [
  shell,
  new OutsideView({ room, store, origin }),
  chat,
  new FilesView({ room, pickFiles, pickFolder: () => folderInput.click() }),
  new RoomView({ room, copyLink, sendFilesTo: pickFiles }),
];

const find = iconButton('find', _('Find in the chat'), () => {
  shell.show('chat');
  chat.find();
});
byId('bar').append(find);

function render() {
  for (const view of views) view.render(store.state);
}

let isRenderDue = false;
store.addEventListener('change', () => {
  if (isRenderDue) return;
  isRenderDue = true;
  const soon = document.hidden ? setTimeout : requestAnimationFrame;
  soon(() => {
    isRenderDue = false;
    render();
  });
});

// "Reconnecting… 12 s" and "Expires in …" move on by themselves.
setInterval(() => !document.hidden && store.state.phase === 'inside' && render(), 1000);

/** The address bar shows the room we are in, so that a reload finds it. */
function showAddress() {
  const { phase, code } = store.state;
  const address = phase === 'empty' || code === '' ? '/' : `/?code=${code}`;
  if (location.pathname + location.search !== address) history.replaceState(null, '', address);
}
store.addEventListener('change', showAddress);

let reachIsOf = '';
/** For each room anew: a laptop moves. */
async function showReach() {
  const { phase, code } = store.state;
  if (phase !== 'inside' || code === reachIsOf) return;
  reachIsOf = code;
  store.apply({ type: 'changed', values: await findReach(origin) });
}
store.addEventListener('change', showReach);

/** Or would, if it could. */
const isMoving = () =>
  [...store.state.transfers.values()].some((transfer) => isUnderWay(transfer) && !transfer.isFileGone && !transfer.pausedByUs);

// Somebody would lose what is on its way, or wait for it.
addEventListener('beforeunload', (event) => {
  if (isMoving()) event.preventDefault();
});

store.addEventListener('change', () => store.state.phase === 'inside' && keepPage());
addEventListener('appinstalled', keepPage);
if (isInstalled()) keepPage();

const awake = new Awake();
store.addEventListener('change', () => awake.want(isMoving()));

function begin() {
  const code = new URLSearchParams(location.search).get('code')?.toUpperCase() ?? '';
  if (!/^[A-Z0-9]{6}$/.test(code)) store.apply({ type: 'phase', phase: 'empty', code: '' });
  else if (!isOurs(code) || !room.resume(code)) ask(code);
  forgetFragment();
  render();
}

/** Folded; null for none, and for what is not readable. */
const linkSecret = () => readSecret(linkFragment());

/** Whether the link says nothing else than this tab knows of the room. @param {string} code */
function isOurs(code) {
  const secret = linkSecret();
  return secret === null || secret === loadSecret(code);
}

/**
 * The secret of the link, or of this tab before a reload; or the person's, as a room without one is of another kind.
 *
 * @param {string} code
 */
function ask(code) {
  const secret = linkSecret() ?? loadSecret(code);
  if (secret === '' && linkFragment() !== '') {
    store.apply({ type: 'phase', phase: 'secret', code, refusal: 'unreadable-secret' });
    return;
  }
  if (secret !== '') saveSecret(code, secret);
  store.apply({ type: 'changed', values: { secret } });
  store.apply({ type: 'phase', phase: 'asking', code });
}

addEventListener('hashchange', () => linkFragment() !== '' && store.state.phase !== 'inside' && begin());
begin();
byId('not-started').remove();
