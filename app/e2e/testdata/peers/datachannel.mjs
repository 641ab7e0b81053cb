// Publishes H.264 with libdatachannel, which is what OBS publishes with.
//
//     node datachannel.mjs MODULE URL TOKEN FILE [BURST]
//
// MODULE is where node-datachannel lies. FILE has one frame after the other, each as its length in
// four bytes and its bytes in Annex B form. The first BURST frames go out at once.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const RATE = 15;
const [module, url, token, file, burst = '0'] = process.argv.slice(2);
const rtc = createRequire(import.meta.url)(module);

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // the program made its certificate itself

const bytes = readFileSync(file);
const frames = [];
for (let at = 0; at < bytes.length;) {
  const length = bytes.readUInt32BE(at);
  frames.push(bytes.subarray(at + 4, at + 4 + length));
  at += 4 + length;
}

const peer = new rtc.PeerConnection('camera', { iceServers: [], disableAutoNegotiation: true });
const video = new rtc.Video('video', 'SendOnly');
video.addH264Codec(96);
video.addSSRC(42, 'camera', 'camera', 'video');
const track = peer.addTrack(video);
const config = new rtc.RtpPacketizationConfig(42, 'camera', 96, 90000);
const packetizer = new rtc.H264RtpPacketizer('StartSequence', config);
packetizer.addToChain(new rtc.RtcpSrReporter(config));
packetizer.addToChain(new rtc.RtcpNackResponder());
track.setMediaHandler(packetizer);
peer.createDataChannel('control');

const offered = new Promise((resolve) => {
  peer.onGatheringStateChange((state) => state === 'complete' && resolve());
});
peer.setLocalDescription('offer');
await offered;
const offer = peer.localDescription().sdp;
console.error(offer);
const response = await fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/sdp', Authorization: `Bearer ${token}` },
  body: offer,
});
const answer = await response.text();
if (response.status !== 201) {
  console.log(`${response.status} ${answer}`);
  process.exit(1);
}
console.error(answer);
const opened = new Promise((resolve) => track.onOpen(resolve));
peer.setRemoteDescription(answer, 'answer');
await opened;

// RTP timestamps only grow, whatever place in the file they are for.
let number = 0;
const send = () => {
  config.timestamp = (number * 90000 / RATE) >>> 0;
  track.sendMessageBinary(frames[number % frames.length]);
  number += 1;
};
while (number < Number(burst)) send();
const timer = setInterval(send, 1000 / RATE);
process.stdin.on('end', async () => {
  clearInterval(timer);
  await fetch(new URL(response.headers.get('location'), url), {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${token}` },
  });
  peer.close();
  rtc.cleanup();
  process.exit(0);
}).resume();
