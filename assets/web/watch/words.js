// Figures in words.

import { messages } from './messages.js';

/** @param {import('./quality.js').Quality|null} quality @returns {string} one line */
export function described(quality) {
  if (!quality) return '';
  const { width, height, fps, delay, loss } = quality;
  const parts = [`${width} × ${height}`, messages.frameRate(fps)];
  if (delay) parts.push(messages.delay(delay));
  if (loss) parts.push(messages.loss(Math.round(loss * 100)));
  return parts.join(' · ');
}

/** @param {import('./here.js').Progress} progress @returns {string} where detection runs */
export function placed(progress) {
  switch (progress.state) {
    case 'loading':
      return progress.part < 1 ? messages.loading(Math.floor(100 * progress.part))
        : messages.starting;
    case 'on':
      return `${messages.provider[progress.provider]} · ${messages.pace(progress.took,
        progress.fps)}`;
    default:
      return messages.onComputer;
  }
}
