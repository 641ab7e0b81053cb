// Translates this page, opens the section of the device at hand, and says when the device trusts
// the computer.

import { loadLocale } from './locale.js';
import { hasOwnList, platform } from './platform.js';
import { trust } from './probe.js';

/** How often the browser is asked whether it trusts the computer by now. */
const EVERY_MS = 3000;

/** The page itself is in English; translations have one text for each of its data-text keys.
 * @type {Record<string, string>} */
const messages = await loadLocale('trust', {});
let asking = false;

for (const place of document.querySelectorAll('[data-text]')) {
  const text = messages[place.getAttribute('data-text') || ''];
  if (text) fill(place, text);
}

const here = hasOwnList ? 'firefox' : platform || 'ios';
const section = document.querySelector(`details[data-platform="${here}"]`);
if (section instanceof HTMLDetailsElement) {
  section.open = true;
  document.querySelector('details')?.before(section);
}

// The name under which the device lists what it trusts, and the fingerprint to compare it by.
try {
  const response = await fetch('/trust/ca.json');
  if (response.ok) {
    const { name, fingerprint } = await response.json();
    byId('name').textContent = name;
    byId('fingerprint').textContent = fingerprint;
    byId('authority').hidden = false;
  }
} catch {
  // The steps work without it.
}

document.addEventListener('visibilitychange', () => void look());
setInterval(() => void look(), EVERY_MS);
void look();

/** Asks the browser, once at a time and while somebody looks, until it trusts the computer. */
async function look() {
  const { dataset } = document.documentElement;
  const settled = dataset.trust === 'yes' || dataset.trust === 'none';
  if (settled || asking || document.visibilityState !== 'visible') return;
  asking = true;
  const verdict = await trust();
  asking = false;
  // Someone who is changing networks loses the answer, not what was known.
  if (verdict === 'unknown' && dataset.trust) return;
  dataset.trust = verdict;
  for (const line of document.querySelectorAll('#verdict [data-trust]')) {
    if (line instanceof HTMLElement) line.hidden = line.dataset.trust !== verdict;
  }
}

/**
 * Writes a translation into an element. In it *this* is bold, [this] is the text of the element's
 * next link, and {this} is what has that id.
 *
 * @param {Element} place
 * @param {string} text
 */
function fill(place, text) {
  const links = [...place.querySelectorAll('a')];
  const parts = text.split(/(\*[^*]*\*|\[[^\]]*\]|\{[^}]*\})/).map((part) => {
    const inner = part.slice(1, -1);
    switch (part.charAt(0)) {
      case '*': return withText(document.createElement('b'), inner);
      case '[': return withText(/** @type {HTMLAnchorElement} */ (links.shift()), inner);
      case '{': return byId(inner);
      default: return part;
    }
  });
  place.replaceChildren(...parts);
}

/** @param {HTMLElement} element @param {string} text */
function withText(element, text) {
  return Object.assign(element, { textContent: text });
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new TypeError(`the page has no #${id}`);
  return found;
}
