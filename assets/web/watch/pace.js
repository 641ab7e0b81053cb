// How fast something goes that is done again and again.

/** Over so many times. */
const SAMPLES = 12;

/** Of the last few times. */
export class Pace {
  /** @type {{took: number, ended: number}[]} */ #last = [];

  begin() {
    this.#last = [];
  }

  /**
   * @param {number} began on the page's clock
   * @param {number} ended
   * @returns {{took: number, fps: number}} the median in ms, and how often it is done in a second
   */
  add(began, ended) {
    this.#last.push({ took: ended - began, ended });
    if (this.#last.length > SAMPLES) this.#last.shift();
    const all = this.#last.map(({ took }) => took).sort((a, b) => a - b);
    const span = ended - this.#last[0].ended;
    return {
      took: all[all.length >> 1], fps: span > 0 ? 1000 * (this.#last.length - 1) / span : 0,
    };
  }
}
