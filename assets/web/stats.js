// What is being sent, in numbers for people.

import { words } from './words.js';

/** Turns the growing counters of getStats into rates. */
export class SendStats {
  #bytes = 0;
  #at = 0;

  /** @param {RTCPeerConnection} pc @returns {Promise<string>} one line, or '' while nothing is sent */
  async line(pc) {
    const report = await pc.getStats();
    /** @type {any} */ let video;
    let trip = 0;
    report.forEach((s) => {
      if (s.type === 'outbound-rtp' && s.kind === 'video') video = s;
      if (s.type === 'candidate-pair' && s.nominated && s.currentRoundTripTime) trip = s.currentRoundTripTime;
    });
    if (!video) return '';
    const parts = [];
    if (video.frameWidth) parts.push(`${video.frameWidth} × ${video.frameHeight}`);
    if (video.framesPerSecond) parts.push(`${Math.round(video.framesPerSecond)} fps`);
    const seconds = (video.timestamp - this.#at) / 1000;
    const bytes = video.bytesSent - this.#bytes;
    // A new connection begins to count from nothing.
    if (this.#at && bytes >= 0 && seconds > 0) parts.push(`${((bytes * 8) / seconds / 1e6).toFixed(1)} Mbit/s`);
    this.#bytes = video.bytesSent;
    this.#at = video.timestamp;
    const codec = video.codecId && report.get(video.codecId);
    if (codec) parts.push(codec.mimeType.replace('video/', ''));
    if (trip) parts.push(`${Math.max(1, Math.round(trip * 1000))} ms there and back`);
    const held = words.limited[video.qualityLimitationReason];
    if (held) parts.push(held);
    return parts.join(' · ');
  }
}
