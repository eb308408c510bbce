// Where the focus goes when what had it goes away: a document of a few elements is enough for that.
// SPDX-License-Identifier: GPL-3.0-or-later
import assert from 'node:assert/strict';
import { test } from 'node:test';

class Element {
  offsetParent = {};
  tabIndex = 0;
  children = /** @type {Element[]} */ ([]);
  contains(other) {
    return other === this || this.children.some((child) => child.contains(other));
  }
  focus() {
    document.activeElement = this;
  }
}
globalThis.HTMLElement = Element;
globalThis.document = { body: new Element(), activeElement: null };
const { keepFocus } = await import('../../src/web/views/dom.js');

/** A part with a button that has the focus, and a heading elsewhere. */
function makePage() {
  const [part, button, heading] = [new Element(), new Element(), new Element()];
  part.children = [button];
  button.focus();
  return { part, button, heading };
}

test('what is hidden or taken away with the focus leaves it to the heading, which Tab passes by', async () => {
  for (const away of [({ button }) => { button.offsetParent = null; }, () => document.body.focus()]) {
    const page = makePage();
    keepFocus([page.part], () => away(page), () => page.heading);
    await null;
    assert.equal(document.activeElement, page.heading);
    assert.equal(page.heading.tabIndex, -1);
  }
});

test('what stays keeps it, a change may give it to another, and what never had it takes it from nobody', async () => {
  const { part, button, heading } = makePage();
  keepFocus([part], () => {}, () => heading);
  await null;
  assert.equal(document.activeElement, button);

  const field = new Element();
  keepFocus([part], () => field.focus(), () => heading);
  await null;
  assert.equal(document.activeElement, field);

  document.body.focus();
  keepFocus([part], () => { button.offsetParent = null; }, () => heading);
  await null;
  assert.equal(document.activeElement, document.body);
});

test('of a part within a part the heading within gets it', async () => {
  const { part, button, heading } = makePage();
  const [whole, far] = [new Element(), new Element()];
  whole.children = [part];
  keepFocus([whole], () => keepFocus([part], () => { button.offsetParent = null; }, () => heading), () => far);
  await null;
  assert.equal(document.activeElement, heading);
});
