// The page's elements by their ids.

/**
 * The page's element with that id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 * @throws {TypeError} when there is none of that type
 */
export function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`the page has no ${type.name} #${id}`);
}

/** @param {string} id */
export const el = (id) => find(id, HTMLElement);
/** @param {string} id */
export const button = (id) => find(id, HTMLButtonElement);

/** Calls back when an element is clicked or tapped. @param {string} id @param {() => void} on */
export const tapped = (id, on) => el(id).addEventListener('click', on);

/** Changes a text only where it differs: screen readers read out what is written. @type
 * {(id: string, text: string) => void} */
export const write = (id, text) => {
  if (el(id).textContent !== text) el(id).textContent = text;
};

/**
 * @param {string} id of a control
 * @param {string} text under its symbol, if it has a place for one
 * @param {string} [name] what it does, where the text does not say
 */
export function label(id, text, name = text) {
  const span = el(id).querySelector('span');
  if (span) span.textContent = text;
  // What is seen comes first in the name: people who speak to their phone say what they see.
  el(id).setAttribute('aria-label', text && !name.includes(text) ? `${text}: ${name}` : name);
  el(id).title = name;
}
