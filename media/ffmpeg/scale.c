#include "shim.h"

#include <stdlib.h>
#include <libavutil/imgutils.h>

// swscale's vector code reads and writes some bytes past the end of a row, which Go's tight pictures do not have. So it works
// between two frames of its own; the copies are small beside the scaling.
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

// The flags: bilinear, which widens its filter when it shrinks and so does not alias; full chroma and accurate rounding,
// because without them swscale's YUV to RGB is several levels off.
hl_scaler *hl_scaler_new(int rgba, int sw, int sh, int dw, int dh, int bt709, int full) {
  hl_scaler *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  // The fourth byte of our RGBA is 255 by contract; read as padding it comes out as 255 in any case.
  enum AVPixelFormat from = rgba ? AV_PIX_FMT_RGB0 : AV_PIX_FMT_YUV420P;
  s->in = frame(from, sw, sh);
  s->out = frame(AV_PIX_FMT_RGBA, dw, dh);
  s->sws = sws_getContext(sw, sh, from, dw, dh, AV_PIX_FMT_RGBA,
                          SWS_BILINEAR | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_ACCURATE_RND, NULL, NULL, NULL);
  if (!s->in || !s->out || !s->sws) {
    hl_scaler_free(s);
    return NULL;
  }
  sws_setColorspaceDetails(s->sws, sws_getCoefficients(bt709 ? SWS_CS_ITU709 : SWS_CS_ITU601), rgba ? 1 : full,
                           sws_getCoefficients(SWS_CS_ITU601), 1, 0, 1 << 16, 1 << 16);
  return s;
}

void hl_scaler_free(hl_scaler *s) {
  if (!s) return;
  sws_freeContext(s->sws);
  av_frame_free(&s->in);
  av_frame_free(&s->out);
  free(s);
}

int hl_scaler_run(hl_scaler *s, uint8_t *dst, int ds, const uint8_t *p0, int s0, const uint8_t *p1, int s1, const uint8_t *p2, int s2) {
  const uint8_t *planes[4] = {p0, p1, p2, NULL};
  int strides[4] = {s0, s1, s2, 0};
  AVFrame *in = s->in, *out = s->out;
  av_image_copy(in->data, in->linesize, planes, strides, in->format, in->width, in->height);
  int n = sws_scale(s->sws, (const uint8_t *const *)in->data, in->linesize, 0, in->height, out->data, out->linesize);
  if (n < 0) return n;
  av_image_copy_plane(dst, ds, out->data[0], out->linesize[0], 4 * out->width, out->height);
  return 0;
}
