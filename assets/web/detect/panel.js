// The switch "Detect on this phone" in the details, and how it goes.

import { messages } from '../messages.js';

export class Panel {
  #switch = document.createElement('input');
  #text = document.createElement('p');

  /** @param {(on: boolean) => void} want called when the user switches it */
  constructor(want) {
    const label = document.createElement('label');
    this.#switch.type = 'checkbox';
    this.#switch.id = 'detect-here';
    label.append(this.#switch, ` ${messages.detect.here}`);
    label.htmlFor = this.#switch.id;
    label.className = 'switch';
    this.#text.id = 'detect-state';
    this.#text.setAttribute('role', 'status');
    this.#switch.setAttribute('aria-describedby', this.#text.id);
    this.#switch.addEventListener('change', () => want(this.#switch.checked));
    document.getElementById('details')?.append(label, this.#text);
  }

  /** @param {import('./phone.js').Doing} doing @param {boolean} wanted */
  show(doing, wanted) {
    this.#switch.checked = wanted;
    this.#text.dataset.state = doing.state;
    this.#write(words(doing));
  }

  /** @param {number} part 0..1 of the model that has come */
  loading(part) {
    this.#write(messages.detect.loading(Math.min(99, Math.round(100 * part))));
  }

  /** Screen readers read out what is written. @param {string} text */
  #write(text) {
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}

/** @param {import('./phone.js').Doing} doing @returns {string} */
function words({ state, took, fps, why }) {
  const { detect } = messages;
  switch (state) {
    case 'loading':
      return detect.loading(0);
    case 'ready':
      return fps ? detect.ready(took, fps) : detect.starts;
    case 'slow':
      return detect.slow(fps);
    case 'failed':
      return detect.failed[why] || detect.failed.engine;
    default:
      return '';
  }
}
