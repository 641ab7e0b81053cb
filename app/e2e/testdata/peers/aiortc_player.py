"""Plays a phone's video with aiortc until so many frames have come.

    python3 aiortc_player.py URL TOKEN FRAMES
"""

import asyncio
import sys

from aiortc import RTCPeerConnection, RTCSessionDescription

import whip


async def main(url, token, frames):
    peer = RTCPeerConnection()
    peer.addTransceiver("video", direction="recvonly")
    tracks = asyncio.Queue()
    peer.on("track", tracks.put_nowait)
    await peer.setLocalDescription(await peer.createOffer())
    answer, leave = await asyncio.to_thread(whip.post, url, token, peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    track = await tracks.get()
    for _ in range(int(frames)):
        frame = await track.recv()
    print(f"{frames} frames of {frame.width} x {frame.height}")
    await asyncio.to_thread(leave)
    await peer.close()


asyncio.run(main(*sys.argv[1:]))
