#include "shim.h"

#include <string.h>

// What video hardware leaves in memory: a plane of luma and one of chroma, U and V in turns, of 8
// bits (NV12) or of more in the upper bits of 16 (P010, P012, P016; little endian). Here they
// become planes of 8 bits, upright, in one pass.

static inline uint8_t eight(uint16_t v) { return v >= 0xFF80 ? 255 : (v + 0x80) >> 8; }

// These rows are all there is when nothing is turned; the compiler makes vectors of them.
static void row8(uint8_t *restrict dst, const uint8_t *restrict src, int step, int n) {
  if (step == 1) memcpy(dst, src, n);
  else for (int x = 0; x < n; x++) dst[x] = src[2 * x];
}

static void row16(uint8_t *restrict dst, const uint16_t *restrict src, int step, int n) {
  if (step == 1) for (int x = 0; x < n; x++) dst[x] = eight(src[x]);
  else for (int x = 0; x < n; x++) dst[x] = eight(src[2 * x]);
}

// take copies w × h samples (the size before turning), one in step, turned like copy_plane does in
// avframe.c.
static void take(uint8_t *dst, ptrdiff_t ds, const uint8_t *src, ptrdiff_t ss, int step, int wide,
                 int w, int h, int orientation) {
  int flip_x = orientation & HL_FLIP_X, flip_y = orientation & HL_FLIP_Y,
      transpose = orientation & HL_TRANSPOSE;
  for (int q = 0; q < h; q++, src += ss) {
    const uint16_t *src16 = (const uint16_t *)(const void *)src;
    if (!transpose && !flip_x) {
      uint8_t *row = dst + (flip_y ? h - 1 - q : q) * ds;
      if (wide) row16(row, src16, step, w);
      else row8(row, src, step, w);
      continue;
    }
    for (int p = 0; p < w; p++) {
      uint8_t v = wide ? eight(src16[p * step]) : src[p * step];
      int x = transpose ? q : p, y = transpose ? p : q, tw = transpose ? h : w,
          th = transpose ? w : h;
      dst[(flip_y ? th - 1 - y : y) * ds + (flip_x ? tw - 1 - x : x)] = v;
    }
  }
}

int hl_is_nv12(const AVFrame *f) {
  switch (f->format) {
    case AV_PIX_FMT_NV12:
    case AV_PIX_FMT_P010LE:
    case AV_PIX_FMT_P012LE:
    case AV_PIX_FMT_P016LE: return 1;
    default: return 0;
  }
}

void hl_copy_nv12(const AVFrame *f, int orientation, uint8_t *y, int ys, uint8_t *u, int us,
                  uint8_t *v, int vs) {
  int wide = f->format != AV_PIX_FMT_NV12, cw = (f->width + 1) / 2, ch = (f->height + 1) / 2;
  const uint8_t *uv = f->data[1];
  take(y, ys, f->data[0], f->linesize[0], 1, wide, f->width, f->height, orientation);
  take(u, us, uv, f->linesize[1], 2, wide, cw, ch, orientation);
  take(v, vs, uv + (wide ? 2 : 1), f->linesize[1], 2, wide, cw, ch, orientation);
}
