// What a connection sends: the camera's video and the microphone's audio.

/** Enough for a sharp 720p at 30 on a local network; browsers send less over a narrower path. */
const MAX_BITRATE = 6_000_000;

/** The two senders of one connection. */
export class Senders {
  #video;
  #audio;

  /**
   * @param {RTCPeerConnection} pc
   * @param {MediaStream|null} stream of the camera
   * @param {MediaStreamTrack|null} video
   * @param {MediaStreamTrack|null} audio WHIP has no way to add a section later, so that there is
   *   one for audio from the beginning, with nothing in it while the microphone is off
   * @param {string|null} codec to put first, for example "vp8"; see prefer
   */
  constructor(pc, stream, video, audio, codec) {
    const streams = stream ? [stream] : [];
    const transceiver = pc.addTransceiver(video || 'video', {
      direction: 'sendonly', streams, sendEncodings: [{ maxBitrate: MAX_BITRATE }],
    });
    prefer(transceiver, codec);
    stampCapture(transceiver);
    balance(transceiver.sender);
    this.#video = transceiver.sender;
    this.#audio = pc.addTransceiver(audio || 'audio', { direction: 'sendonly', streams }).sender;
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
    } catch {
      // The connection was closed meanwhile; the next one begins with these tracks.
    }
  }
}

/**
 * Puts one codec first, for tests by `?codec=`. Without it the browser's own order stands: it knows
 * what its hardware encodes.
 *
 * @param {RTCRtpTransceiver} transceiver
 * @param {string|null} codec for example "vp8"
 */
function prefer(transceiver, codec) {
  if (!codec || !transceiver.setCodecPreferences) return;
  const all = RTCRtpReceiver.getCapabilities('video')?.codecs || [];
  const type = `video/${codec.toLowerCase()}`;
  const wanted = all.filter((c) => c.mimeType.toLowerCase() === type);
  if (!wanted.length) return;
  transceiver.setCodecPreferences([...wanted, ...all.filter((c) => !wanted.includes(c))]);
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

/**
 * Gives up some sharpness and some frame rate when the path is narrow. Neither alone is right:
 * keeping the rate takes frames down to 240 lines, where a detector finds little, and keeping the
 * size takes the rate down to where boxes lag behind. Browsers that do not know this preference go
 * by the track's content hint.
 *
 * @param {RTCRtpSender} sender
 */
function balance(sender) {
  const parameters = sender.getParameters();
  /** @type {any} */ (parameters).degradationPreference = 'balanced';
  sender.setParameters(parameters).catch(() => {}); // As said: the hint remains.
}
