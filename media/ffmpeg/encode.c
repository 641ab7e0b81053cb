#include "shim.h"

// The planes belong to the caller, so the frame has no buffers of its own and the encoder makes its
// copy.
int hl_encode(AVCodecContext *cc, AVFrame *f, uint8_t *y, int ys, uint8_t *u, int us, uint8_t *v,
              int vs, int64_t pts, int key) {
  av_frame_unref(f);
  f->format = AV_PIX_FMT_YUV420P;
  f->width = cc->width;
  f->height = cc->height;
  f->color_range = cc->color_range;
  f->colorspace = cc->colorspace;
  f->data[0] = y; f->linesize[0] = ys;
  f->data[1] = u; f->linesize[1] = us;
  f->data[2] = v; f->linesize[2] = vs;
  f->pts = pts;
  f->pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
  if (key) f->flags |= AV_FRAME_FLAG_KEY;
  return avcodec_send_frame(cc, f);
}

// The packet's buffer is ours and is used again, so the file gets a reference of its own only for
// the length of the call.
int hl_mux(AVFormatContext *fc, AVPacket *p, int track, int base, int64_t at, int64_t length,
           int key) {
  p->pts = p->dts = at;
  p->duration = length;
  p->stream_index = track;
  p->flags = key ? AV_PKT_FLAG_KEY : 0;
  av_packet_rescale_ts(p, (AVRational){1, base}, fc->streams[track]->time_base);
  return av_write_frame(fc, p);
}
