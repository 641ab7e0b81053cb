// What a page says beside its picture: notices, hints, and when the next try is.

import { el, write } from './elements.js';

/** How long a notice stays. */
const NOTICE_MS = 7000;
/** How often the countdown to the next try is brought up to date. */
const COUNT_MS = 200;

/** The elements `notice`, `retry` and `retry-text` of a page. */
export class Notices {
  /** Said for a while. */ #notice = '';
  #timer = 0;
  /** Said as long as it holds. */ #hint = '';
  #nextTry;
  #countdown = 0;

  /** @param {(seconds: number) => string} nextTry puts into words when the next try is */
  constructor(nextTry) {
    this.#nextTry = nextTry;
  }

  /** Says something for a while, in front of any hint. @param {string} text '' takes it away */
  notice(text) {
    clearTimeout(this.#timer);
    this.#notice = text;
    if (text) this.#timer = setTimeout(() => this.notice(''), NOTICE_MS);
    this.#say();
  }

  /** Says something as long as it holds. @param {string} text '' takes it away */
  hint(text) {
    this.#hint = text;
    this.#say();
  }

  /** An empty notice stays in the page, so that screen readers announce what is written into it. */
  #say() {
    write('notice', this.#notice || this.#hint);
  }

  /** Counts down to the next try. @param {number} next on the page's clock; 0: there is none */
  retry(next) {
    clearInterval(this.#countdown);
    const show = () => {
      const left = Math.max(0, Math.ceil((next - performance.now()) / 1000));
      el('retry').hidden = left === 0;
      if (left) write('retry-text', this.#nextTry(left));
      else clearInterval(this.#countdown);
    };
    if (next) this.#countdown = setInterval(show, COUNT_MS);
    show();
  }
}
