// The language of the page: English stands in the page itself, the others in modules of their own,
// and only the one that is needed is loaded.

/** The languages besides English. */
export const LANGUAGES = ['de', 'es', 'fr', 'ja', 'zh'];
/** The page must not wait long for its language: English is better than nothing. */
const PATIENCE_MS = 1500;

/**
 * @param {readonly string[]} wanted as in navigator.languages, best first
 * @returns {string} the code of the best language that we have
 */
export function chooseLanguage(wanted) {
  for (const tag of wanted) {
    const code = tag.toLowerCase().split('-')[0];
    if (code === 'en' || LANGUAGES.includes(code)) return code;
  }
  return 'en';
}

/**
 * Replaces English messages by those in the language of this phone.
 *
 * @template {object} T
 * @param {string} name of the modules: `NAME.de.js` exports the German `messages`
 * @param {T} messages in English; they stay when there is no translation or it does not come
 * @returns {Promise<T>} the same object; never rejects
 */
export async function loadLocale(name, messages) {
  const code = chooseLanguage(navigator.languages || [navigator.language || 'en']);
  if (code === 'en') return messages;
  try {
    const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
    const module = await Promise.race([import(`./${name}.${code}.js`), late]);
    Object.assign(messages, module.messages);
    document.documentElement.lang = code;
  } catch {
    // Then English it is.
  }
  return messages;
}
