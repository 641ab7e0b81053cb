// The control channel: JSON objects with a `type`, both ways;
// app/session/protocol.go has the computer's side of it.

import { isIPad } from './platform.js';

/** The computer's messages are short; anything longer is not from it. */
const MAX_MESSAGE = 16384;
/** No text that the computer sends is longer. */
const MAX_TEXT = 300;

/**
 * What the computer's `bye` may give as reason, and which of our messages says it.
 *
 * @type {Map<string, keyof import('./messages.js').Messages['ended']>}
 */
const REASONS = new Map([
  ['program-closed', 'closed'],
  ['sent-away', 'dismissed'],
  ['replaced', 'replaced'],
]);

/**
 * @typedef {object} Commands what the computer may ask for or tell
 * @property {(want: Record<string, unknown>) => void} set camera, facing, flip, torch, zoom,
 *   microphone (off only), width, height, fps, automatic, paused, detect; each may be missing
 * @property {(display: Record<string, unknown>) => void} display what is to be seen of what this
 *   phone finds; see DisplayMessage of package session
 * @property {(notice: {recording: boolean, seconds: number, watchers: number}) => void} notice for
 *   how long it is being recorded already
 * @property {(model: {name: string, state: string, size: number, colours: unknown}) => void
 *   } model
 * @property {(token: unknown) => void} token what lets this phone in from now on
 * @property {(reason: keyof import('./messages.js').Messages['ended']|undefined) => void} bye
 */

/** Speaks the protocol over one data channel. */
export class Control {
  #channel;
  #taken;
  /** Null when another channel has taken over. @type {Commands|null} */ #commands;

  /**
   * @param {RTCDataChannel} channel
   * @param {Commands} commands
   * @param {import('./capture.js').CaptureTimes} taken
   * @param {() => void} onopen
   */
  constructor(channel, commands, taken, onopen) {
    this.#channel = channel;
    this.#commands = commands;
    this.#taken = taken;
    channel.addEventListener('open', onopen);
    channel.addEventListener('message', ({ data }) => this.#receive(data));
  }

  /** @param {{id: string, label: string, facing: string}[]} cameras */
  async hello(cameras) {
    this.#send({ type: 'hello', name: await deviceName(), cameras });
  }

  /**
   * @param {import('./camera.js').Description|null} description
   * @param {boolean} microphone whether audio is sent
   * @param {import('./operator.js').Refused} [refused] what the camera would not do
   */
  camera(description, microphone, refused) {
    if (description) this.#send({ type: 'camera', ...description, microphone, refused });
  }

  /** @param {import('./stats.js').Sending} sending */
  sending(sending) {
    this.#send({ type: 'sending', ...sending });
  }

  /** @param {import('./detect/phone.js').Doing} doing */
  detector(doing) {
    this.#send({ type: 'detector', ...doing });
  }

  /** @param {boolean} paused */
  paused(paused) {
    this.#send({ type: 'paused', paused });
  }

  /** Asks the computer for an answer. */
  ping() {
    this.#send({ type: 'ping', t0: performance.timeOrigin + performance.now() });
  }

  /** Takes no commands from here on. */
  retire() {
    this.#commands = null;
  }

  bye() {
    this.#send({ type: 'bye' });
  }

  /** @param {object} message */
  #send(message) {
    if (this.#channel.readyState === 'open') this.#channel.send(JSON.stringify(message));
  }

  /** @param {unknown} data */
  #receive(data) {
    const at = performance.timeOrigin + performance.now();
    const message = parse(data, MAX_MESSAGE);
    const commands = this.#commands;
    if (!commands) return;
    switch (message?.type) {
      case 'ping':
        this.#send({ type: 'pong', t0: message.t0, t1: at, taken: this.#taken.newest });
        break;
      case 'set':
        commands.set(message);
        break;
      case 'display':
        commands.display(message);
        break;
      case 'notice':
        commands.notice({
          recording: message.recording === true, seconds: count(message.seconds),
          watchers: count(message.watchers),
        });
        break;
      case 'model':
        commands.model({
          name: text(message.name), state: text(message.state), colours: message.colours,
          size: count(message.size),
        });
        break;
      case 'token':
        commands.token(message.token);
        break;
      case 'bye':
        commands.bye(REASONS.get(message.reason));
        break;
      default: // A newer program may say more, and anything else is not from our program.
    }
  }
}

/**
 * @param {unknown} data of a channel
 * @param {number} most how many characters it may have
 * @returns {any} what it says as JSON; null when it makes no sense
 */
export function parse(data, most) {
  try {
    return typeof data === 'string' && data.length <= most ? JSON.parse(data) : null;
  } catch {
    return null;
  }
}

/** @param {unknown} value @returns {string} */
function text(value) {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : '';
}

/** @param {any} value @returns {number} */
function count(value) {
  return Math.max(0, Math.trunc(value) || 0);
}

/** @returns {Promise<string>} what people call this device, as far as the browser tells */
async function deviceName() {
  const ua = navigator.userAgent;
  const data = /** @type {any} */ (navigator).userAgentData;
  if (data?.getHighEntropyValues) {
    try {
      const { model, platform } = await data.getHighEntropyValues(['model']);
      if (model || platform) return model || platform;
    } catch {
      // The browser keeps it to itself: the user agent below says enough.
    }
  }
  if (/iPhone|iPod/.test(ua)) return 'iPhone';
  if (isIPad) return 'iPad';
  const android = ua.match(/Android [\d.]+; ([^;)]+)/);
  if (android && android[1].length > 2) return android[1];
  return (ua.match(/Android|Windows|Macintosh|Linux/) || ['Browser'])[0];
}
