// fragment: takes what follows # out of the address bar before anything else runs.
//
// A room link's fragment is the secret of a private room. It must not stay where a shoulder, a screenshot
// or the browser's history reads it. Loaded first and on its own for that reason.
//
// SPDX-License-Identifier: GPL-3.0-or-later

function takeFragment() {
  const fragment = location.hash.slice(1);
  if (location.href.includes('#')) history.replaceState(null, '', location.pathname + location.search);
  return fragment;
}

let taken = takeFragment();

/** Without a network there would be a page of the browser's, with the secret in its address. @param {string} address */
function loadUnlessStarted(address) {
  if (!document.querySelector('#not-started')) return;
  if (navigator.onLine) {
    history.replaceState(null, '', address);
    location.reload();
  } else addEventListener('online', () => loadUnlessStarted(address), { once: true });
}

// The same page with another fragment is not loaded again: where it did not start, it has to be (index.html says then
// that the link is to be opened once more).
addEventListener('hashchange', () => {
  const address = location.href;
  taken = takeFragment() || taken;
  loadUnlessStarted(address);
});

/** What the link that opened this page says of its secret, '' for nothing. */
export function linkFragment() {
  return taken;
}

export function forgetFragment() {
  taken = '';
}
