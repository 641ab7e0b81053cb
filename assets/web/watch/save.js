// Saves pictures where the browser puts what it downloads.

/** The address of a picture must last until the browser has read it. */
const LASTS_MS = 60000;

/** @param {Blob|null} picture @returns {Promise<boolean>} whether it was handed to the browser */
export async function save(picture) {
  if (!picture) return false;
  const href = URL.createObjectURL(picture);
  const link = Object.assign(document.createElement('a'), { href, download: name(new Date()) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), LASTS_MS);
  return true;
}

/** @param {Date} now @returns {string} by the clock of whoever watches, without colons */
function name(now) {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString();
  return `handlens-${local.slice(0, 19).replace('T', '-').replace(/:/g, '.')}.png`;
}
