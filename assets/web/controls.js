// What can be done while the camera runs: the buttons, the zoom, the panels.

import { button, el, find, label, tapped, write } from './elements.js';
import { messages } from './messages.js';
import { watchPinch } from './pinch.js';

/** One tap on a zoom button: three taps bring things twice as near. */
const ZOOM_STEP = 1.25;

/** @typedef {{min: number, max: number, value: number}} Zoom */
/**
 * @typedef {object} ControlActions what the user may do with the camera
 * @property {() => void} stop
 * @property {() => void} pause pauses or goes on
 * @property {() => void} flip
 * @property {(on: boolean) => void} torch
 * @property {(value: number) => void} zoom
 * @property {(on: boolean) => void} microphone
 * @property {(id: string) => void} camera
 * @property {(want: {automatic?: true, width?: number, height?: number, fps?: number}) => void
 *   } size
 */

/** The controls as their user sees them. What they show the camera says, not the finger. */
export class Controls {
  #sizes = find('size', HTMLSelectElement);
  #slider = find('zoom-slider', HTMLInputElement);
  #torch = false;
  #microphone = false;
  #explained = false;
  /** Null when the camera has none. @type {Zoom|null} */ #zoom = null;
  /** @type {ControlActions|undefined} */ #on;

  constructor() {
    label('flip', messages.flip, messages.flipLabel);
    label('torch', messages.torch, messages.torchLabel);
    label('more', messages.more, messages.moreLabel);
    label('stop', messages.stop, messages.stopLabel);
    label('zoom-in', '', messages.zoomIn);
    label('zoom-out', '', messages.zoomOut);
    el('zoom').setAttribute('aria-label', messages.zoomLabel);
    el('zoom-slider').setAttribute('aria-label', messages.zoomLabel);
    el('controls').setAttribute('aria-label', messages.camera);
    el('details').setAttribute('aria-label', messages.moreLabel);
    this.microphone(false);
    this.paused(false);
    write('ask-text', messages.microphoneWhy);
    write('ask-yes', messages.microphoneYes);
    write('ask-no', messages.notNow);
    write('lenses-label', messages.camera);
    write('size-label', messages.size);
    write('model-label', messages.model);
    write('stats-label', messages.stats);
    tapped('more', () => this.#details(el('details').hidden));
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.close());
    el('stage').addEventListener('click', () => this.close());
  }

  /** @param {ControlActions} on */
  listen(on) {
    this.#on = on;
    tapped('stop', on.stop);
    tapped('pause', on.pause);
    tapped('flip', on.flip);
    tapped('torch', () => on.torch(!this.#torch));
    tapped('microphone', () => {
      // Before the browser asks, the page says what the microphone is for; once is enough.
      if (this.#microphone || this.#explained) on.microphone(!this.#microphone);
      else this.#ask(el('ask').hidden);
    });
    tapped('ask-yes', () => {
      this.#explained = true;
      this.#ask(false);
      on.microphone(true);
    });
    tapped('ask-no', () => this.#ask(false));
    this.#sizes.addEventListener('change', () => {
      const [width, height, fps] = this.#sizes.value.split(' ').map(Number);
      on.size(this.#sizes.value ? { width, height, fps } : { automatic: true });
    });
    this.#listenToZoom(on.zoom);
  }

  /** @param {(value: number) => void} zoom */
  #listenToZoom(zoom) {
    const by = (/** @type {number} */ factor) => this.#zoom && zoom(this.#zoom.value * factor);
    tapped('zoom-in', () => by(ZOOM_STEP));
    tapped('zoom-out', () => by(1 / ZOOM_STEP));
    this.#slider.addEventListener('input', () => {
      if (this.#zoom) zoom(valueAt(this.#zoom, Number(this.#slider.value)));
    });
    let from = 0;
    watchPinch(el('stage'), (factor, begin) => {
      if (!this.#zoom) return;
      if (begin) from = this.#zoom.value;
      else zoom(from * factor);
    });
  }

  /** @returns {boolean} whether the details are open */
  get detailed() {
    return !el('details').hidden && !el('controls').hidden;
  }

  /** @param {boolean} on whether there is a camera to control */
  show(on) {
    el('controls').hidden = !on;
    el('foot').hidden = !on;
    if (!on) this.close();
  }

  /** Closes the panels. */
  close() {
    this.#ask(false);
    this.#details(false);
  }

  /** @param {boolean} on whether somebody has paused, so that the button goes on */
  paused(on) {
    label('pause', on ? messages.resume : messages.pause,
      on ? messages.resumeLabel : messages.pauseLabel);
    if (on) this.close();
  }

  /** Shows what the open camera can do. @param {import('./camera.js').Description|null} camera */
  camera(camera) {
    const { torch = null, zoom = null } = camera || {};
    this.#torch = torch === true;
    el('torch').hidden = torch === null;
    el('torch').setAttribute('aria-pressed', String(this.#torch));
    this.#showZoom(zoom);
    if (!camera) return;
    for (const lens of el('lens-list').children) {
      const chosen = /** @type {HTMLElement} */ (lens).dataset.id === camera.id;
      lens.setAttribute('aria-pressed', String(chosen));
    }
    const { asked } = camera;
    const value = asked ? sizeOption(asked).value : '';
    const known = [...this.#sizes.options].some((option) => option.value === value);
    if (asked && !known) this.#sizes.add(sizeOption(asked)); // The computer offers others.
    this.#sizes.value = value;
  }

  /** @param {Zoom|null} zoom */
  #showZoom(zoom) {
    this.#zoom = zoom;
    el('zoom').hidden = zoom === null;
    // Without it two fingers over the video enlarge the page, as everywhere.
    document.documentElement.classList.toggle('zooms', zoom !== null);
    if (!zoom) return;
    const text = messages.zoomValue(zoom.value / (zoom.min >= 1 ? zoom.min : 1));
    write('zoom-value', text);
    this.#slider.value = String(placeOf(zoom));
    this.#slider.setAttribute('aria-valuetext', text);
    button('zoom-in').disabled = zoom.value >= zoom.max;
    button('zoom-out').disabled = zoom.value <= zoom.min;
  }

  /**
   * Offers cameras and sizes; which ones are chosen the camera says.
   *
   * @param {{id: string, label: string}[]} cameras
   * @param {import('./camera.js').Size[]} sizes
   */
  choices(cameras, sizes) {
    const list = el('lens-list');
    const had = [...list.children].map((lens) => /** @type {HTMLElement} */ (lens).dataset.id);
    // Where nothing has changed, the focus stays on the lens that was just chosen.
    if (String(had) !== String(cameras.map(({ id }) => id))) {
      list.replaceChildren(...cameras.map((camera) => this.#lens(camera)));
    }
    cameras.forEach(({ label }, i) => { list.children[i].textContent = label; });
    this.#sizes.replaceChildren(new Option(messages.automatic, ''), ...sizes.map(sizeOption));
    el('flip').hidden = cameras.length < 2;
    el('lenses').hidden = cameras.length === 0;
  }

  /** @param {{id: string}} camera */
  #lens({ id }) {
    const lens = document.createElement('button');
    lens.type = 'button';
    lens.dataset.id = id;
    lens.addEventListener('click', () => this.#on?.camera(id));
    return lens;
  }

  /** @param {boolean} on */
  microphone(on) {
    this.#microphone = on;
    label('microphone', on ? messages.microphoneOn : messages.microphoneOff,
      messages.microphoneLabel);
    el('microphone').setAttribute('aria-pressed', String(on));
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
    // The details stand above the button, so that Tab alone would not lead to them.
    if (open) el('details').focus({ preventScroll: true });
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

/** @param {import('./camera.js').Size} size */
function sizeOption({ width, height, fps }) {
  const text = `${width} × ${height} · ${messages.frameRate(fps)}`;
  return new Option(text, `${width} ${height} ${fps}`);
}

// Each part of the slider's way brings things nearer by the same factor.

/** @param {Zoom} zoom @returns {number} 0..100 */
function placeOf({ min, max, value }) {
  return Math.round((Math.log(value / min) / Math.log(max / min)) * 100);
}

/** @param {Zoom} zoom @param {number} place 0..100 @returns {number} */
function valueAt({ min, max }, place) {
  return min * (max / min) ** (place / 100);
}
