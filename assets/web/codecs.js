// Which codec costs this phone least.

/**
 * Each is cheaper than the next where both are encoded in hardware, or neither. In software a frame
 * of 720p takes Chromium 4 ms in H.264 and 10 in VP8 on one core of a server.
 */
const CODECS = [
  'video/H264;level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'video/VP8', 'video/VP9', 'video/AV1',
];

/** @type {Promise<string[]>|undefined} */ let known;

/**
 * Sorts the codecs by what they cost: first those that save power, which the phone's hardware
 * encodes, then those that the browser expects to encode smoothly. What it knows nothing of is left
 * where it is.
 *
 * @returns {Promise<string[]>} MIME types, cheapest first, perhaps none
 */
export function cheapest() {
  known ||= sorted();
  return known;
}

async function sorted() {
  const rated = await Promise.all(CODECS.map(async (contentType) => {
    const video = { contentType, width: 1280, height: 720, framerate: 30, bitrate: 4e6 };
    try {
      const is = await navigator.mediaCapabilities.encodingInfo({ type: 'webrtc', video });
      return is.supported ? (is.powerEfficient ? 2 : 0) + (is.smooth ? 1 : 0) : 0;
    } catch {
      return 0; // The browser knows no `webrtc` here: its own order stands.
    }
  }));
  return CODECS.map((type, i) => ({ type: type.split(';')[0], rank: rated[i] }))
    .filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank).map(({ type }) => type);
}

/**
 * Puts codecs first, in that order; the others follow in the browser's.
 *
 * @param {RTCRtpTransceiver} transceiver
 * @param {string[]} types MIME types
 */
export function prefer(transceiver, types) {
  const all = RTCRtpReceiver.getCapabilities?.('video')?.codecs || [];
  if (!types.length || !all.length || !transceiver.setCodecPreferences) return;
  const wanted = types.map((type) => type.toLowerCase());
  /** @param {{mimeType: string}} codec */
  const rank = ({ mimeType }) => {
    const at = wanted.indexOf(mimeType.toLowerCase());
    return at < 0 ? wanted.length : at;
  };
  transceiver.setCodecPreferences([...all].sort((a, b) => rank(a) - rank(b)));
}
