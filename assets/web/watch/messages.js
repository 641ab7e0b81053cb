// Every sentence that the viewers' page says, in English. The other languages stand beside this
// file, in messages.CODE.js with the same keys; see ../locale.js.

/** @typedef {typeof messages} Messages */

/**
 * What the middle of the page says.
 *
 * @typedef {object} Card
 * @property {string} title
 * @property {string} text
 * @property {string} [button] of the big button; none: there is no button
 * @property {boolean} [code] whether the code can be typed in
 */

/**
 * @typedef {'no-token'|'unauthorized'|'unshared'|'refused'|'unacceptable'|'unsupported'
 *   } ErrorCode
 */

export const messages = {
  title: 'Watch · Handlens',
  phone: 'Phone',
  unnamed: 'A phone',
  fullScreen: 'Full screen',
  small: 'Small',
  smallLabel: 'Small window over all others',
  snapshot: 'Snapshot',
  snapshotLabel: 'Save the picture with its boxes',
  snapshotSaved: 'The picture is among your downloads.',
  snapshotFailed: 'The picture could not be saved.',
  refusedByBrowser: 'The browser does not allow that now.',
  detect: 'Detect here',
  detectLabel: 'Detect in this browser instead of on the computer',
  more: 'More',
  moreLabel: 'Details, and keys',
  play: 'Show the picture',
  counts: 'In the picture',
  keys: 'Keys: F full screen, P small window, S snapshot, D detect here',
  model: 'Model',
  place: 'Detection runs',
  stats: 'Connection',
  retryNow: 'Try now',
  /** @param {number} s seconds */
  retry: (s) => `Next try in ${s} s`,
  /** @param {number} n */
  frameRate: (n) => `${n} fps`,
  /** @param {number} ms from the computer to the screen */
  delay: (ms) => `${ms} ms behind`,
  /** @param {number} percent */
  loss: (percent) => `${percent} % lost on the way`,
  codeLabel: 'Type the code that the computer shows for viewers',
  codeUse: 'Use this code',
  codeBad: 'A code has 12 letters and digits. Compare it with the one on the screen.',

  onComputer: 'on the computer',
  /** @type {Record<string, string>} */
  provider: { wasm: 'on this device’s processor', webgpu: 'on this device’s graphics card' },
  /** @param {number} ms for a frame @param {number} fps */
  pace: (ms, fps) => `${Math.round(ms)} ms, ${fps < 10 ? fps.toFixed(1) : Math.round(fps)} fps`,
  /** @param {number} percent */
  loading: (percent) => `Loading the model: ${percent} %`,
  starting: 'Starting the model…',
  slow: 'This device is too slow: it needs more than a second for each picture. The computer may ' +
    'do it better.',
  /** Why this page does not detect. @type {Record<import('./here.js').Failure, string>} */
  notHere: {
    noEngine: 'This computer’s Handlens has no engine for browsers, so detection stays there.',
    noModel: 'The computer has no model to hand over now.',
    memory: 'This device has not enough memory for the model. Detection is back on the computer.',
    engine: 'This browser cannot run the engine. Detection is back on the computer.',
    model: 'The model did not come whole. Detection is back on the computer.',
    died: 'The browser has ended the detection, perhaps for want of memory. It is back on the ' +
      'computer.',
    failed: 'The model does not run in this browser. Detection is back on the computer.',
  },

  status: {
    connecting: 'Connecting to the computer',
    waiting: 'Waiting for a phone',
    live: 'Live',
    muted: 'No picture for now',
    reconnecting: 'Connection lost, coming back',
    ended: 'Ended',
    error: 'Not connected',
  },
  /** Why no picture is sent. @type {Record<string, string>} */
  muted: {
    blurred: 'Something is being made unrecognisable, so viewers get no picture.',
    paused: 'The phone is paused.',
    other: 'The computer sends no picture for now.',
  },

  waiting: {
    title: 'Waiting for a phone',
    text: 'No phone sends its picture now. It comes as soon as one does.',
  },
  hint: {
    approve: 'If the computer asks about this browser, allow it there.',
    full: 'As many watch as may. Trying again…',
    locked: 'Too many wrong codes came from this device, so the computer makes it wait.',
    unreachable:
      'The computer does not answer. Is the app still open, and is this device on its network?',
    blocked: 'The computer answers, but the video cannot get through. A firewall on the computer ' +
      'or a guest Wi-Fi that keeps devices apart may be in the way.',
    server: 'The computer had a problem with the connection. Trying again…',
    modelLoading: 'The computer is still loading its model. Boxes come soon.',
    modelFailed: 'The computer could not load its model, so there are no boxes.',
    picture: 'Connected. Waiting for the first picture…',
  },

  ended: {
    title: 'The computer ended the connection',
    text: 'No picture is sent here any more.',
    button: 'Connect again',
  },
  /** Why the computer ended the connection. */
  reasons: {
    'program-closed': 'Handlens was closed on the computer.',
    'sent-away': 'Somebody at the computer ended it.',
  },

  /** What went wrong; each card says what to do. @type {Record<ErrorCode, Card>} */
  errors: {
    'no-token': {
      title: 'The link lacks its code',
      text: 'This page was opened without the code that lets you watch. Open the whole link, or ' +
        'scan the square code that the computer shows under “Show in a browser”.',
      code: true,
    },
    unauthorized: {
      title: 'This link is no longer valid',
      text: 'The computer has made a new one since. Ask for the link that it shows now.',
      code: true,
    },
    unshared: {
      title: 'Nobody may watch now',
      text: 'On the computer, “Show in a browser” is off. Ask whoever sits at it to switch it on.',
      button: 'Try again',
    },
    refused: {
      title: 'The computer said no',
      text: 'It did not let this browser watch. Ask whoever sits at it, then try again.',
      button: 'Try again',
    },
    unacceptable: {
      title: 'This browser cannot play the video',
      text: 'The phone sends a kind of video that this browser does not take. Open the link in ' +
        'another browser, such as Chrome.',
      button: 'Try again',
    },
    unsupported: {
      title: 'This browser cannot show the picture',
      text: 'It is too old, or its WebRTC is switched off. Open the link in a recent Chrome, ' +
        'Firefox, Edge or Safari.',
    },
  },
};
