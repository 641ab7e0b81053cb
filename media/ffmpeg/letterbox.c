#include "letterbox.h"

#include <stdlib.h>
#include <string.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>

// Between two frames of its own for the reason that scale.c gives.
struct hl_fit {
  SwsContext *sws;
  AVFrame *in, *out;
};

static AVFrame *planes(int width, int height) {
  AVFrame *f = av_frame_alloc();
  if (!f) return NULL;
  f->format = AV_PIX_FMT_YUV420P, f->width = width, f->height = height;
  if (av_frame_get_buffer(f, 0) < 0) av_frame_free(&f);
  return f;
}

hl_fit *hl_fit_new(int sw, int sh, int dw, int dh) {
  hl_fit *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->in = planes(sw, sh);
  s->out = planes(dw, dh);
  // Bicubic is sharp, hardly rings, and widens its filter when it shrinks, so that nothing aliases.
  s->sws = sws_getContext(sw, sh, AV_PIX_FMT_YUV420P, dw, dh, AV_PIX_FMT_YUV420P,
                          SWS_BICUBIC | SWS_ACCURATE_RND, NULL, NULL, NULL);
  if (!s->in || !s->out || !s->sws) {
    hl_fit_free(s);
    return NULL;
  }
  return s;
}

void hl_fit_free(hl_fit *s) {
  if (!s) return;
  sws_freeContext(s->sws);
  av_frame_free(&s->in);
  av_frame_free(&s->out);
  free(s);
}

int hl_fit_run(hl_fit *s, uint8_t *const dst[3], const int ds[3], const uint8_t *const src[3],
               const int ss[3]) {
  AVFrame *in = s->in, *out = s->out;
  for (int i = 0; i < 3; i++) {
    int half = i > 0;
    hl_copy_plane(in->data[i], in->linesize[i], (in->width + half) >> half,
                  (in->height + half) >> half, src[i], ss[i], (in->width + half) >> half,
                  (in->height + half) >> half);
  }
  int n = sws_scale(s->sws, (const uint8_t *const *)in->data, in->linesize, 0, in->height,
                    out->data, out->linesize);
  if (n < 0) return n;
  for (int i = 0; i < 3; i++) {
    int half = i > 0, w = (out->width + half) >> half, h = (out->height + half) >> half;
    hl_copy_plane(dst[i], ds[i], w, h, out->data[i], out->linesize[i], w, h);
  }
  return 0;
}

void hl_copy_plane(uint8_t *dst, int ds, int dw, int dh, const uint8_t *src, int ss, int w, int h) {
  for (int y = 0; y < dh; y++, dst += ds) {
    memcpy(dst, src, w);
    if (dw > w) memset(dst + w, src[w - 1], dw - w);
    if (y < h - 1) src += ss;
  }
}

void hl_fill(uint8_t *dst, int ds, int w, int h, int v) {
  for (int y = 0; y < h; y++, dst += ds) memset(dst, v, w);
}

static inline uint8_t sample(int v) {
  v = (v + (1 << 13)) >> 14;
  v = v < 0 ? 0 : v;
  return v > 255 ? 255 : v;
}

// How many samples of chroma are converted at once: what belongs to them stays in the cache.
enum { chroma_at_once = 64 };

// add_luma adds to so many samples of luma what the samples of chroma beside them bring, each twice.
static void add_luma(uint8_t *restrict y, const int16_t *restrict add, int n) {
  for (int x = 0; x < n; x++) {
    int16_t v = y[x] + add[x];
    v = v < 0 ? 0 : v;
    y[x] = v > 255 ? 255 : v;
  }
}

// recolor_chroma changes so many samples of chroma, and says what they bring to luma, in 2^-14.
static void recolor_chroma(uint8_t *restrict u, uint8_t *restrict v, int *restrict add, int n,
                           const hl_recolor *restrict k) {
  for (int x = 0; x < n; x++) {
    int cu = u[x] - 128, cv = v[x] - 128;
    add[x] = k->yu * cu + k->yv * cv + k->y0;
    u[x] = sample(k->uu * cu + k->uv * cv + (128 << 14));
    v[x] = sample(k->vu * cu + k->vv * cv + (128 << 14));
  }
}

// recolor_luma scales so many pairs of samples of luma as well, for two kinds of range.
static void recolor_luma(uint8_t *restrict y, const int *restrict add, int n, int yy) {
  for (int x = 0; x < n; x++) {
    y[2 * x] = sample(yy * y[2 * x] + add[x]);
    y[2 * x + 1] = sample(yy * y[2 * x + 1] + add[x]);
  }
}

// Chroma does not depend on luma; what it adds to luma is one number for each four pixels.
void hl_recolor_i420(uint8_t *y, int ys, uint8_t *u, int us, uint8_t *v, int vs, int w, int h,
                     hl_recolor k) {
  int add[chroma_at_once];
  int16_t twice[2 * chroma_at_once];
  for (int row = 0; row < h; row += 2, y += 2 * (ptrdiff_t)ys, u += us, v += vs)
    for (int x = 0; x < w / 2; x += chroma_at_once) {
      int n = w / 2 - x < chroma_at_once ? w / 2 - x : chroma_at_once;
      recolor_chroma(u + x, v + x, add, n, &k);
      if (k.yy != 1 << 14) {
        recolor_luma(y + 2 * x, add, n, k.yy);
        recolor_luma(y + ys + 2 * x, add, n, k.yy);
        continue;
      }
      for (int i = 0; i < n; i++) twice[2 * i] = twice[2 * i + 1] = (add[i] + (1 << 13)) >> 14;
      add_luma(y + 2 * x, twice, 2 * n);
      add_luma(y + ys + 2 * x, twice, 2 * n);
    }
}
