// The token that lets this phone in. It is in the fragment of the scanned address, which browsers never send.

const STORED = 'handlens.token';

/** What a token can look like: base64url without padding. @param {string} text @returns {boolean} */
export const isToken = (text) => /^[A-Za-z0-9_-]{8,128}$/.test(text);

/** @returns {string} the token, '' when there is none */
export function token() {
  const scanned = location.hash.slice(1);
  if (isToken(scanned)) {
    remember(scanned);
    return scanned;
  }
  try {
    // A reload of some browsers loses the fragment; the tab's own storage does not outlive the tab.
    return sessionStorage.getItem(STORED) || '';
  } catch {
    return ''; // No storage in private browsing: then the fragment alone counts.
  }
}

/** @param {string} text */
function remember(text) {
  try {
    sessionStorage.setItem(STORED, text);
  } catch {
    // As above.
  }
}
