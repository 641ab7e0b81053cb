// What a connection sends: the camera's video and the microphone's audio.

import { prefer } from './codecs.js';

/**
 * How many bits a second the video may have: enough for a sharp 720p at 30 on a local network, and
 * for larger cameras as many for each pixel, within reason. On a narrower path it has fewer.
 */
const MAX_BITRATE = 6_000_000;
const MOST_BITRATE = 12_000_000;
const BITS_FOR_A_PIXEL = MAX_BITRATE / (1280 * 720 * 30);

/** By how much the frames are scaled down on a path that does not carry them whole. */
const SCALES = [1, 1.5, 2, 3, 4];
/**
 * With fewer bits for a pixel, or a smaller part of the camera's frames, the next scale is due. Of
 * what DEIMv2-Femto finds in an untouched 720p clip at 30 it found 94 % at 1000 kbit/s (0.036 bits)
 * and 71 % at 500 (0.018); scaled down by two 95 % and 85 %.
 */
const TOO_FEW_BITS = 0.02;
const TOO_FEW_FRAMES = 0.67;
/** With so many bits for a pixel of the larger frames, they are tried again. */
const BITS_TO_SPARE = 0.035;
/** For how many samples running it must be so. */
const DOWN_AFTER = 3;
const UP_AFTER = 6;
/** Where the browser does not tell what it allows the encoder, the larger frames are but a try. */
const TRY_AFTER = 30;

/** The two senders of one connection. */
export class Senders {
  #video;
  #audio;
  /** Of SCALES. */ #scale = 0;
  /** Why it is not the first one. @type {import('./stats.js').Sending['limited']} */
  #limited = 'none';
  #poor = 0;
  #rich = 0;

  /**
   * @param {RTCPeerConnection} pc
   * @param {MediaStream|null} stream of the camera
   * @param {MediaStreamTrack|null} video
   * @param {MediaStreamTrack|null} audio WHIP has no way to add a section later, so that there is
   *   one for audio from the beginning, with nothing in it while the microphone is off
   * @param {string[]} codecs to put first, for example "video/VP8"
   */
  constructor(pc, stream, video, audio, codecs) {
    const streams = stream ? [stream] : [];
    const transceiver = pc.addTransceiver(video || 'video', {
      direction: 'sendonly', streams, sendEncodings: [{ maxBitrate: most(video) }],
    });
    prefer(transceiver, codecs);
    stampCapture(transceiver);
    this.#video = transceiver.sender;
    this.#audio = pc.addTransceiver(audio || 'audio', { direction: 'sendonly', streams }).sender;
    this.#set();
  }

  /**
   * Sends other tracks from now on; with null not even a black frame is sent.
   *
   * @param {MediaStreamTrack|null} video
   * @param {MediaStreamTrack|null} audio
   */
  async replace(video, audio) {
    try {
      await Promise.all([this.#video.replaceTrack(video), this.#audio.replaceTrack(audio)]);
      await this.resized();
    } catch {
      // The connection was closed meanwhile; the next one begins with these tracks.
    }
  }

  /** Allows the bits that the camera's size and rate need now. */
  async resized() {
    this.#scale = this.#poor = this.#rich = 0;
    await this.#set();
  }

  /**
   * Goes by how things went in the last second: where the path, or the phone, carries too few of
   * the frames, they are scaled down, but no further than to what the detector makes use of. That
   * costs it nothing, and keeps the frames coming.
   *
   * @param {import('./stats.js').Sample} sample its `limited` becomes the reason for that
   * @param {number} usable pixels along the longer side
   */
  async follow({ sending, target, source }, usable) {
    const scale = SCALES[this.#scale];
    const rate = Math.max(source, sending.fps);
    const pixels = sending.width * sending.height * rate;
    const few = sending.fps < source * TOO_FEW_FRAMES || (target && target < TOO_FEW_BITS * pixels);
    this.#poor = few ? this.#poor + 1 : 0;
    const larger = pixels * (scale / SCALES[Math.max(0, this.#scale - 1)]) ** 2;
    const room = !few && (target ? target > BITS_TO_SPARE * larger : sending.limited === 'none');
    this.#rich = room ? this.#rich + 1 : 0;
    const whole = Math.max(sending.width, sending.height) * scale;
    const next = SCALES[this.#scale + 1];
    if (!this.#scale) this.#limited = sending.limited === 'none' ? 'bandwidth' : sending.limited;
    else if (sending.limited === 'none') sending.limited = this.#limited;
    if (this.#poor >= DOWN_AFTER && next && whole / next >= usable) this.#scale++;
    else if (this.#scale && this.#rich >= (target ? UP_AFTER : TRY_AFTER)) this.#scale--;
    else return;
    this.#poor = this.#rich = 0;
    await this.#set();
  }

  /**
   * Keeps the size whatever the path is like. Neither of the browsers' other ways will do: keeping
   * the rate takes frames down to 240 lines, where a detector finds little, balancing begins with
   * ten frames a second in Firefox and with a thumbnail in Chromium, and both take many seconds to
   * grow. At 1 Mbit/s Chromium sends 720p at the full rate like this, and below that follow is
   * better than either. There is no content hint: "detail" makes Chromium take the camera for a
   * screen, and "motion" changes nothing once this is said.
   */
  async #set() {
    try {
      const parameters = this.#video.getParameters();
      /** @type {any} */ (parameters).degradationPreference = 'maintain-resolution';
      for (const encoding of parameters.encodings || []) {
        encoding.maxBitrate = most(this.#video.track);
        encoding.scaleResolutionDownBy = SCALES[this.#scale];
      }
      await this.#video.setParameters(parameters);
    } catch {
      // Such a browser decides alone what to give up.
    }
  }
}

/** @param {MediaStreamTrack|null} video @returns {number} how many bits a second it may have */
function most(video) {
  const { width = 0, height = 0, frameRate = 0 } = video?.getSettings() || {};
  const wanted = Math.round(BITS_FOR_A_PIXEL * width * height * frameRate);
  return Math.min(MOST_BITRATE, Math.max(MAX_BITRATE, wanted));
}

/** Says with a frame when it was taken; see media/peer/extension.go. */
const CAPTURE_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time';

/**
 * Has frames say when they were taken. Browsers that can do so do it only when asked; of all others
 * the computer knows it a little later, from their sender reports.
 *
 * @param {RTCRtpTransceiver} transceiver
 */
function stampCapture(transceiver) {
  const some = /** @type {any} */ (transceiver);
  const all = some.getHeaderExtensionsToNegotiate?.();
  const capture = all?.find((/** @type {{uri: string}} */ e) => e.uri === CAPTURE_TIME);
  if (!capture) return;
  capture.direction = 'sendrecv';
  some.setHeaderExtensionsToNegotiate(all);
}
