// What is being sent, for the computer and in words for people.

import { messages } from './messages.js';

/** With fewer bits for a pixel than this, people see that the network is narrow. */
const BLURRED = 0.04;
/** With a smaller part of the camera's frames than this, something keeps the others back. */
const SHORT = 0.75;

/**
 * @typedef {object} Sending what is sent, as the `sending` message says it
 * @property {number} width of the frames that are sent, in pixels
 * @property {number} height
 * @property {number} fps
 * @property {number} bitrate in bits a second
 * @property {string} codec for example "H264"
 * @property {number} encode what one frame costs the encoder, in ms; 0: unknown
 * @property {boolean|null} efficient whether the encoder saves power, as hardware does
 * @property {'none'|'bandwidth'|'cpu'|'other'} limited what keeps it from being more
 */

/**
 * @typedef {object} Sample the sending, and what the page itself goes by
 * @property {Sending} sending
 * @property {number} target what the browser allows the encoder, in bits a second; 0: unknown
 * @property {number} source the camera's frames a second; 0: unknown
 * @property {number} trip the round trip in seconds; 0: unknown
 */

/** Turns the growing counters of getStats into rates. */
export class SendStats {
  /** @type {any} */ #last = null;

  /** @param {RTCPeerConnection} pc @returns {Promise<Sample|null>} null while nothing is sent */
  async read(pc) {
    const report = await pc.getStats();
    /** @type {any} */ let video;
    let trip = 0;
    let source = 0;
    report.forEach((s) => {
      if (s.type === 'outbound-rtp' && s.kind === 'video') video = s;
      if (s.type === 'media-source' && s.kind === 'video') source = s.framesPerSecond || 0;
      if (s.type === 'candidate-pair' && s.nominated) trip = s.currentRoundTripTime || trip;
    });
    const last = this.#last;
    this.#last = video || null;
    if (!video?.frameWidth) return null;
    // A new connection begins to count from zero.
    const since = last && last.bytesSent <= video.bytesSent ? last : null;
    const seconds = since ? (video.timestamp - since.timestamp) / 1000 : 0;
    const frames = video.framesEncoded - (since?.framesEncoded || 0);
    const time = (video.totalEncodeTime || 0) - (since?.totalEncodeTime || 0);
    const codec = video.codecId && report.get(video.codecId);
    const sending = {
      width: video.frameWidth, height: video.frameHeight,
      fps: Math.round(video.framesPerSecond || 0),
      bitrate: seconds > 0 ? Math.round(((video.bytesSent - since.bytesSent) * 8) / seconds) : 0,
      codec: codec ? codec.mimeType.replace('video/', '') : '',
      encode: frames > 0 ? Math.round((time / frames) * 1e5) / 100 : 0,
      efficient: video.powerEfficientEncoder ?? null,
    };
    const target = video.targetBitrate || 0;
    const limited = limit(video.qualityLimitationReason, sending, target, source);
    return { sending: { ...sending, limited }, target, source, trip };
  }
}

/**
 * Browsers name what limits the size. Where the size stays, which is what we ask them for, they
 * leave out frames or detail, and that has to be seen in the figures.
 *
 * @param {unknown} told by the browser, if it does
 * @param {Omit<Sending, 'limited'>} sending
 * @param {number} target
 * @param {number} source
 * @returns {Sending['limited']}
 */
function limit(told, { width, height, fps, encode }, target, source) {
  if (told === 'bandwidth' || told === 'cpu' || told === 'other') return told;
  const short = source > 0 && fps < source * SHORT;
  if (short && encode * source > 1000 * SHORT) return 'cpu';
  if (short || (target && target < BLURRED * width * height * source)) return 'bandwidth';
  return 'none';
}

/** @param {Sample|null} sample @returns {string} one line, '' while nothing is sent */
export function inWords(sample) {
  if (!sample) return '';
  const { sending, trip } = sample;
  const { width, height, fps, bitrate, codec, encode, efficient, limited } = sending;
  const parts = [`${width} × ${height}`];
  if (fps) parts.push(messages.frameRate(fps));
  if (bitrate) parts.push(messages.bitrate(bitrate / 1e6));
  if (codec) parts.push(codec);
  if (encode) parts.push(messages.encoding(encode));
  if (efficient) parts.push(messages.efficient);
  if (trip) parts.push(messages.roundTrip(Math.max(1, Math.round(trip * 1000))));
  if (messages.limited[limited]) parts.push(messages.limited[limited]);
  return parts.join(' · ');
}
