// Every sentence that the phone page says, in English. The other languages stand beside this file,
// in messages.CODE.js with the same keys; see locale.js.

import { byPlatform } from './platform.js';

/** @typedef {typeof messages} Messages */

/**
 * What the middle of the page says.
 *
 * @typedef {object} Card
 * @property {string} title
 * @property {string} text
 * @property {string[]} [steps] what to do
 * @property {string} [button] of the big button; none: there is no button
 * @property {string} [small] in small print
 * @property {boolean} [code] whether the code can be typed in
 */

/**
 * @typedef {import('./camera.js').CameraError['code']|'no-token'|'unauthorized'|'refused'
 *   |'unacceptable'} ErrorCode
 */

export const messages = {
  flip: 'Flip',
  flipLabel: 'Switch between the rear and the front camera',
  torch: 'Light',
  torchLabel: 'Camera light',
  zoomLabel: 'Zoom',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  /** @param {number} value */
  zoomValue: (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)}×`,
  microphoneOff: 'Mic off',
  microphoneOn: 'Mic on',
  microphoneLabel: 'Microphone',
  microphoneWhy:
    'With the microphone on, recordings on your computer have sound; it goes nowhere else.',
  microphoneYes: 'Switch it on',
  notNow: 'Not now',
  more: 'More',
  moreLabel: 'Choose the camera and see details of the connection',
  stop: 'Stop',
  stopLabel: 'Stop the camera and leave',
  pause: 'Pause',
  pauseLabel: 'Pause: camera off, nothing is sent',
  resume: 'Resume',
  resumeLabel: 'Resume the camera',
  camera: 'Camera',
  /** @param {number} n */
  cameraNumber: (n) => `Camera ${n}`,
  /** What a phone's cameras are called: the side, and the lens. */
  lens: {
    back: 'Back', front: 'Front', ultraWide: 'ultra-wide', wide: 'wide', telephoto: 'telephoto',
    macro: 'macro', dual: 'dual', dualWide: 'dual wide', triple: 'triple',
  },
  /** @param {string} side @param {string} lens */
  lensOf: (side, lens) => `${side}, ${lens}`,
  size: 'Size and rate',
  automatic: 'Automatic',
  model: 'Model',
  stats: 'Sending',
  trust: 'Did your browser warn you about this page? Here is how to stop that.',
  recording: 'Recording',
  /** How the computer gets on. */
  detecting: {
    running: 'detecting', loading: 'loading its model', failed: 'no model', stalled: 'no boxes',
  },
  /** @param {number} s seconds */
  retry: (s) => `Next try in ${s} s`,
  retryNow: 'Try now',
  /** @param {number} n */
  watchers: (n) => `${n} watching`,
  /** @param {number} n frames a second */
  frameRate: (n) => `${n} fps`,
  /** @param {number} n millions of bits a second */
  bitrate: (n) => `${n.toFixed(1)} Mbit/s`,
  /** @param {number} ms */
  roundTrip: (ms) => `${ms} ms round trip`,
  /** @param {number} ms */
  encoding: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms to encode a frame`,
  /** Of the encoder. */
  efficient: 'in hardware',
  /** Why less is sent than could be. @type {Record<string, string>} */
  limited: { cpu: 'held back by this phone', bandwidth: 'held back by the network' },
  codeLabel: 'or type the code that is shown beside it',
  codeUse: 'Use this code',
  codeBad: 'A code has 12 letters and digits. Compare it with the one on the screen.',
  detect: {
    here: 'Detect on this phone',
    begins: 'This phone detects now, as the computer wants it. That needs more of its battery.',
    ends: 'The computer detects again.',
    /** @param {number} percent */
    loading: (percent) => `Loading the detector: ${percent} %`,
    starts: 'The detector starts',
    /** @param {number} took ms @param {number} fps */
    ready: (took, fps) => `${Math.round(took)} ms a picture · ${fps} pictures a second`,
    /** @param {number} fps */
    slow: (fps) => `This phone is slow at it: ${fps} pictures a second. The computer does better.`,
    /** @type {Record<string, string>} */
    failed: {
      memory: 'This phone has too little memory for the detector.',
      engine: 'This browser cannot run the detector.',
      model: 'The detector could not be loaded.',
    },
  },

  status: {
    ready: 'Ready',
    asking: 'Waiting for the camera',
    connecting: 'Connecting to the computer',
    live: 'Live',
    reconnecting: 'Connection lost, coming back',
    paused: 'Paused',
    stopped: 'Stopped',
    error: 'Not connected',
  },
  /**
   * Why nothing is sent: the status line, and the card over it.
   *
   * @type {Record<import('./pauses.js').Cause, Card & {status: string}>}
   */
  pauses: {
    user: {
      status: 'Paused',
      title: 'Paused',
      text: 'Camera and microphone are off, and nothing is being sent.',
      button: 'Resume',
    },
    computer: {
      status: 'Paused by the computer',
      title: 'Paused by the computer',
      text: 'Camera and microphone are off, and nothing is being sent.',
      button: 'Resume',
    },
    hidden: {
      status: 'Paused in the background',
      title: 'Paused',
      text: 'The page goes on when it is in front again.',
      button: 'Resume',
    },
    tap: {
      status: 'Paused',
      title: 'Tap to go on',
      text: 'The browser wants a tap before it opens the camera again, or another app still ' +
        'holds it.',
      button: 'Resume',
    },
    camera: {
      status: 'Paused',
      title: 'Something else has the camera',
      text: 'A call or another app holds it. The picture comes back by itself as soon as it is ' +
        'free.',
      button: 'Try now',
    },
  },

  hint: {
    approve: 'If the computer asks about this phone, allow it there.',
    full: 'The computer has as many phones as it can take. Trying again…',
    locked: 'Too many wrong codes came from this phone, so the computer makes it wait.',
    unreachable:
      'The computer does not answer. Is the app still open, and is this phone on the same Wi-Fi?',
    blocked: 'The computer answers, but the video cannot get through. A firewall on the computer ' +
      'or a guest Wi-Fi that keeps devices apart may be in the way.',
    server: 'The computer had a problem with the connection. Trying again…',
    modelLoading: 'The computer is still loading its model. Boxes come soon.',
    modelFailed: 'The computer could not load its model, so there are no boxes.',
    stalled: 'No boxes are coming from the computer. It may be busy.',
    flipFailed: 'That camera could not be opened. Back to the one before.',
    microphoneFailed: 'The microphone is not allowed or in use; the picture goes on without sound.',
    torchFailed: 'The light could not be switched.',
    sizeFailed: 'The camera cannot do that size or rate.',
  },

  /** @type {Record<'ready'|'asking'|'stopped'|'ended', Card>} */
  card: {
    ready: {
      title: 'Show your computer the world',
      text: 'Handlens needs the camera so that the computer whose code you scanned can see what ' +
        'you see and mark what it finds.',
      button: 'Start camera',
      small: 'The picture goes straight to that computer over your own network. Nothing is ' +
        'installed or uploaded.',
    },
    asking: {
      title: 'Allow the camera',
      text: 'Your browser is asking for the camera. Tap “Allow” to go on.',
    },
    stopped: {
      title: 'Stopped',
      text: 'The camera is off and nothing is being sent.',
      button: 'Start again',
    },
    ended: {
      title: 'The computer ended the connection',
      text: 'The camera is off and nothing is being sent.',
      button: 'Connect again',
    },
  },
  /** Why the computer ended the connection. */
  ended: {
    closed: 'Handlens was closed on the computer.',
    dismissed: 'Somebody at the computer ended it.',
    replaced: 'This phone has joined again, perhaps in another tab.',
  },

  /** What went wrong; each card says what to do. @type {Record<ErrorCode, Card>} */
  errors: {
    'no-token': {
      title: 'Scan the code again',
      text: 'This page was opened without the code that lets your phone in.',
      steps: [
        'Open Handlens on the computer.',
        'Point this phone’s camera at the square code on its screen and tap the link.',
      ],
      code: true,
    },
    unauthorized: {
      title: 'This code is no longer valid',
      text: 'The computer has made a new one since. Scan the code on its screen.',
      code: true,
    },
    refused: {
      title: 'The computer said no',
      text: 'It did not let this phone in. Ask whoever sits at it, then try again.',
      button: 'Try again',
    },
    unacceptable: {
      title: 'The computer does not understand this browser',
      text: 'It refused the kind of video that this browser offers. Update the browser, or open ' +
        'the page in another one.',
      button: 'Try again',
    },
    denied: {
      title: 'The camera is not allowed',
      text: 'Handlens cannot work without it. To allow it:',
      steps: byPlatform({
        ios: [
          'Tap the symbol at the left of Safari’s address line, then Website Settings, then ' +
            'Camera: Allow.',
          'In another browser: open the phone’s Settings, choose that browser, and switch Camera ' +
            'on.',
          'Come back here and tap “Try again”.',
        ],
        android: [
          'Tap the symbol at the left of the address line, then Permissions, and switch Camera on.',
          'If it is not there: phone Settings, Apps, your browser, Permissions, Camera: Allow.',
          'Come back here and tap “Try again”.',
        ],
        other: [
          'Click the symbol at the left of the address line and allow the camera.',
          'Then click “Try again”.',
        ],
      }),
      button: 'Try again',
    },
    missing: {
      title: 'No camera found',
      text: 'This device has no camera that the browser can use.',
      steps: byPlatform({
        ios: [
          'If Screen Time is on: Settings, Screen Time, Content & Privacy Restrictions, and ' +
            'allow Camera.',
        ],
        android: [
          'Look in the quick settings whether camera access is switched off for the whole phone.',
        ],
        other: ['Plug a camera in, or scan the code with a phone.'],
      }),
      button: 'Try again',
    },
    busy: {
      title: 'The camera is in use',
      text: 'Another app or another tab holds the camera, or it did not start.',
      steps: byPlatform({
        ios: [
          'End video calls and close other tabs that use the camera.',
          'If that does not help, lock and unlock the phone.',
        ],
        android: [
          'Close the camera app, video calls and other tabs that use the camera.',
          'If that does not help, restart the phone.',
        ],
        other: ['Close other programs and tabs that use the camera.'],
      }),
      button: 'Try again',
    },
    constraints: {
      title: 'This camera cannot do that',
      text: 'No camera of this phone fits what was asked for. Trying again takes any camera.',
      button: 'Try again',
    },
    insecure: {
      title: 'The browser keeps the camera closed',
      text: 'Browsers open the camera on secure pages only, and this one was not opened as one.',
      steps: ['Scan the code on the computer’s screen again: its address begins with https.'],
    },
    unsupported: {
      title: 'This browser has no camera',
      text: 'The page was opened inside another app, or the browser is too old.',
      steps: byPlatform({
        ios: [
          'Open the page in Safari: tap the share or compass symbol, then “Open in Safari”.',
          'iOS 15 or newer is needed.',
        ],
        android: [
          'Open the page in Chrome or Firefox: tap the three dots, then “Open in browser”.',
        ],
        other: ['Open the page in a recent Chrome, Firefox, Edge or Safari.'],
      }),
    },
    failed: {
      title: 'The camera did not start',
      text: 'The browser gave no reason that we know.',
      steps: [
        'Close this tab and scan the code again.',
        'If that does not help, restart the phone.',
      ],
      button: 'Try again',
    },
  },
};
