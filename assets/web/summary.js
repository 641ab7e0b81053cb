// What the computer does with the video, on one line: recording, watchers, the model.

import { el, write } from './elements.js';
import { messages } from './messages.js';

/** How often the length of a recording is brought up to date. */
const COUNT_MS = 500;

/** The line's parts. */
export class Summary {
  #timer = 0;
  #model = '';

  constructor() {
    write('recording-text', messages.recording);
  }

  /** Nothing is known of the computer. */
  clear() {
    this.recording(false, 0);
    this.watchers(0);
    this.model('');
  }

  /** @param {boolean} on @param {number} seconds for how long already */
  recording(on, seconds) {
    clearInterval(this.#timer);
    const began = performance.now() - seconds * 1000;
    const show = () => write('recording-time', duration((performance.now() - began) / 1000));
    if (on) this.#timer = setInterval(show, COUNT_MS);
    show();
    el('recording').hidden = !on;
    // Screen readers announce text that is written, not elements that appear.
    write('announcement', on ? messages.recording : '');
    document.documentElement.classList.toggle('recording', on);
  }

  /** @param {number} n */
  watchers(n) {
    el('watchers').hidden = n === 0;
    write('watchers', n ? messages.watchers(n) : '');
  }

  /** @param {string} name of the model; '' for none */
  model(name) {
    this.#model = name;
    write('model', name);
    this.detecting('');
  }

  /** Says how detection goes. @param {keyof typeof messages.detecting|''} state '': unknown */
  detecting(state) {
    el('found').hidden = !this.#model;
    write('found-model', this.#model);
    write('found-text', state && messages.detecting[state]);
  }
}

/** @param {number} seconds @returns {string} for example "0:07" or "1:02:03" */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
