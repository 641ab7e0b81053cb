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
    // Safari has it since 16.4; before, the running camera itself keeps an iPhone awake.
    if (!this.#wanted || document.visibilityState !== 'visible' || !navigator.wakeLock || (this.#lock && !this.#lock.released)) return;
    try {
      this.#lock = await navigator.wakeLock.request('screen');
      if (!this.#wanted) this.keep(false);
    } catch {
      this.#lock = null; // Battery saver: the browser refuses, and the next time the page shows it is asked again.
    }
  }
}
