"""Publishes a clip with FFmpeg 8's own WHIP muxer, by PyAV.

    python3 ffmpeg.py URL TOKEN CLIP [BURST]

The first BURST frames go out at once, as a program does that was held up.
"""

import sys
import threading
import time

import av

import whip
from y4m import Clip


def main(url, token, path, burst="0"):
    clip = Clip(path)
    over = threading.Event()
    threading.Thread(target=lambda: (whip.until_told(), over.set()), daemon=True).start()
    with av.open(url, "w", format="whip", options={
            "authorization": token, "tls_verify": "0", "verify": "0"}) as out:
        video = out.add_stream("libx264", rate=clip.rate, options={
            "preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "bf": "0"})
        video.width, video.height, video.pix_fmt = clip.width, clip.height, "yuv420p"
        video.gop_size = 10 * clip.rate
        began = time.monotonic()
        for number, data in enumerate(clip):
            if over.is_set():
                return
            frame = av.VideoFrame(clip.width, clip.height, "yuv420p")
            at = 0
            for plane in frame.planes:
                rows = [data[at + y * plane.width:at + (y + 1) * plane.width]
                        .ljust(plane.line_size) for y in range(plane.height)]
                plane.update(b"".join(rows))
                at += plane.width * plane.height
            frame.pts = number
            for packet in video.encode(frame):
                out.mux(packet)
            wait = began + max(0, number - int(burst)) / clip.rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)


main(*sys.argv[1:])
