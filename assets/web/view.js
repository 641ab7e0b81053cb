// The page's elements: what each state shows. No decisions are made here.

import { words } from './words.js';

/** @param {string} id @returns {any} */
const el = (id) => document.getElementById(id);

/** How long a notice stays. */
const NOTICE_MS = 7000;

/** States in which the camera's picture is on the screen. */
const SHOWING = ['connecting', 'live', 'reconnecting', 'paused'];

/** @typedef {{title: string, text: string, steps?: string[], button?: string, small?: string, code?: boolean}} Card */

/** The page as its user sees it. */
export class View {
  video = /** @type {HTMLVideoElement} */ (el('video'));
  canvas = /** @type {HTMLCanvasElement} */ (el('overlay'));
  #noticeTimer = 0;
  #torch = false;
  #microphone = false;
  #explained = false;

  constructor() {
    const label = (id, text, name) => {
      const span = el(id).querySelector('span');
      if (span) span.textContent = text;
      el(id).setAttribute('aria-label', name);
      el(id).title = name;
    };
    label('flip', words.flip, words.flipLabel);
    label('torch', words.torch, words.torchLabel);
    el('ask-text').textContent = words.microphoneWhy;
    el('ask-yes').textContent = words.microphoneYes;
    el('ask-no').textContent = words.notNow;
    this.microphone(false);
    label('more', words.more, words.moreLabel);
    label('stop', words.stop, words.stopLabel);
    label('zoom', '', words.zoomLabel);
    label('zoom-in', '', words.zoomIn);
    label('zoom-out', '', words.zoomOut);
    el('camera-label').textContent = words.camera;
    el('model-label').textContent = words.model;
    el('stats-label').textContent = words.stats;
    el('recording-text').textContent = words.recording;
    el('code-label').textContent = words.codeLabel;
    el('code-use').textContent = words.codeUse;
    el('trust').firstElementChild.textContent = words.trust;
    el('more').addEventListener('click', () => this.#details(el('details').hidden));
  }

  /**
   * @param {object} on
   * @param {() => void} on.start
   * @param {() => void} on.stop
   * @param {() => void} on.flip
   * @param {(on: boolean) => void} on.torch
   * @param {(factor: number) => void} on.zoom
   * @param {(on: boolean) => void} on.microphone
   * @param {(id: string) => void} on.camera
   * @param {(code: string) => boolean} on.code whether it can be a code
   */
  listen(on) {
    el('start').addEventListener('click', on.start);
    el('stop').addEventListener('click', on.stop);
    el('flip').addEventListener('click', on.flip);
    el('torch').addEventListener('click', () => on.torch(!this.#torch));
    // A quarter more or less a tap: twice as near in three.
    el('zoom-in').addEventListener('click', () => on.zoom(1.25));
    el('zoom-out').addEventListener('click', () => on.zoom(1 / 1.25));
    el('microphone').addEventListener('click', () => {
      // Before the browser asks its question, the page says what for; once is enough.
      if (this.#microphone || this.#explained) on.microphone(!this.#microphone);
      else this.#ask(el('ask').hidden);
    });
    el('ask-yes').addEventListener('click', () => {
      this.#explained = true;
      this.#ask(false);
      on.microphone(true);
    });
    el('ask-no').addEventListener('click', () => this.#ask(false));
    el('camera').addEventListener('change', () => on.camera(el('camera').value));
    el('code').addEventListener('submit', (event) => {
      event.preventDefault();
      const ok = on.code(el('code-text').value.trim());
      el('code-bad').textContent = words.codeBad;
      el('code-bad').hidden = ok;
    });
  }

  /** @returns {boolean} whether the details are open */
  get detailed() {
    return !el('details').hidden && !el('controls').hidden;
  }

  /**
   * Shows a state. It also stands in the root element's data-state, and an error's code in data-error, for style and for tests.
   *
   * @param {keyof typeof words.status} state
   * @param {Card} [card] what the middle of the page says; none: the picture
   * @param {{error?: string, text?: string}} [more] the error's code; a status text other than the usual one
   */
  show(state, card, { error = '', text = words.status[state] } = {}) {
    const { dataset } = document.documentElement;
    dataset.state = state;
    if (error) dataset.error = error;
    else delete dataset.error;
    const showing = SHOWING.includes(state);
    if (el('status-text').textContent !== text) el('status-text').textContent = text;
    el('controls').hidden = !showing;
    if (!showing) {
      this.#details(false);
      this.#ask(false);
      this.recording(false);
      this.watchers(0);
      this.notice('');
    }
    el('card').hidden = !card;
    if (card) this.#card(card, state);
  }

  /** @param {Card} card @param {string} state */
  #card({ title, text, steps = [], button = '', small = '', code = false }, state) {
    el('card-title').textContent = title;
    el('card-text').textContent = text;
    el('card-steps').replaceChildren(...steps.map((step) => Object.assign(document.createElement('li'), { textContent: step })));
    el('card-steps').hidden = steps.length === 0;
    el('start').textContent = button;
    el('start').hidden = button === '';
    el('card-small').textContent = small;
    el('card-small').hidden = small === '';
    el('code').hidden = !code;
    el('code-bad').hidden = true;
    el('trust').hidden = state !== 'ready';
    el('card').scrollTop = 0;
    // Who reads by ear is led to what is new; nobody else sees a difference.
    if (state !== 'ready') el('card-title').focus({ preventScroll: true });
  }

  /** @param {boolean} on */
  mirror(on) {
    this.video.classList.toggle('mirrored', on);
  }

  /** Shows what the open camera can do. @param {ReturnType<import('./camera.js').Camera['describe']>} camera */
  camera(camera) {
    const { torch = null, zoom = null } = camera || {};
    this.#torch = torch === true;
    el('torch').hidden = torch === null;
    el('torch').setAttribute('aria-pressed', String(this.#torch));
    el('zoom').hidden = zoom === null;
    if (zoom) {
      el('zoom-value').textContent = words.zoomValue(zoom.value / (zoom.min >= 1 ? zoom.min : 1));
      el('zoom-in').disabled = zoom.value >= zoom.max;
      el('zoom-out').disabled = zoom.value <= zoom.min;
    }
    if (camera) el('camera').value = camera.id;
  }

  /** @param {{id: string, label: string}[]} cameras @param {string} chosen */
  cameras(cameras, chosen) {
    el('camera').replaceChildren(...cameras.map(({ id, label }, i) => new Option(label || words.cameraNumber(i + 1), id)));
    el('camera').value = chosen;
    el('flip').hidden = cameras.length < 2;
  }

  /** @param {boolean} on */
  microphone(on) {
    this.#microphone = on;
    const button = el('microphone');
    button.querySelector('span').textContent = on ? words.microphoneOn : words.microphoneOff;
    button.setAttribute('aria-label', words.microphoneLabel);
    button.setAttribute('aria-pressed', String(on));
    button.title = words.microphoneLabel;
  }

  /** What reads aloud tells of text that comes into an element, not of elements that come. @param {boolean} on */
  recording(on) {
    el('recording').hidden = !on;
    const text = on ? words.recording : '';
    if (el('told').textContent !== text) el('told').textContent = text;
    document.documentElement.classList.toggle('recording', on);
  }

  /** @param {number} n */
  watchers(n) {
    el('watchers').hidden = n === 0;
    el('watchers').textContent = n ? words.watchers(n) : '';
  }

  /** Says something for a while, or as long as it holds. @param {string} text '' takes it away @param {boolean} [lasting] */
  notice(text, lasting = false) {
    clearTimeout(this.#noticeTimer);
    if (el('notice').textContent !== text) el('notice').textContent = text;
    el('notice').hidden = text === '';
    if (text && !lasting) this.#noticeTimer = setTimeout(() => this.notice(''), NOTICE_MS);
  }

  /** @param {string} text */
  model(text) {
    el('model').textContent = text;
  }

  /** @param {string} text */
  stats(text) {
    el('stats').textContent = text || '…';
  }

  /** @param {boolean} open */
  #ask(open) {
    el('ask').hidden = !open;
    if (open) {
      this.#details(false);
      el('ask-yes').focus({ preventScroll: true });
    }
  }

  /** @param {boolean} open */
  #details(open) {
    if (open) this.#ask(false);
    el('details').hidden = !open;
    el('more').setAttribute('aria-expanded', String(open));
  }
}
