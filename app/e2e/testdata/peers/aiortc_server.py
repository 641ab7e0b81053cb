"""A WHIP server on aiortc: takes a video until so many frames have come, and keeps the last one.

    python3 aiortc_server.py PORT FILE FRAMES

FILE gets it as a PPM. Standard output says how many frames of which size came, and when the
sender has taken its leave.
"""

import asyncio
import http.server
import sys
import threading

from aiortc import RTCPeerConnection, RTCSessionDescription


class Server:
    def __init__(self, file, frames):
        self.file, self.frames = file, frames
        self.loop = asyncio.new_event_loop()
        self.left = asyncio.Event()

    async def answer(self, offer):
        self.peer = RTCPeerConnection()
        self.peer.on("track", lambda track: self.loop.create_task(self.watch(track)))
        await self.peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.peer.setLocalDescription(await self.peer.createAnswer())
        return self.peer.localDescription.sdp

    async def watch(self, track):
        for _ in range(self.frames):
            frame = await track.recv()
        picture = frame.to_ndarray(format="rgb24")
        with open(self.file, "wb") as out:
            out.write(b"P6 %d %d 255\n" % (frame.width, frame.height))
            out.write(picture.tobytes())
        print(f"{self.frames} frames of {frame.width} x {frame.height}", flush=True)

    async def leave(self):
        await self.peer.close()
        print("left", flush=True)
        self.left.set()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        offer = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self.run(self.server.whip.answer(offer)).encode()
        self.send_response(201)
        self.send_header("Content-Type", "application/sdp")
        self.send_header("Location", "/session/1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_DELETE(self):
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.run(self.server.whip.leave())

    def run(self, deed):
        return asyncio.run_coroutine_threadsafe(deed, self.server.whip.loop).result()

    def log_message(self, *_):
        pass


def main(port, file, frames):
    whip = Server(file, int(frames))
    server = http.server.HTTPServer(("127.0.0.1", int(port)), Handler)
    server.whip = whip
    threading.Thread(target=server.serve_forever, daemon=True).start()
    whip.loop.run_until_complete(whip.left.wait())


main(*sys.argv[1:])
