// The token that lets this phone in. It is in the fragment of the scanned address, which browsers
// never send.

const STORED = 'handlens.token';
const PHONE = 'handlens.phone';

/** @param {string} text @returns {boolean} whether it can be one: base64url without padding */
const isToken = (text) => /^[A-Za-z0-9_-]{8,128}$/.test(text);

/** @returns {string} the token, '' when there is none */
export function token() {
  const scanned = location.hash.slice(1);
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
  if (!isToken(text)) return false;
  // The same token again changes nothing in the address, so there would be no event.
  if (location.hash === `#${text}`) location.reload();
  else location.hash = text;
  return true;
}

/** For a browser without storage. */ let ownName = '';

/**
 * @returns {string} the name, made up at random, by which this computer knows this browser again:
 *   what comes from it is shown in the place that it had
 */
export function phoneName() {
  try {
    ownName = localStorage.getItem(PHONE) || ownName;
  } catch {
    // As above.
  }
  if (/^[A-Za-z0-9_-]{22}$/.test(ownName)) return ownName;
  const random = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)));
  ownName = btoa(random).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  try {
    localStorage.setItem(PHONE, ownName);
  } catch {
    // As above.
  }
  return ownName;
}

/** @param {string} text */
function remember(text) {
  try {
    sessionStorage.setItem(STORED, text);
  } catch {
    // As above.
  }
}
