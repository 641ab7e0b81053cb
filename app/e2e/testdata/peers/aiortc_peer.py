"""Publishes a clip with aiortc.

    python3 aiortc_peer.py URL TOKEN CLIP CODEC
"""

import asyncio
import sys

import av
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription, VideoStreamTrack

import whip
from y4m import Clip


class Camera(VideoStreamTrack):
    def __init__(self, path):
        super().__init__()
        self.clip = Clip(path)
        self.frames = iter(self.clip)

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(self.clip.width, self.clip.height, "yuv420p")
        at, data = 0, next(self.frames)
        for plane in frame.planes:
            rows = [data[at + y * plane.width:at + (y + 1) * plane.width].ljust(plane.line_size)
                    for y in range(plane.height)]
            plane.update(b"".join(rows))
            at += plane.width * plane.height
        frame.pts, frame.time_base = pts, time_base
        return frame


async def main(url, token, path, codec):
    peer = RTCPeerConnection()
    peer.createDataChannel("control")
    peer.createDataChannel("detections", ordered=False, maxRetransmits=0)
    transceiver = peer.addTransceiver(Camera(path), direction="sendonly")
    transceiver.setCodecPreferences([
        c for c in RTCRtpSender.getCapabilities("video").codecs
        if c.mimeType in ("video/" + codec, "video/rtx")])
    await peer.setLocalDescription(await peer.createOffer())
    offer = peer.localDescription.sdp
    print(offer, file=sys.stderr)
    # The HTTP client that aiortc's own examples use names itself so.
    answer, _ = await asyncio.to_thread(whip.post, url, token, offer, "Python/3.11 aiohttp/3.9.5")
    print(answer, file=sys.stderr)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await asyncio.to_thread(whip.until_told)
    await peer.close()


asyncio.run(main(*sys.argv[1:]))
