// Why nothing is sent.

/**
 * - user: whoever holds the phone has paused
 * - computer: it has asked for a pause
 * - hidden: the page is in the background, or the screen is locked
 * - tap: the browser wants a tap before it opens the camera again
 * - camera: something else holds the camera, such as a call
 *
 * @typedef {'user'|'computer'|'hidden'|'tap'|'camera'} Cause
 */

/** The first of those that hold is told. @type {Cause[]} */
const ORDER = ['user', 'computer', 'hidden', 'tap', 'camera'];

/** What holds of the causes. */
export class Pauses {
  /** @type {Set<Cause>} */ #causes = new Set();

  /** @param {Cause} cause @param {boolean} on @returns {boolean} whether that is news */
  set(cause, on) {
    if (this.#causes.has(cause) === on) return false;
    if (on) this.#causes.add(cause);
    else this.#causes.delete(cause);
    return true;
  }

  /** The user goes on: whatever held before does not, but for what the page sees by itself. */
  lift() {
    for (const cause of /** @type {Cause[]} */ (['user', 'computer', 'tap'])) {
      this.#causes.delete(cause);
    }
  }

  clear() {
    this.#causes.clear();
  }

  /** @returns {Cause|undefined} what is told; undefined: nothing pauses */
  get cause() {
    return ORDER.find((cause) => this.#causes.has(cause));
  }

  /** @returns {boolean} whether somebody wants the camera to be off */
  get off() {
    return this.#causes.has('user') || this.#causes.has('computer');
  }
}
