// What each state of the page shows. No decisions are made here.

import { Controls } from './controls.js';
import { el, find, tapped, write } from './elements.js';
import { messages } from './messages.js';
import { Notices } from './notices.js';
import { Overlay } from './overlay.js';
import { groupWhileTyping } from './token.js';
import { Summary } from './summary.js';

/** States with a connection, or on the way to one. */
const SHOWING = ['connecting', 'live', 'reconnecting', 'paused'];

/**
 * @typedef {object} OwnActions what the user may do besides
 * @property {() => void} start starts, or goes on
 * @property {() => void} retry
 * @property {(code: string) => boolean} code returns whether it can be a code
 */
/** @typedef {import('./controls.js').ControlActions & OwnActions} Actions */

/** The page as its user sees it. */
export class View extends Notices {
  video = find('video', HTMLVideoElement);
  overlay = new Overlay(find('overlay', HTMLCanvasElement), this.video);
  controls = new Controls();
  summary = new Summary();

  constructor() {
    super((seconds) => messages.retry(seconds));
    write('code-label', messages.codeLabel);
    write('code-use', messages.codeUse);
    groupWhileTyping(find('code-text', HTMLInputElement));
    write('trust-link', messages.trust);
    write('retry-now', messages.retryNow);
  }

  /** @param {Actions} on */
  listen(on) {
    this.controls.listen(on);
    tapped('start', on.start);
    tapped('retry-now', on.retry);
    el('code').addEventListener('submit', (event) => {
      event.preventDefault();
      const ok = on.code(find('code-text', HTMLInputElement).value);
      el('code-text').setAttribute('aria-invalid', String(!ok));
      el('code-bad').textContent = ok ? '' : messages.codeBad;
    });
  }

  /**
   * Shows a state. The root element has it in data-state, and an error's code in data-error, for
   * style and for tests.
   *
   * @param {keyof typeof messages.status} state
   * @param {import('./messages.js').Card} [card] none: the video
   * @param {{error?: string, text?: string}} [more] the error's code; a status text other than the
   *   usual one
   */
  show(state, card, { error = '', text = messages.status[state] } = {}) {
    const { dataset } = document.documentElement;
    dataset.state = state;
    if (error) dataset.error = error;
    else delete dataset.error;
    const showing = SHOWING.includes(state);
    write('status-text', text);
    if (!showing) {
      this.summary.clear();
      this.notice('');
    }
    this.controls.show(showing);
    this.controls.paused(state === 'paused');
    const inside = el('card').contains(document.activeElement);
    el('card').hidden = !card;
    if (card) this.#card(card, state);
    // The button that was tapped is gone, and with it the place in the page.
    else if (inside && showing) el('pause').focus({ preventScroll: true });
  }

  /** @param {import('./messages.js').Card} card @param {string} state */
  #card({ title, text, steps = [], button = '', small = '', code = false }, state) {
    el('card-title').textContent = title;
    el('card-text').textContent = text;
    el('card-steps').replaceChildren(...steps.map(listItem));
    el('card-steps').hidden = steps.length === 0;
    el('start').textContent = button;
    el('start').hidden = button === '';
    el('card-small').textContent = small;
    el('card-small').hidden = small === '';
    el('code').hidden = !code;
    el('code-bad').textContent = '';
    el('trust').hidden = state !== 'ready';
    el('card').scrollTop = 0;
    // Leads screen readers to what is new; nobody else sees a difference. Who has paused finds the
    // button that goes on where the other one was.
    if (state !== 'ready' && state !== 'paused') {
      el('card-title').focus({ preventScroll: true });
    }
  }

  /** @param {MediaStream|null} stream of the camera @param {boolean} mirrored */
  preview(stream, mirrored) {
    this.video.srcObject = stream;
    this.video.classList.toggle('mirrored', mirrored);
    this.overlay.mirror(mirrored);
    if (stream) this.play();
  }

  /** Where the browser refuses, the preview waits for a touch; what is sent does not. */
  play() {
    this.video.play().catch(() => {});
  }
}

/** @param {string} text */
function listItem(text) {
  return Object.assign(document.createElement('li'), { textContent: text });
}
