// The page's elements: what each state shows. No decisions are made here.

import { messages } from './messages.js';
import { Overlay } from './overlay.js';
import { groupWhileTyping } from './token.js';

/** How long a notice stays. */
const NOTICE_MS = 7000;
/** How often the countdown to the next try is brought up to date. */
const COUNT_MS = 200;
/** One tap on a zoom button: three taps bring things twice as near. */
const ZOOM_STEP = 1.25;
/** States in which the camera's video is on the screen. */
const SHOWING = ['connecting', 'live', 'reconnecting', 'paused'];

/**
 * @typedef {object} Actions what the user may do
 * @property {() => void} start
 * @property {() => void} stop
 * @property {() => void} retry
 * @property {() => void} flip
 * @property {(on: boolean) => void} torch
 * @property {(factor: number) => void} zoom
 * @property {(on: boolean) => void} microphone
 * @property {(id: string) => void} camera
 * @property {(want: {automatic?: true, width?: number, height?: number, fps?: number}) => void
 *   } size
 * @property {(code: string) => boolean} code returns whether it can be a code
 */

/**
 * The page's element with that id.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 * @throws {TypeError} when there is none of that type
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`the page has no ${type.name} #${id}`);
}

/** @param {string} id */
const el = (id) => find(id, HTMLElement);
/** @param {string} id */
const button = (id) => find(id, HTMLButtonElement);

/** Changes a text only where it differs: screen readers read out what is written. @type
 * {(id: string, text: string) => void} */
const write = (id, text) => {
  if (el(id).textContent !== text) el(id).textContent = text;
};

/** The page as its user sees it. */
export class View {
  video = find('video', HTMLVideoElement);
  overlay = new Overlay(find('overlay', HTMLCanvasElement), this.video);
  #cameras = find('camera', HTMLSelectElement);
  #sizes = find('size', HTMLSelectElement);
  /** Said for a while. */ #notice = '';
  #noticeTimer = 0;
  #countdown = 0;
  /** Said as long as it holds. */ #hint = '';
  #torch = false;
  #microphone = false;
  #explained = false;

  constructor() {
    label('flip', messages.flip, messages.flipLabel);
    label('torch', messages.torch, messages.torchLabel);
    label('more', messages.more, messages.moreLabel);
    label('stop', messages.stop, messages.stopLabel);
    label('zoom', '', messages.zoomLabel);
    label('zoom-in', '', messages.zoomIn);
    label('zoom-out', '', messages.zoomOut);
    this.microphone(false);
    write('ask-text', messages.microphoneWhy);
    write('ask-yes', messages.microphoneYes);
    write('ask-no', messages.notNow);
    write('camera-label', messages.camera);
    write('size-label', messages.size);
    write('model-label', messages.model);
    write('stats-label', messages.stats);
    write('recording-text', messages.recording);
    write('code-label', messages.codeLabel);
    write('code-use', messages.codeUse);
    groupWhileTyping(find('code-text', HTMLInputElement));
    write('trust-link', messages.trust);
    write('retry-now', messages.retryNow);
    el('more').addEventListener('click', () => this.#details(el('details').hidden));
    document.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.#ask(false);
      this.#details(false);
    });
  }

  /** @param {Actions} on */
  listen(on) {
    el('start').addEventListener('click', on.start);
    el('stop').addEventListener('click', on.stop);
    el('retry-now').addEventListener('click', on.retry);
    el('flip').addEventListener('click', on.flip);
    el('torch').addEventListener('click', () => on.torch(!this.#torch));
    el('zoom-in').addEventListener('click', () => on.zoom(ZOOM_STEP));
    el('zoom-out').addEventListener('click', () => on.zoom(1 / ZOOM_STEP));
    el('microphone').addEventListener('click', () => {
      // Before the browser asks, the page says what the microphone is for; once is enough.
      if (this.#microphone || this.#explained) on.microphone(!this.#microphone);
      else this.#ask(el('ask').hidden);
    });
    el('ask-yes').addEventListener('click', () => {
      this.#explained = true;
      this.#ask(false);
      on.microphone(true);
    });
    el('ask-no').addEventListener('click', () => this.#ask(false));
    this.#cameras.addEventListener('change', () => on.camera(this.#cameras.value));
    this.#sizes.addEventListener('change', () => {
      const [width, height, fps] = this.#sizes.value.split(' ').map(Number);
      on.size(this.#sizes.value ? { width, height, fps } : { automatic: true });
    });
    el('code').addEventListener('submit', (event) => {
      event.preventDefault();
      const ok = on.code(find('code-text', HTMLInputElement).value);
      el('code-text').setAttribute('aria-invalid', String(!ok));
      el('code-bad').textContent = ok ? '' : messages.codeBad;
    });
  }

  /** @returns {boolean} whether the details are open */
  get detailed() {
    return !el('details').hidden && !el('controls').hidden;
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
      this.#details(false);
      this.#ask(false);
      this.recording(false);
      this.watchers(0);
      this.notice('');
    }
    el('controls').hidden = !showing;
    el('card').hidden = !card;
    if (card) this.#card(card, state);
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
    // Leads screen readers to what is new; nobody else sees a difference.
    if (state !== 'ready') el('card-title').focus({ preventScroll: true });
  }

  /** @param {MediaStream|null} stream of the camera @param {boolean} mirrored */
  preview(stream, mirrored) {
    this.video.srcObject = stream;
    this.video.classList.toggle('mirrored', mirrored);
    this.overlay.mirror(mirrored);
    this.play();
  }

  /** Where the browser refuses, the preview waits for a touch; what is sent does not. */
  play() {
    this.video.play().catch(() => {});
  }

  /** Shows what the open camera can do. @param {import('./camera.js').Description|null} camera */
  camera(camera) {
    const { torch = null, zoom = null } = camera || {};
    this.#torch = torch === true;
    el('torch').hidden = torch === null;
    el('torch').setAttribute('aria-pressed', String(this.#torch));
    el('zoom').hidden = zoom === null;
    if (zoom) {
      write('zoom-value', messages.zoomValue(zoom.value / (zoom.min >= 1 ? zoom.min : 1)));
      button('zoom-in').disabled = zoom.value >= zoom.max;
      button('zoom-out').disabled = zoom.value <= zoom.min;
    }
    if (!camera) return;
    this.#cameras.value = camera.id;
    const { asked } = camera;
    const value = asked ? sizeOption(asked).value : '';
    const known = [...this.#sizes.options].some((option) => option.value === value);
    if (asked && !known) this.#sizes.add(sizeOption(asked)); // The computer offers others.
    this.#sizes.value = value;
  }

  /**
   * Offers cameras and sizes; which ones are chosen the camera says.
   *
   * @param {{id: string, label: string}[]} cameras
   * @param {import('./camera.js').Size[]} sizes
   */
  choices(cameras, sizes) {
    this.#cameras.replaceChildren(...cameras.map(({ id, label }, i) =>
      new Option(label || messages.cameraNumber(i + 1), id)));
    this.#sizes.replaceChildren(new Option(messages.automatic, ''), ...sizes.map(sizeOption));
    el('flip').hidden = cameras.length < 2;
  }

  /** @param {boolean} on */
  microphone(on) {
    this.#microphone = on;
    label('microphone', on ? messages.microphoneOn : messages.microphoneOff,
      messages.microphoneLabel);
    el('microphone').setAttribute('aria-pressed', String(on));
  }

  /** @param {boolean} on */
  recording(on) {
    el('recording').hidden = !on;
    // Screen readers announce text that is written, not elements that appear.
    write('announcement', on ? messages.recording : '');
    document.documentElement.classList.toggle('recording', on);
  }

  /** @param {number} n */
  watchers(n) {
    el('watchers').hidden = n === 0;
    el('watchers').textContent = n ? messages.watchers(n) : '';
  }

  /** Says something for a while, in front of any hint. @param {string} text '' takes it away */
  notice(text) {
    clearTimeout(this.#noticeTimer);
    this.#notice = text;
    if (text) this.#noticeTimer = setTimeout(() => this.notice(''), NOTICE_MS);
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
      if (left) write('retry-text', messages.retry(left));
      else clearInterval(this.#countdown);
    };
    if (next) this.#countdown = setInterval(show, COUNT_MS);
    show();
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
    if (open) this.#details(false);
    panel('ask', 'microphone', open);
    if (open) el('ask-yes').focus({ preventScroll: true });
  }

  /** @param {boolean} open */
  #details(open) {
    if (open) this.#ask(false);
    panel('details', 'more', open);
    el('more').setAttribute('aria-expanded', String(open));
  }
}

/**
 * Opens or closes a panel. The focus goes back to the panel's button when it was inside.
 *
 * @param {string} id
 * @param {string} opener the id of its button
 * @param {boolean} open
 */
function panel(id, opener, open) {
  const inside = el(id).contains(document.activeElement);
  el(id).hidden = !open;
  if (!open && inside) el(opener).focus({ preventScroll: true });
}

/**
 * @param {string} id of a control
 * @param {string} text under its symbol, if it has a place for one
 * @param {string} name what it does
 */
function label(id, text, name) {
  const span = el(id).querySelector('span');
  if (span) span.textContent = text;
  el(id).setAttribute('aria-label', name);
  el(id).title = name;
}

/** @param {import('./camera.js').Size} size */
function sizeOption({ width, height, fps }) {
  const text = `${width} × ${height} · ${messages.frameRate(fps)}`;
  return new Option(text, `${width} ${height} ${fps}`);
}

/** @param {string} text */
function listItem(text) {
  return Object.assign(document.createElement('li'), { textContent: text });
}
