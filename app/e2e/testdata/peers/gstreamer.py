"""Publishes a clip with GStreamer's webrtcbin.

    python3 gstreamer.py URL TOKEN CLIP CODEC [audio] [bundle]

CODEC is H264 or VP8. webrtcbin offers no BUNDLE unless it is asked to.
"""

import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

import whip  # noqa: E402
from y4m import Clip  # noqa: E402

ENCODERS = {
    "H264": "openh264enc gop-size=30 ! h264parse config-interval=-1 ! "
            "rtph264pay aggregate-mode=zero-latency ! "
            "application/x-rtp,media=video,encoding-name=H264,payload=96",
    "VP8": "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay ! "
           "application/x-rtp,media=video,encoding-name=VP8,payload=96",
}
AUDIO = (" audiotestsrc is-live=true ! opusenc ! rtpopuspay ! "
         "application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer.")


def main(url, token, path, codec, *options):
    Gst.init(None)
    clip = Clip(path)
    policy = "bundle-policy=max-bundle" if "bundle" in options else ""
    pipeline = Gst.parse_launch(
        f"webrtcbin name=peer {policy} appsrc name=camera is-live=true format=time ! "
        f"video/x-raw,format=I420,width={clip.width},height={clip.height},"
        f"framerate={clip.rate}/1 ! {ENCODERS[codec]} ! peer."
        + (AUDIO if "audio" in options else ""))
    peer, camera = pipeline.get_by_name("peer"), pipeline.get_by_name("camera")

    leaving = []

    def gathered(*_):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            offer = peer.get_property("local-description").sdp.as_text()
            threading.Thread(target=answer, args=(offer,), daemon=True).start()

    def answer(offer):
        print(offer, file=sys.stderr)
        try:
            text, leave = whip.post(url, token, offer)
        except SystemExit as e:
            print(e, flush=True)
            loop.quit()
            return
        print(text, file=sys.stderr)
        leaving.append(leave)
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        peer.emit("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(
            GstWebRTC.WebRTCSDPType.ANSWER, sdp), Gst.Promise.new())

    def created(promise):
        reply = promise.get_reply()  # which owns the offer
        peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def play():
        for number, frame in enumerate(clip):
            buffer = Gst.Buffer.new_wrapped(frame)
            buffer.pts = number * Gst.SECOND // clip.rate
            buffer.duration = Gst.SECOND // clip.rate
            if camera.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                return
            time.sleep(1 / clip.rate)

    peer.connect("notify::ice-gathering-state", gathered)
    peer.connect("on-negotiation-needed", lambda _: peer.emit(
        "create-offer", None, Gst.Promise.new_with_change_func(created)))
    pipeline.set_state(Gst.State.PLAYING)
    threading.Thread(target=play, daemon=True).start()
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (whip.until_told(), loop.quit()), daemon=True).start()
    loop.run()
    for leave in leaving:
        leave()
    pipeline.set_state(Gst.State.NULL)


main(*sys.argv[1:])
