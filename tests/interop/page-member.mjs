// page-member: one person in front of the web client, in words.
//
// It sees what a person sees: it finds things by what is written on them, and presses only what is visible.
//
// SPDX-License-Identifier: GPL-3.0-or-later

/** In the page: whether there is such a thing to press, or pressing it. @param {{ selector: string, text?: string, look: boolean }} what */
const press = ({ selector, text, look }) => {
  const found = [...document.querySelectorAll(selector)].find(
    (e) => e.checkVisibility() && (text === undefined || e.textContent.trim() === text || e.ariaLabel === text),
  );
  if (look) return found !== undefined;
  if (!found) throw new Error(`nothing to press: ${selector} ${text ?? ''}`);
  found.click();
  return true;
};

/** In the page: the room that it makes is for so many. */
const askForCapacity = (capacity) => {
  const { fetch } = globalThis;
  globalThis.fetch = (address, { body, ...init } = {}) =>
    fetch(address, body ? { ...init, body: JSON.stringify({ ...JSON.parse(body), capacity }) } : init);
};

/** Runs in the page: the row of a file in the Files pane. */
const rowState = ({ name, state, within }) => {
  const rows = [...document.querySelectorAll(`${within} .transfer`)];
  return rows.some((row) => row.querySelector('.row-title').title === name && row.dataset.state === state);
};

export class PageMember {
  #page;

  /** @param {import('./browser.mjs').ChromiumPage} page */
  constructor(page) {
    this.#page = page;
  }

  get page() {
    return this.#page;
  }

  /** Opens the link; does not join. */
  async open(link) {
    await this.#page.goto(link);
    await this.#page.waitFor(() => !document.querySelector('#outside').hidden || !document.querySelector('#panes').hidden);
  }

  /** Opens the link, gives a name, presses Join, and is in. */
  async join(link, name) {
    await this.open(link);
    await this.enter(name);
  }

  /** The same with the link open already. */
  async enter(name) {
    await this.#fill('#name', name);
    await this.press('#outside-submit');
    await this.waitUntilInside();
  }

  /** Starts a room from the start page. @returns {Promise<string>} its link */
  async create(origin, name, { isOpen = false, capacity } = {}) {
    await this.open(origin);
    if (capacity !== undefined) await this.#page.evaluate(askForCapacity, capacity);
    await this.#fill('#name', name);
    if (isOpen) await this.press('#open');
    await this.press('#outside-buttons .button', 'Create Room');
    await this.waitUntilInside();
    return this.#page.evaluate(() => document.querySelector('.invite .link').textContent);
  }

  /** Types the secret that the page asks for. */
  async enterSecret(secret) {
    await this.#fill('#secret', secret);
    await this.press('#outside-submit');
  }

  waitUntilInside() {
    return this.#page.waitFor(() => !document.querySelector('#panes').hidden);
  }

  /** The QR code of the room is drawn by a library that comes after the page. */
  waitForCode() {
    return this.#page.waitFor(() => document.querySelector('.invite .qr svg') !== null);
  }

  /** @param {string} pattern of the bar's second line */
  waitForState(pattern) {
    return this.#page.waitFor((p) => new RegExp(p).test(document.querySelector('#bar-subtitle').textContent), pattern);
  }

  /** @param {string} pattern of the card outside a room */
  waitForWords(pattern) {
    return this.#page.waitFor((p) => new RegExp(p).test(document.querySelector('#outside').innerText), pattern);
  }

  /** Until `n` others are connected, away or not. */
  waitForMembers(n) {
    return this.#page.waitFor((m) => document.querySelectorAll('.member[data-link=connected]').length === m, n);
  }

  /** @param {string} pattern of the line that says what is wrong */
  waitForProblem(pattern, timeoutMs) {
    return this.#page.waitFor((p) => new RegExp(p).test(document.querySelector('#strip').innerText), pattern, timeoutMs);
  }

  memberNames() {
    return this.#page.evaluate(() => [...document.querySelectorAll('.member .row-title')].map((e) => e.textContent));
  }

  async say(text) {
    await this.show('chat');
    await this.#fill('#text', text);
    await this.press('#send');
  }

  waitForChat(text, from) {
    return this.#page.waitFor(
      ({ text: t, from: f }) =>
        [...document.querySelectorAll('.message')].some(
          (e) => e.querySelector('.bubble').textContent === t && (f === undefined || e.ariaLabel.startsWith(`${f}, `)),
        ),
      { text, from },
    );
  }

  /** Whether a message of ours or theirs is read like this: "Ana, 14:02, text, edited". @param {string} pattern */
  waitForMessage(pattern) {
    return this.#page.waitFor(
      (p) => [...document.querySelectorAll('.message')].some((e) => new RegExp(p).test(e.ariaLabel ?? '')),
      pattern,
    );
  }

  /** Something of a message's menu, by its words or, for an emoji, its name, once the message is drawn. */
  async choose(text, label) {
    await this.show('chat');
    await this.waitForChat(text);
    await this.#page.evaluate(
      ({ text: t, label: l }) => {
        const row = [...document.querySelectorAll('.message')].find((e) => e.querySelector('.bubble').textContent === t);
        row.querySelector('.more-button').click();
        const isIt = (b) => b.textContent.trim() === l || b.getAttribute('aria-label') === l;
        [...document.querySelectorAll('.menu .button')].find(isIt).click();
      },
      { text, label },
    );
  }

  /** A button below a message, by its name, once it is there: others may be told before this page has drawn it. */
  async pressChip(label) {
    const chip = `.chip[aria-label="${label}"]`;
    await this.#page.waitFor((selector) => document.querySelector(selector) !== null, chip);
    await this.#page.evaluate((selector) => document.querySelector(selector).click(), chip);
  }

  /** All that somebody has said, in order. @param {string} from */
  textsOf(from) {
    return this.#page.evaluate(
      (f) =>
        [...document.querySelectorAll('.message')]
          .filter((e) => e.ariaLabel?.startsWith(`${f}, `))
          .map((e) => e.querySelector('.bubble').textContent),
      from,
    );
  }

  /** How often a text stands in the chat. */
  countChat(text) {
    return this.#page.evaluate(
      (t) => [...document.querySelectorAll('.message .bubble')].filter((e) => e.textContent === t).length,
      text,
    );
  }

  waitUntilDelivered(text) {
    return this.#page.waitFor(
      (t) => [...document.querySelectorAll('.message.own')].some((e) => e.ariaLabel?.endsWith(`${t}, delivered`)),
      text,
    );
  }

  /** Offers a file to everybody. */
  async sendFile(path) {
    await this.#page.setFiles('#file-input', path);
  }

  /** Offers a folder to everybody. */
  async sendFolder(path) {
    await this.#page.setFiles('#folder-input', path);
  }

  /** Chooses what was offered before a reload once more. */
  async chooseAgain(name, path) {
    await this.show('files');
    const press = () => this.#page.evaluate((n) => {
      const row = [...document.querySelectorAll('#files-scroll .transfer')].find((r) => r.querySelector('.row-title').title === n);
      // The dialog is the browser's; what comes of it is not.
      const input = document.querySelector('#again-input');
      input.click = () => {};
      [...row.querySelectorAll('.button')].find((b) => b.textContent === 'Choose…').click();
    }, name);
    await press();
    await this.#page.setFiles('#again-input', path);
  }

  /** How far a file is, 0 … 1. */
  progress(name) {
    return this.#page.evaluate((n) => {
      const row = [...document.querySelectorAll('#files-scroll .transfer')].find((r) => r.querySelector('.row-title').title === n);
      return row.querySelector('progress').value;
    }, name);
  }

  waitForProgress(name, value) {
    return this.#page.waitFor(({ name: n, value: v }) => {
      const row = [...document.querySelectorAll('#files-scroll .transfer')].find((r) => r.querySelector('.row-title').title === n);
      return row?.querySelector('progress').value >= v;
    }, { name, value });
  }

  /** The words of a file's row. */
  rowText(name) {
    return this.#page.evaluate((n) => {
      const row = [...document.querySelectorAll('#files-scroll .transfer')].find((r) => r.querySelector('.row-title').title === n);
      return row.querySelector('.row-detail').textContent;
    }, name);
  }

  waitForRow(name, pattern, timeoutMs) {
    return this.#page.waitFor(({ name: n, pattern: p }) => {
      const row = [...document.querySelectorAll('#files-scroll .transfer')].find((r) => r.querySelector('.row-title').title === n);
      return new RegExp(p).test(row?.querySelector('.row-detail').textContent ?? '');
    }, { name, pattern }, timeoutMs);
  }

  async acceptFile(name) {
    await this.waitForFile(name, 'offered');
    await this.#pressInRow(name, 'offered', 'Accept');
  }

  async declineFile(name) {
    await this.waitForFile(name, 'offered');
    await this.#pressInRow(name, 'offered', 'Decline');
  }

  /** Presses a button of a file's row, whatever its state. */
  async pressInFile(name, state, label) {
    await this.waitForFile(name, state);
    await this.#pressInRow(name, state, label);
  }

  /** Answers an offer in one of the ways that stand in its menu. */
  async answerFile(name, label) {
    await this.pressInFile(name, 'offered', `More for ${name}`);
    await this.press('.menu .item', label);
  }

  /** Looks into a folder that is offered. */
  async openChoice(name) {
    await this.answerFile(name, 'Choose Files…');
    await this.waitForChoice();
  }

  waitForChoice() {
    return this.#page.waitFor(() => document.querySelector('.choose .choice') !== null);
  }

  /** What is chosen, in words. */
  choiceWords() {
    return this.#page.evaluate(() => document.querySelector('.choose-head .dim').textContent);
  }

  /** "All", or the path of an entry. */
  toggleChoice(name) {
    return this.#page.evaluate((n) => {
      const label = [...document.querySelectorAll('.choose label')].find((l) => (l.querySelector('.choice-name')?.title ?? l.textContent) === n);
      label.querySelector('input').click();
    }, name);
  }

  waitForFile(name, state, timeoutMs) {
    return this.#page.waitFor(rowState, { name, state, within: '#files-scroll' }, timeoutMs);
  }

  /** Saves a received file as a person does. @returns {Promise<Buffer>} */
  async saveReceived(name) {
    await this.waitForFile(name, 'done', 120_000);
    await this.show('files');
    const { bytes } = await this.#page.download(() => this.#pressInRow(name, 'done', `Save ${name}`));
    return bytes;
  }

  /** Goes to a pane, where panes are tabs. */
  show(pane) {
    return this.#page.evaluate((index) => {
      const tab = document.querySelectorAll('.tab')[index];
      if (tab?.checkVisibility()) tab.click();
    }, ['chat', 'files', 'room'].indexOf(pane));
  }

  /** Asks for the safety phrase with somebody. */
  async compare(name) {
    await this.openPerson(name);
    await this.press('.member .button', 'Compare');
  }

  /** What is known of somebody, in their row. */
  async openPerson(name) {
    await this.show('room');
    await this.#page.evaluate((n) => {
      const rows = [...document.querySelectorAll('.member')];
      rows.find((row) => row.querySelector('.row-title').textContent === n).querySelector('details').open = true;
    }, name);
  }

  /** Until the row that is open shows this phrase. */
  waitForPhrase(phrase) {
    return this.#page.waitFor(
      (p) => [...document.querySelectorAll('.member .phrase')].some((e) => e.checkVisibility() && e.textContent === p),
      phrase,
    );
  }

  /** @param {string} pattern of the line below somebody's name */
  waitForPerson(pattern) {
    return this.#page.waitFor(
      (p) => [...document.querySelectorAll('.member .row-detail')].some((e) => new RegExp(p).test(e.textContent)),
      pattern,
    );
  }

  /** The lines below everybody's name. */
  personWords() {
    return this.#page.evaluate(() => [...document.querySelectorAll('.member .row-detail')].map((e) => e.textContent));
  }

  /**
   * Goes there by the keyboard alone, backwards where that is the way: what comes behind the page's last button is the
   * browser's own, and Firefox without a window does not come back from there.
   *
   * @param {string} selector
   */
  async tabTo(selector) {
    const isThere = () => this.#page.evaluate((s) => document.hasFocus() && document.activeElement.matches(s), selector);
    const isAbove = await this.#page.evaluate((s) => {
      const place = document.querySelector(s)?.compareDocumentPosition(document.activeElement) ?? 0;
      return (place & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    }, selector);
    for (let n = 0; n < 40; n++) {
      await this.#page.type(isAbove ? 'Shift+Tab' : 'Tab');
      if (await isThere()) return;
    }
    throw new Error(`Tab does not come to ${selector}`);
  }

  /** @param {string} selector */
  waitForFocus(selector) {
    return this.#page.waitFor((s) => document.activeElement.matches(s), selector);
  }

  /** Until the check-up has said all that it says. */
  async checkConnection() {
    await this.show('room');
    await this.press('#room-scroll > .button', 'Check Connection');
    await this.#page.waitFor(() => document.querySelectorAll('.doctor .checklist li').length === 4);
  }

  /** As the host. */
  async lock(on) {
    await this.show('room');
    await this.press('#lock');
    await this.#page.waitFor((want) => document.querySelector('#lock').checked === want, on);
  }

  /** As the host: opens the row of a member, and says yes to the question. */
  async remove(name) {
    await this.openPerson(name);
    await this.press('.member .of-host', `Remove… (${name})`);
    await this.press('.ask .button', 'Remove');
  }

  async leave() {
    await this.show('room');
    await this.press('#room-scroll > .leave');
    await this.waitForWords('You left');
  }

  /** Once it is there: others may be told before this page has drawn it. */
  async press(selector, text) {
    await this.#page.waitFor(press, { selector, text, look: true });
    return this.#page.evaluate(press, { selector, text, look: false });
  }

  #fill(selector, text) {
    return this.#page.evaluate(
      ({ selector: s, text: t }) => {
        const field = document.querySelector(s);
        field.focus();
        field.value = t;
        field.dispatchEvent(new Event('input', { bubbles: true }));
      },
      { selector, text },
    );
  }

  async #pressInRow(name, state, label) {
    await this.show('files');
    await this.#page.evaluate(
      ({ name: n, state: s, label: l }) => {
        const rows = [...document.querySelectorAll('#files-scroll .transfer')];
        const row = rows.find((r) => r.querySelector('.row-title').title === n && r.dataset.state === s);
        const isIt = (b) => b.textContent.trim() === l || b.getAttribute('aria-label') === l;
        const button = [...row.querySelectorAll('.button')].find(isIt);
        if (!button?.checkVisibility()) throw new Error(`no button ${l} at ${n}`);
        button.click();
      },
      { name, state, label },
    );
  }
}
