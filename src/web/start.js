// start: sees to it that the page starts. If it does not come itself, words in index.html wait for that.
//
// A page of modules is nothing if one of them does not come, and browsers drop all that is on its way when the
// network changes, as it does just when a phone finds its Wi-Fi. Then the page is loaded again, a few times by
// itself, and after that when somebody presses a button. No module, so that it listens before the first is asked for.
// Where it is lost itself, a script in index.html loads the page again, as often.
//
// SPDX-License-Identifier: GPL-3.0-or-later

{
  /** An address of IPv6 comes a second or two after that of IPv4, and is a change of its own. */
  const AGAIN_AFTER_MS = [300, 1000, 3000];
  /** With the secret of the link, which fragment.js takes out: a page that is loaded again asks for it. */
  let address = location.href;
  const attempts = Number(history.state?.attempts) || 0;
  history.replaceState(null, '', address);
  let hasFailed = false;
  const root = document.documentElement;
  root.className = 'watched';

  function again() {
    history.replaceState({ attempts: attempts + 1 }, '', address);
    location.reload();
  }

  const isStarted = () => ['#outside', '#panes'].some((name) => document.querySelector(name)?.hasAttribute('hidden') === false);

  /** Without a network there would be a page of the browser's, with the secret in its address. */
  function againWhenOnline() {
    if (isStarted()) return;
    if (navigator.onLine) again();
    else addEventListener('online', againWhenOnline, { once: true });
  }

  /** The words of the person's language are files, too. @returns {Promise<(text: string) => string>} */
  async function findWords() {
    try {
      const { loadCatalogue } = await import('./catalogue.js');
      await loadCatalogue();
      return (await import('./words.js'))._;
    } catch {
      return (text) => text;
    }
  }

  async function ask() {
    const _ = await findWords();
    const box = /** @type {HTMLElement} */ (document.querySelector('#not-started'));
    const [text, buttons] = /** @type {[HTMLElement, HTMLElement]} */ ([...box.querySelectorAll('p, .outside-buttons')]);
    text.textContent = _('Parts of this page did not arrive.');
    // Not in the page's own words: without this script no link could keep what follows # in the address.
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button suggested';
    button.textContent = _('Try Again');
    button.addEventListener('click', again);
    buttons.append(button);
    root.className = 'asking';
    button.focus();
  }

  /** @param {Event} event */
  function onError({ target }) {
    if (hasFailed || !(target instanceof Element && target.matches('script'))) return;
    hasFailed = true;
    const delay = AGAIN_AFTER_MS[attempts];
    if (delay !== undefined) setTimeout(againWhenOnline, delay);
    else if (document.readyState === 'loading') addEventListener('DOMContentLoaded', ask);
    else ask();
  }

  addEventListener('error', onError, true);
  // The link once more, or another one of the same room. fragment.js takes it out of the address after this.
  addEventListener('hashchange', () => {
    if (location.hash) address = location.href;
  });
}
