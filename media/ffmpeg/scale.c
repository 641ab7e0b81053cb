#include "shim.h"

#include <stdlib.h>
#include <libavutil/imgutils.h>

// swscale's vector code reads and writes some bytes past the end of a row, which Go's tight
// pictures do not have. So it works between two frames of its own; the copies are small beside the
// scaling.
//
// YUV is scaled as YUV, its chroma to full size, and turned into RGB after that by rgba.c:
// swscale's own way to RGB is either several levels off or six times slower than the two steps.
struct hl_scaler {
  SwsContext *sws;
  AVFrame *in, *out;
};

static AVFrame *frame(enum AVPixelFormat format, int width, int height) {
  AVFrame *f = av_frame_alloc();
  if (!f) return NULL;
  f->format = format, f->width = width, f->height = height;
  if (av_frame_get_buffer(f, 0) < 0) av_frame_free(&f);
  return f;
}

hl_scaler *hl_scaler_new(int rgba, int sw, int sh, int dw, int dh) {
  hl_scaler *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  // The fourth byte of our RGBA is 255 by contract; read as padding it comes out as 255 in any
  // case.
  enum AVPixelFormat from = rgba ? AV_PIX_FMT_RGB0 : AV_PIX_FMT_YUV420P,
                     to = rgba ? AV_PIX_FMT_RGBA : AV_PIX_FMT_YUV444P;
  // Bilinear widens its filter when it shrinks and so does not alias. The full chroma flags keep
  // RGB from being halved on the way.
  int flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
  s->in = frame(from, sw, sh);
  s->out = frame(to, dw, dh);
  s->sws = sws_getContext(sw, sh, from, dw, dh, to, flags, NULL, NULL, NULL);
  if (!s->in || !s->out || !s->sws) {
    hl_scaler_free(s);
    return NULL;
  }
  return s;
}

void hl_scaler_free(hl_scaler *s) {
  if (!s) return;
  sws_freeContext(s->sws);
  av_frame_free(&s->in);
  av_frame_free(&s->out);
  free(s);
}

int hl_scaler_run(hl_scaler *s, uint8_t *dst, int ds, const uint8_t *p0, int s0, const uint8_t *p1,
                  int s1, const uint8_t *p2, int s2, hl_color k) {
  const uint8_t *planes[4] = {p0, p1, p2, NULL};
  int strides[4] = {s0, s1, s2, 0};
  AVFrame *in = s->in, *out = s->out;
  av_image_copy(in->data, in->linesize, planes, strides, in->format, in->width, in->height);
  int n = sws_scale(s->sws, (const uint8_t *const *)in->data, in->linesize, 0, in->height,
                    out->data, out->linesize);
  if (n < 0) return n;
  if (out->format == AV_PIX_FMT_RGBA)
    hl_copy_rgba(dst, ds, out->data[0], out->linesize[0], out->width, out->height);
  else
    hl_yuv_to_rgba(dst, ds, out->data[0], out->linesize[0], out->data[1], out->linesize[1],
                   out->data[2], out->linesize[2], out->width, out->height, 0, k);
  return 0;
}
