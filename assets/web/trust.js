// Translates this page and opens the section of the device at hand.

import { loadLocale } from './locale.js';
import { platform } from './platform.js';

/** The page itself is in English; translations have one text for each of its data-text keys.
 * @type {Record<string, string>} */
const messages = await loadLocale('trust', {});

for (const place of document.querySelectorAll('[data-text]')) {
  const text = messages[place.getAttribute('data-text') || ''];
  if (text) fill(place, text);
}

const section = document.querySelector(`details[data-platform="${platform || 'ios'}"]`);
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
