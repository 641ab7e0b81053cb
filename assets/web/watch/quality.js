// How the picture comes, in figures.

/** A smaller part of lost packets need not be told. */
const LOSS = 0.005;
/** Over so many frames the delay is taken. */
const FRAMES = 30;

/**
 * @typedef {object} Quality
 * @property {number} width
 * @property {number} height
 * @property {number} fps
 * @property {number} delay milliseconds from the computer to the screen; 0: unknown
 * @property {number} loss 0..1, 0 for hardly any
 */

/** Of one connection at a time. */
export class QualityMeter {
  /** @type {any} */ #last = null;
  /** @type {number[]} */ #behind = [];

  /** A frame is shown. @param {number} behind milliseconds since its last packet came, or NaN */
  frame(behind) {
    if (!(behind >= 0)) return;
    this.#behind.push(behind);
    if (this.#behind.length > FRAMES) this.#behind.shift();
  }

  /** @param {RTCPeerConnection} pc @returns {Promise<Quality|null>} null while nothing comes */
  async read(pc) {
    /** @type {any} */ let video;
    let trip = 0;
    (await pc.getStats()).forEach((s) => {
      if (s.type === 'inbound-rtp' && s.kind === 'video') video = s;
      if (s.type === 'candidate-pair' && s.nominated) trip = s.currentRoundTripTime || trip;
    });
    const last = this.#last?.id === video?.id ? this.#last : null;
    this.#last = video || null;
    if (!video?.frameWidth || !last) return null;
    const seconds = (video.timestamp - last.timestamp) / 1000;
    const frames = video.framesDecoded - last.framesDecoded;
    const lost = Math.max(0, video.packetsLost - last.packetsLost);
    const packets = video.packetsReceived - last.packetsReceived + lost;
    const loss = packets > 0 ? lost / packets : 0;
    const behind = this.#median() ?? emitted(video, last);
    return {
      width: video.frameWidth, height: video.frameHeight,
      fps: seconds > 0 ? Math.round(frames / seconds) : 0,
      delay: behind ? Math.round(behind + trip * 500) : 0,
      loss: loss < LOSS ? 0 : loss,
    };
  }

  /** @returns {number|undefined} */
  #median() {
    return [...this.#behind].sort((a, b) => a - b)[this.#behind.length >> 1];
  }
}

/** @param {any} now @param {any} last @returns {number} the wait before decoding, in ms */
function emitted(now, last) {
  const count = now.jitterBufferEmittedCount - last.jitterBufferEmittedCount;
  return count > 0 ? 1000 * (now.jitterBufferDelay - last.jitterBufferDelay) / count : 0;
}
