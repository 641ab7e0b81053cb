// How many frames a second are looked at, and whether that is too few.

/** With fewer frames a second than this, over so long, the computer does better. */
const SLOW_FPS = 2;
const SLOW_MS = 10000;
/** The rate is that of so long. */
const RATE_MS = 2000;

export class Pace {
  /** When frames were done, within SLOW_MS. @type {number[]} */ #done = [];
  #since;

  /** @param {number} now on the page's clock */
  constructor(now) {
    this.#since = now;
  }

  /** A frame is done. @param {number} now */
  done(now) {
    this.#done.push(now);
  }

  /** @param {number} now @returns {{fps: number, slow: boolean}} */
  at(now) {
    this.#done = this.#done.filter((at) => now - at < SLOW_MS);
    const span = Math.min(RATE_MS, Math.max(1, now - this.#since));
    const lately = this.#done.filter((at) => now - at < span).length;
    return {
      fps: Math.round((lately * 10000) / span) / 10,
      slow: now - this.#since >= SLOW_MS && this.#done.length * 1000 < SLOW_FPS * SLOW_MS,
    };
  }

  /** Begins again, after a time in which nothing was wanted. @param {number} now */
  restart(now) {
    this.#done = [];
    this.#since = now;
  }
}
