// Which camera was chosen last.

const STORED = 'handlens.camera';

/** @typedef {'environment'|'user'} Facing */
/**
 * @typedef {{facing: Facing, id?: string}} Choice which side, and which camera exactly when one was
 *   picked
 */

/** @returns {Choice} */
export function stored() {
  try {
    const { facing, id } = JSON.parse(localStorage.getItem(STORED) || '{}');
    return {
      facing: facing === 'user' ? 'user' : 'environment',
      ...(typeof id === 'string' && id ? { id } : {}),
    };
  } catch {
    return { facing: 'environment' }; // Private browsing may have no storage.
  }
}

/** @param {Choice} choice */
export function store(choice) {
  try {
    localStorage.setItem(STORED, JSON.stringify(choice));
  } catch {
    // As above: then the choice lasts as long as the page.
  }
}
