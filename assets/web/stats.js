// What is being sent, in numbers for people.

import { messages } from './messages.js';

/** Turns the growing counters of getStats into rates. */
export class SendStats {
  #bytes = 0;
  #at = 0;

  /** @param {RTCPeerConnection} pc @returns {Promise<string>} one line, '' while nothing is sent */
  async line(pc) {
    const report = await pc.getStats();
    /** @type {any} */ let video;
    let trip = 0;
    report.forEach((s) => {
      if (s.type === 'outbound-rtp' && s.kind === 'video') video = s;
      if (s.type === 'candidate-pair' && s.nominated) trip = s.currentRoundTripTime || trip;
    });
    if (!video) return '';
    const parts = [];
    if (video.frameWidth) parts.push(`${video.frameWidth} × ${video.frameHeight}`);
    const fps = Math.round(video.framesPerSecond || 0);
    if (fps) parts.push(messages.frameRate(fps));
    const seconds = (video.timestamp - this.#at) / 1000;
    const bytes = video.bytesSent - this.#bytes;
    // A new connection begins to count from zero.
    if (this.#at && bytes >= 0 && seconds > 0) {
      parts.push(messages.bitrate((bytes * 8) / seconds / 1e6));
    }
    this.#bytes = video.bytesSent;
    this.#at = video.timestamp;
    const codec = video.codecId && report.get(video.codecId);
    if (codec) parts.push(codec.mimeType.replace('video/', ''));
    if (trip) parts.push(messages.roundTrip(Math.max(1, Math.round(trip * 1000))));
    const limited = messages.limited[video.qualityLimitationReason];
    if (limited) parts.push(limited);
    return parts.join(' · ');
  }
}
