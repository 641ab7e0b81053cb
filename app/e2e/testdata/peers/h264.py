"""Encodes a clip in H.264 for datachannel.mjs.

    python3 h264.py CLIP FILE

One frame after the other, each as its length in four bytes and its bytes in Annex B form, with one
key frame in all.
"""

import struct
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import Gst, GstApp  # noqa: E402, F401

from y4m import Clip  # noqa: E402


def main(path, to):
    Gst.init(None)
    clip = Clip(path)
    pipeline = Gst.parse_launch(
        "appsrc name=camera format=time ! "
        f"video/x-raw,format=I420,width={clip.width},height={clip.height},"
        f"framerate={clip.rate}/1 ! openh264enc gop-size=1000 bitrate=1000000 ! "
        "h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au ! "
        "appsink name=file sync=false")
    camera, file = pipeline.get_by_name("camera"), pipeline.get_by_name("file")
    pipeline.set_state(Gst.State.PLAYING)
    for number, frame in enumerate(clip.frames):
        buffer = Gst.Buffer.new_wrapped(frame)
        buffer.pts = number * Gst.SECOND // clip.rate
        camera.emit("push-buffer", buffer)
    camera.emit("end-of-stream")
    with open(to, "wb") as out:
        while sample := file.emit("pull-sample"):
            buffer = sample.get_buffer()
            data = buffer.extract_dup(0, buffer.get_size())
            out.write(struct.pack(">I", len(data)) + data)
    pipeline.set_state(Gst.State.NULL)


main(*sys.argv[1:])
