// One key for each thing that the page can do. They can be switched off, for those who speak to
// their browser (WCAG 2.1.4).

const STORED = 'handlens.watch.keys';

/** @returns {boolean} */
export function keysAreOn() {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
}

/** @param {boolean} on */
export function switchKeys(on) {
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // Then they are as ever with the next page.
  }
}

/** @param {Record<string, () => void>} actions by key, in lower case */
export function listenToKeys(actions) {
  document.addEventListener('keydown', (event) => {
    const { key, target, ctrlKey, altKey, metaKey, repeat } = event;
    const typing = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (ctrlKey || altKey || metaKey || repeat || typing || !keysAreOn()) return;
    const action = actions[key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
