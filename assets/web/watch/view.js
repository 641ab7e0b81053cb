// The page's elements: what each state shows. No decisions are made here.

import { colourOf } from '../draw.js';
import { groupWhileTyping } from '../token.js';
import { keysAreOn, switchKeys } from './keys.js';
import { messages } from './messages.js';

/** How long a notice stays. */
const NOTICE_MS = 7000;
/** How often the countdown to the next try is brought up to date. */
const COUNT_MS = 200;
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

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`the page has no ${type.name} #${id}`);
}

/** @param {string} id */
const el = (id) => find(id, HTMLElement);

/** Changes a text only where it differs: screen readers read out what is written. @type
 * {(id: string, text: string) => void} */
const write = (id, text) => {
  if (el(id).textContent !== text) el(id).textContent = text;
};

/** The page as its user sees it. */
export class View {
  video = find('video', HTMLVideoElement);
  canvas = find('overlay', HTMLCanvasElement);
  stage = el('stage');
  #phones = find('phone', HTMLSelectElement);
  /** Said for a while. */ #notice = '';
  #noticeTimer = 0;
  /** Said as long as it holds. */ #hint = '';
  #countdown = 0;
  #counted = '';

  constructor() {
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
    el('more').addEventListener('click', () => this.#details(el('details').hidden));
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#details(false));
    hideWhenIdle();
  }

  /** @param {Actions} on */
  listen(on) {
    const { fill, float, snapshot, detect, again } = on;
    for (const [id, action] of Object.entries({ fill, float, snapshot, detect, again })) {
      el(id).addEventListener('click', action);
    }
    el('retry-now').addEventListener('click', on.retry);
    el('play').addEventListener('click', () => this.play());
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
    const { title, text, button = '', code = false } = card;
    write('card-title', title);
    write('card-text', text);
    write('again', button);
    el('again').hidden = button === '';
    el('code').hidden = !code;
    // Leads screen readers to what is new and stays; the rest goes by itself.
    if (state === 'error' || state === 'ended') el('card-title').focus({ preventScroll: true });
  }

  /** What can be done now. @param {Record<'fill'|'float'|'snapshot'|'detect', boolean>} can */
  offer(can) {
    for (const [id, on] of Object.entries(can)) find(id, HTMLButtonElement).disabled = !on;
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

  /** @param {boolean} open */
  #details(open) {
    const inside = el('details').contains(document.activeElement);
    el('details').hidden = !open;
    el('more').setAttribute('aria-expanded', String(open));
    if (!open && inside) el('more').focus({ preventScroll: true });
  }
}

/**
 * @param {string} id of a control
 * @param {string} text under its symbol
 * @param {string} [more] what it does, where the text does not say
 */
function label(id, text, more = '') {
  const span = el(id).querySelector('span');
  if (span) span.textContent = text;
  // The name begins with what is seen, for those who speak it (WCAG 2.5.3).
  if (more) el(id).setAttribute('aria-label', `${text}: ${more}`);
  el(id).title = more || text;
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
