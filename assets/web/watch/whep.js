// Watching over WHEP (draft-ietf-wish-whep): what differs from publishing over WHIP.

import { Signalling, WhipError } from '../signalling.js';
import { token } from '../token.js';
import { WhipPublisher } from '../whip.js';

/** How long a phone that sends nothing yet is waited for, in ms, before the next try. */
const ABSENT_MS = 2000;

/** Asks for the video of one phone. */
class WhepSignalling extends Signalling {
  /** The session that we have or had: to see another phone nobody need be asked again. */
  #let = '';
  #phone;

  /** @param {string} phone its ID, '' for the newest */
  constructor(phone) {
    super('/whep', token);
    this.#phone = phone;
  }

  /** @param {string} offer @param {number} patience @param {AbortSignal} signal */
  async post(offer, patience, signal) {
    const query = new URLSearchParams();
    if (this.#phone) query.set('phone', this.#phone);
    if (this.#let) query.set('again', this.#let);
    this.endpoint = `/whep?${query}`;
    const answer = await super.post(offer, patience, signal);
    this.#let = this.name;
    return answer;
  }

  /** The session that let us in, '' for none. */
  get let() {
    return this.#let;
  }

  /** @param {string} phone its ID, '' for the newest */
  set phone(phone) {
    this.#phone = phone;
  }

  /** @param {import('../signalling.js').Answer} answer */
  refusal(answer) {
    return answer.status === 404 ? new WhipError('absent', ABSENT_MS) : super.refusal(answer);
  }
}

/**
 * @typedef {object} Hears
 * @property {(stream: MediaStream, receiver: RTCRtpReceiver) => void} video
 * @property {(data: unknown) => void} detections of the channel
 * @property {(data: unknown) => void} control
 * @property {import('../whip.js').OnState} state
 */

/** The connection to the computer: the video, and what is said about it. */
export class Watching {
  #hears;
  #signalling;
  #whep;
  /** @type {RTCDataChannel|null} */ #control = null;

  /** @param {string} phone the phone's ID, '' for the newest @param {Hears} hears */
  constructor(phone, hears) {
    this.#hears = hears;
    this.#signalling = new WhepSignalling(phone);
    this.#whep = new WhipPublisher({
      signalling: this.#signalling,
      prepare: (pc) => this.#prepare(pc),
      ask: () => this.#ping(),
      onState: (...state) => this.#hears.state(...state),
    });
  }

  start() {
    this.#whep.start();
  }

  /** @returns {RTCPeerConnection|null} */
  get connection() {
    return this.#whep.connection;
  }

  /** The ID of the session that let us in, '' for none. */
  get session() {
    return this.#signalling.let;
  }

  /** Goes on with the phone that is watched. @param {string} phone its ID */
  stay(phone) {
    this.#signalling.phone = phone;
  }

  /** Watches another phone from now on. @param {string} phone its ID, '' for the newest */
  choose(phone) {
    this.stay(phone);
    this.again();
  }

  /** Has a fresh connection made. */
  again() {
    const pc = this.#whep.connection;
    if (pc?.connectionState === 'connected') this.#whep.closed(pc);
    else this.#whep.nudge();
  }

  /** Tries again at once, if anything is being waited for. @param {boolean} [moved] */
  nudge(moved) {
    this.#whep.nudge(moved);
  }

  stop() {
    this.#whep.stop();
  }

  #ping() {
    if (this.#control?.readyState !== 'open') return;
    const t0 = performance.timeOrigin + performance.now();
    this.#control.send(JSON.stringify({ type: 'ping', t0 }));
  }

  /** @param {RTCPeerConnection} pc */
  #prepare(pc) {
    const { receiver } = pc.addTransceiver('video', { direction: 'recvonly' });
    pc.addEventListener('track', ({ track }) => {
      this.#hears.video(new MediaStream([track]), receiver);
    });
    const detections = pc.createDataChannel('detections', { ordered: false, maxRetransmits: 0 });
    const control = this.#control = pc.createDataChannel('control');
    /** @type {['detections'|'control', RTCDataChannel][]} */
    const channels = [['detections', detections], ['control', control]];
    for (const [name, channel] of channels) {
      channel.addEventListener('message', ({ data }) => {
        this.#whep.heard(pc);
        if (pc === this.#whep.connection) this.#hears[name](data);
      });
    }
    control.addEventListener('close', () => this.#whep.closed(pc));
  }
}
