// How long the picture waits for its boxes. They come a little later than the frame that they
// belong to; a picture that waits for them has them where they belong. It does not wait long.

import { between } from './timeline.js';

/** The picture waits no longer, in ms. Where boxes take more time, it does not wait at all. */
const MOST = 200;
/** Added to what is needed, since the time that boxes take varies. */
const MARGIN = 12;
/** With so much to spare the wait is made shorter. */
const SPARE = 40;
/** It is decided on so many boxes, by the slowest tenth of them. */
const SAMPLES = 24;
/** Frames that are remembered. */
const KEPT = 64;

/** Decides on the wait of one connection. */
export class Patience {
  /** @type {RTCRtpReceiver|null} */ #receiver = null;
  /** When frames came on the screen. @type {{rtp: number, at: number}[]} */ #shown = [];
  /** When boxes came whose frame was not on the screen. @type {Map<number, number>} */
  #early = new Map();
  /** By how much boxes came later than their frame; below 0 sooner. @type {number[]} */
  #late = [];
  #wait = 0;

  /** @returns {number} in ms */
  get wait() {
    return this.#wait;
  }

  /** @param {RTCRtpReceiver} receiver */
  begin(receiver) {
    this.#receiver = receiver;
    this.#shown = [];
    this.#early.clear();
    this.#late = [];
    this.set(0);
  }

  /** A frame is on the screen. @param {number} rtp @param {number} at */
  shown(rtp, at) {
    this.#shown.push({ rtp, at });
    if (this.#shown.length > KEPT) this.#shown.shift();
    const came = this.#early.get(rtp);
    if (came === undefined) return;
    this.#early.delete(rtp);
    this.#note(came - at);
  }

  /** Boxes have come. @param {number} rtp of their frame @param {number} at */
  came(rtp, at) {
    const shown = this.#shown.find((frame) => frame.rtp === rtp);
    if (shown) return this.#note(at - shown.at);
    const last = this.#shown.at(-1);
    if (last && between(rtp, last.rtp) < 0) return; // Its frame was never shown.
    this.#early.set(rtp, at);
    if (this.#early.size > KEPT) this.#early.delete(this.#early.keys().next().value ?? 0);
  }

  /** @param {number} late in ms */
  #note(late) {
    this.#late.push(late);
    if (this.#late.length < SAMPLES) return;
    const slow = this.#late.sort((a, b) => a - b)[Math.floor(SAMPLES * 0.9)];
    this.#late = [];
    const need = this.#wait + slow + MARGIN;
    if (need > MOST) this.set(0);
    else if (slow > 0 || slow < -SPARE) this.set(Math.max(0, Math.round(need)));
  }

  /** @param {number} ms */
  set(ms) {
    this.#wait = ms;
    const receiver = /** @type {any} */ (this.#receiver);
    if (!receiver) return;
    if ('jitterBufferTarget' in receiver) receiver.jitterBufferTarget = ms;
    else if ('playoutDelayHint' in receiver) receiver.playoutDelayHint = ms / 1000; // in seconds
  }
}
