// The token that lets this phone, or this viewer, in. It is in the fragment of the scanned address,
// which browsers never send.

/** Each page has one of its own: a viewer's token lets in no phone. */
const STORED = `handlens.token${location.pathname.replace(/\/$/, '')}`;
/** How many characters of a token stand together where people see it. */
const GROUP = 4;

/** @param {string} text @returns {boolean} whether it can be one, written as the computer does */
const isToken = (text) => /^[0-9A-HJKMNP-TV-Z]{12}$/.test(text);

/**
 * Undoes what people make of a token when they type it: any case, dashes and spaces anywhere, O for
 * 0, I and L for 1, and the wide letters of some keyboards.
 *
 * @param {string} text
 */
const normal = (text) => text.normalize('NFKC').toUpperCase().replace(/[\s\p{Pd}]/gu, '')
  .replace(/O/g, '0').replace(/[IL]/g, '1');

/** @returns {string} the token, '' when there is none */
export function token() {
  const scanned = normal(location.hash.slice(1));
  if (isToken(scanned)) {
    remember(scanned);
    return scanned;
  }
  try {
    // A reload of some browsers loses the fragment; the tab's storage does not outlive the tab.
    return sessionStorage.getItem(STORED) || '';
  } catch {
    return ''; // No storage in private browsing: then the fragment alone counts.
  }
}

/**
 * Loads the page again with a token that was typed in.
 *
 * @param {string} text
 * @returns {boolean} whether it can be one; otherwise nothing happens
 */
export function enterToken(text) {
  const entered = normal(text);
  if (!isToken(entered)) return false;
  // The same token again changes nothing in the address, so there would be no event.
  if (location.hash === `#${entered}`) location.reload();
  else location.hash = entered;
  return true;
}

/**
 * Goes on with a token that the computer has sent, without loading the page again.
 *
 * @param {unknown} text
 * @returns {boolean} whether it is one; otherwise nothing happens
 */
export function keepToken(text) {
  if (typeof text !== 'string' || !isToken(text)) return false;
  history.replaceState(null, '', `#${text}`);
  remember(text);
  return true;
}

/**
 * Shows a token in groups while it is typed, as the computer shows it.
 *
 * @param {HTMLInputElement} input
 */
export function groupWhileTyping(input) {
  input.addEventListener('input', (event) => {
    // What an input method is still composing is its own.
    if (/** @type {InputEvent} */ (event).isComposing) return;
    const before = normal(input.value.slice(0, input.selectionEnd ?? undefined));
    const shown = grouped(normal(input.value));
    if (shown === input.value) return;
    input.value = shown;
    const caret = grouped(before).length;
    input.setSelectionRange(caret, caret);
  });
}

/** @param {string} text @returns {string} */
const grouped = (text) => (text.match(new RegExp(`.{1,${GROUP}}`, 'gu')) || []).join('-');

/** @param {string} text */
function remember(text) {
  try {
    sessionStorage.setItem(STORED, text);
  } catch {
    // As above.
  }
}
