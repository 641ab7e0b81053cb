// Keeps the screen on while the camera runs.

/** A screen wake lock that comes back: browsers drop it whenever the page is hidden. */
export class WakeLock {
  #wanted = false;
  /** @type {WakeLockSentinel|null} */ #lock = null;

  constructor() {
    document.addEventListener('visibilitychange', () => this.#take());
  }

  /** @param {boolean} on */
  keep(on) {
    this.#wanted = on;
    if (on) this.#take();
    else if (this.#lock) {
      this.#lock.release().catch(() => {}); // Already dropped by the browser.
      this.#lock = null;
    }
  }

  async #take() {
    if (!this.#wanted || document.visibilityState !== 'visible') return;
    // Safari has it since 16.4; before, the running camera itself keeps an iPhone awake.
    if (!navigator.wakeLock || (this.#lock && !this.#lock.released)) return;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
      if (!this.#wanted) this.keep(false);
    } catch {
      // To save the battery the browser refuses; it is asked again when the page is next shown.
      this.#lock = null;
    }
  }
}
