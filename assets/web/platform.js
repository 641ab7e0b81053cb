// What kind of device this page is shown on: that decides where its settings are.

const { userAgent, maxTouchPoints } = navigator;

/** iPadOS calls itself a Mac; no Mac has more than one touch point. */
export const isIPad =
  /iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);

/** The operating system; '' when the browser does not tell. */
export const platform = detect();

/** @returns {'ios'|'android'|'windows'|'mac'|'linux'|''} */
function detect() {
  if (isIPad || /iPhone|iPod/.test(userAgent)) return 'ios';
  if (/Android/.test(userAgent)) return 'android';
  if (/Windows/.test(userAgent)) return 'windows';
  if (/Macintosh/.test(userAgent)) return 'mac';
  return /Linux|CrOS/.test(userAgent) ? 'linux' : '';
}

/** Firefox on a computer has a list of its own of whom to trust. */
export const hasOwnList =
  /Firefox/.test(userAgent) && ['windows', 'mac', 'linux'].includes(platform);

/**
 * Chooses what is said on this device.
 *
 * @param {{ios: string[], android: string[], other: string[]}} choices
 * @returns {string[]}
 */
export function byPlatform(choices) {
  return platform === 'ios' || platform === 'android' ? choices[platform] : choices.other;
}
