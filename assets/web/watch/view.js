// The page's elements: what each state shows. No decisions are made here.

import { colourOf } from '../draw.js';
import { button, el, find, label, tapped, write } from '../elements.js';
import { Notices } from '../notices.js';
import { groupWhileTyping } from '../token.js';
import { keysAreOn, switchKeys } from './keys.js';
import { messages } from './messages.js';

/** More classes than this do not help anybody. */
const MOST_COUNTS = 12;
/** After so long without a touch the whole screen is the picture's. */
const IDLE_MS = 3000;

/** @typedef {keyof typeof messages.status} State */
/**
 * @typedef {object} Actions what the user may do
 * @property {() => void} fill
 * @property {() => void} float
 * @property {() => void} snapshot
 * @property {() => void} detect
 * @property {() => void} again
 * @property {() => void} retry
 * @property {(id: string) => void} phone
 * @property {(code: string) => boolean} code returns whether it can be a code
 */

/** The page as its user sees it. */
export class View extends Notices {
  video = find('video', HTMLVideoElement);
  canvas = find('overlay', HTMLCanvasElement);
  stage = el('stage');
  #phones = find('phone', HTMLSelectElement);
  #counted = '';

  constructor() {
    super((seconds) => messages.retry(seconds));
    document.title = messages.title;
    label('fill', messages.fullScreen);
    label('float', messages.small, messages.smallLabel);
    label('snapshot', messages.snapshot, messages.snapshotLabel);
    label('detect', messages.detect, messages.detectLabel);
    label('more', messages.more, messages.moreLabel);
    for (const [id, name] of Object.entries({
      foot: messages.counts, counts: messages.counts, details: messages.moreLabel,
    })) el(id).setAttribute('aria-label', name);
    for (const [id, text] of Object.entries({
      title: messages.title, 'phone-label': messages.phone, 'retry-now': messages.retryNow,
      play: messages.play,
      'place-label': messages.place, 'model-label': messages.model, 'stats-label': messages.stats,
      'keys-label': messages.keys, 'code-label': messages.codeLabel, 'code-use': messages.codeUse,
    })) write(id, text);
    groupWhileTyping(find('code-text', HTMLInputElement));
    const keys = find('keys', HTMLInputElement);
    keys.checked = keysAreOn();
    keys.addEventListener('change', () => switchKeys(keys.checked));
    tapped('more', () => this.#details(el('details').hidden));
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#details(false));
    hideWhenIdle();
  }

  /** @param {Actions} on */
  listen(on) {
    const { fill, float, snapshot, detect, again } = on;
    for (const [id, action] of Object.entries({ fill, float, snapshot, detect, again })) {
      tapped(id, action);
    }
    tapped('retry-now', on.retry);
    tapped('play', () => this.play());
    this.#phones.addEventListener('change', () => on.phone(this.#phones.value));
    el('code').addEventListener('submit', (event) => {
      event.preventDefault();
      const ok = on.code(find('code-text', HTMLInputElement).value);
      el('code-text').setAttribute('aria-invalid', String(!ok));
      write('code-bad', ok ? '' : messages.codeBad);
    });
  }

  /**
   * Shows a state. The root element has it in data-state, for style and for tests.
   *
   * @param {State} state
   * @param {import('./messages.js').Card} [card] none: the picture
   */
  show(state, card) {
    document.documentElement.dataset.state = state;
    write('status-text', messages.status[state]);
    el('card').hidden = !card;
    if (state !== 'live' && state !== 'reconnecting') {
      this.counts([]);
      this.figures('');
    }
    if (!card) return;
    const { title, text, button: again = '', code = false } = card;
    write('card-title', title);
    write('card-text', text);
    write('again', again);
    el('again').hidden = again === '';
    el('code').hidden = !code;
    // Leads screen readers to what is new and stays; the rest goes by itself.
    if (state === 'error' || state === 'ended') el('card-title').focus({ preventScroll: true });
  }

  /** What can be done now. @param {Record<'fill'|'float'|'snapshot'|'detect', boolean>} can */
  offer(can) {
    for (const [id, on] of Object.entries(can)) button(id).disabled = !on;
  }

  /** @param {'fill'|'float'|'detect'} id @param {boolean} on */
  pressed(id, on) {
    el(id).setAttribute('aria-pressed', String(on));
  }

  /** @param {string} id of a control that this device does not have */
  without(id) {
    el(id).hidden = true;
  }

  /** @param {MediaStream|null} stream */
  picture(stream) {
    this.video.srcObject = stream;
    if (stream) this.play();
    else el('play').hidden = true;
  }

  /** Where the browser lets nothing play by itself, there is a button. */
  async play() {
    try {
      await this.video.play();
      el('play').hidden = true;
    } catch (err) {
      if (/** @type {Error} */ (err).name === 'NotAllowedError') el('play').hidden = false;
    }
  }

  /** @param {import('./control.js').Phone[]} phones @param {string} chosen its ID */
  phones(phones, chosen) {
    el('who').hidden = phones.length === 0;
    this.#phones.disabled = phones.length < 2;
    const said = JSON.stringify(phones);
    if (this.#phones.dataset.said !== said) {
      this.#phones.dataset.said = said;
      this.#phones.replaceChildren(...phones.map(({ id, name }) =>
        new Option(name || messages.unnamed, id)));
    }
    this.#phones.value = chosen;
  }

  /** @param {{label: string, count: number}[]} counts */
  counts(counts) {
    const said = JSON.stringify(counts);
    if (said === this.#counted) return; // it comes with each frame
    this.#counted = said;
    el('counts').replaceChildren(...counts.slice(0, MOST_COUNTS).map(countItem));
  }

  /** @param {string} text of how the picture comes */
  figures(text) {
    write('figures', text);
    write('stats', text || '…');
  }

  /** @param {string} text */
  model(text) {
    write('model', text || '…');
  }

  /** @param {string} text where detection runs */
  place(text) {
    write('place', text);
  }

  /** @param {boolean} open */
  #details(open) {
    const inside = el('details').contains(document.activeElement);
    el('details').hidden = !open;
    el('more').setAttribute('aria-expanded', String(open));
    if (!open && inside) el('more').focus({ preventScroll: true });
  }
}

/** @param {{label: string, count: number}} counted */
function countItem({ label: name, count }) {
  const item = document.createElement('li');
  const space = 'http://www.w3.org/2000/svg';
  const swatch = document.createElementNS(space, 'svg');
  swatch.setAttribute('viewBox', '0 0 10 10');
  swatch.setAttribute('aria-hidden', 'true');
  const circle = document.createElementNS(space, 'circle');
  for (const at of ['cx', 'cy', 'r']) circle.setAttribute(at, '5');
  circle.setAttribute('fill', colourOf(name).line);
  swatch.append(circle);
  item.append(swatch, `${name} ${count}`);
  return item;
}

/** Marks the page while nobody touches it. */
function hideWhenIdle() {
  let timer = 0;
  const { classList } = document.documentElement;
  const touched = () => {
    classList.remove('idle');
    clearTimeout(timer);
    timer = setTimeout(() => classList.add('idle'), IDLE_MS);
  };
  for (const event of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
    document.addEventListener(event, touched);
  }
}
