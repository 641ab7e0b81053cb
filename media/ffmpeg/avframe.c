#include "shim.h"

#include <stdlib.h>
#include <string.h>
#include <libavutil/display.h>
#include <libavutil/pixdesc.h>

// A display matrix maps a point (p, q) of the coded picture, y pointing down, to x' = a·p + c·q +
// x, y' = b·p + d·q + y, stored as {a, b, u, c, d, v, x, y, w} (ISO/IEC 14496-12, 8.3.2;
// libavutil/display.h). Cameras write multiples of 90 degrees and mirrors; anything between is
// taken for the nearest of these.
int hl_upright(const AVFrame *f) {
  const AVFrameSideData *sd = av_frame_get_side_data(f, AV_FRAME_DATA_DISPLAYMATRIX);
  if (!sd || sd->size < 9 * sizeof(int32_t)) return 0;
  int32_t m[9];
  memcpy(m, sd->data, sizeof m);
  int64_t a = m[0], b = m[1], c = m[3], d = m[4];
  if (llabs(a) + llabs(d) >= llabs(b) + llabs(c))
    return (a < 0 ? HL_FLIP_X : 0) | (d < 0 ? HL_FLIP_Y : 0);
  return HL_TRANSPOSE | (c < 0 ? HL_FLIP_X : 0) | (b < 0 ? HL_FLIP_Y : 0);
}

// copy_plane copies w × h samples (the size before turning).
static void copy_plane(uint8_t *dst, ptrdiff_t ds, const uint8_t *src, ptrdiff_t ss, int w, int h,
                       int orientation) {
  if (!(orientation & HL_TRANSPOSE)) {
    if (orientation & HL_FLIP_Y) src += (h - 1) * ss, ss = -ss;
    for (int y = 0; y < h; y++, dst += ds, src += ss) {
      if (!(orientation & HL_FLIP_X)) {
        memcpy(dst, src, w);
        continue;
      }
      for (int x = 0; x < w; x++) dst[x] = src[w - 1 - x];
    }
    return;
  }
  // The source's column p becomes the destination's row. Tiles keep both within the first-level
  // cache.
  enum { TILE = 32 };
  for (int q0 = 0; q0 < h; q0 += TILE) {
    int q1 = q0 + TILE < h ? q0 + TILE : h;
    for (int p0 = 0; p0 < w; p0 += TILE) {
      int p1 = p0 + TILE < w ? p0 + TILE : w;
      for (int p = p0; p < p1; p++) {
        uint8_t *row = dst + (orientation & HL_FLIP_Y ? w - 1 - p : p) * ds;
        for (int q = q0; q < q1; q++)
          row[orientation & HL_FLIP_X ? h - 1 - q : q] = src[q * ss + p];
      }
    }
  }
}

void hl_copy_i420(const AVFrame *f, int orientation, uint8_t *y, int ys, uint8_t *u, int us,
                  uint8_t *v, int vs) {
  int cw = (f->width + 1) / 2, ch = (f->height + 1) / 2;
  copy_plane(y, ys, f->data[0], f->linesize[0], f->width, f->height, orientation);
  copy_plane(u, us, f->data[1], f->linesize[1], cw, ch, orientation);
  copy_plane(v, vs, f->data[2], f->linesize[2], cw, ch, orientation);
}

// plain gives the deprecated full-range formats their modern names, since the range is told apart
// from the format here.
static enum AVPixelFormat plain(enum AVPixelFormat f) {
  switch (f) {
    case AV_PIX_FMT_YUVJ420P: return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P: return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P: return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P: return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ411P: return AV_PIX_FMT_YUV411P;
    default: return f;
  }
}

int hl_make_i420(SwsContext **ctx, AVFrame *dst, int width, int height, const AVFrame *src,
                 int full, int *rgb) {
  enum AVPixelFormat from = plain(src->format);
  const AVPixFmtDescriptor *desc = av_pix_fmt_desc_get(from);
  if (!desc || !sws_isSupportedInput(from)) return AVERROR(ENOSYS);
  *rgb = (desc->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;

  if (!dst->data[0] || dst->width != width || dst->height != height) {
    av_frame_unref(dst);
    dst->format = AV_PIX_FMT_YUV420P, dst->width = width, dst->height = height;
    int err = av_frame_get_buffer(dst, 0);
    if (err < 0) return err;
  }
  *ctx =
      sws_getCachedContext(*ctx, src->width, src->height, from, width, height,
                           AV_PIX_FMT_YUV420P, SWS_BILINEAR | SWS_ACCURATE_RND, NULL, NULL, NULL);
  if (!*ctx) return AVERROR(ENOMEM);
  const int *bt601 = sws_getCoefficients(SWS_CS_ITU601);
  int from_range = *rgb ? 1 : full, to_range = *rgb ? 0 : full;
  sws_setColorspaceDetails(*ctx, bt601, from_range, bt601, to_range, 0, 1 << 16, 1 << 16);
  int n = sws_scale(*ctx, (const uint8_t *const *)src->data, src->linesize, 0, src->height,
                    dst->data, dst->linesize);
  return n < 0 ? n : 0;
}
