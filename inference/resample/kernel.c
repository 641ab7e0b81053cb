// Resize and convert: picture planes of 8 bits in, float planes out, one output row after the other so that everything between
// stays in the first-level cache. Rows are summed first, since neighbouring samples then lie side by side and the compiler uses vector
// instructions; columns second, on the few rows that are left; colours last.
//
// Fixed point between the steps: after the rows a sample is 0..255 times 128 in 16 bits (the weights' 15 bits and 8 bits of shift less the
// 16 that are dropped), after the columns times 2^21 in 32 bits, and from there on float.

#include "kernel.h"

#define SAMPLE (1.0f / (1 << 21))

// Two copies of the loops, for processors with and without AVX2, chosen once when the program starts; elsewhere the one that fits all.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

// The upper half of sample * 256 * weight: one multiplication of 16 bits.
INLINE uint16_t part(uint8_t sample, uint16_t weight) {
  return (uint16_t)(((uint32_t)(uint16_t)(sample << 8) * weight) >> 16);
}

// rows sums n samples of `taps` rows that begin at src. Each product loses half a unit on average; `taps / 2` gives it back.
INLINE void rows(uint16_t *restrict out, const uint8_t *restrict src, ptrdiff_t stride, int n, const uint16_t *w, int taps) {
  const uint16_t half = (uint16_t)(taps / 2);
  int k = 0;
  if (taps & 1) {
    for (int i = 0; i < n; i++) out[i] = (uint16_t)(part(src[i], w[0]) + half);
    k = 1;
  } else {
    const uint8_t *src1 = src + stride;
    const uint16_t w0 = w[0], w1 = w[1];
    for (int i = 0; i < n; i++) out[i] = (uint16_t)(part(src[i], w0) + part(src1[i], w1) + half);
    k = 2;
  }
  for (; k < taps; k += 2) {
    const uint8_t *a = src + k * stride, *b = a + stride;
    const uint16_t w0 = w[k], w1 = w[k + 1];
    for (int i = 0; i < n; i++) out[i] = (uint16_t)(out[i] + part(a[i], w0) + part(b[i], w1));
  }
}

INLINE void columns_n(float *restrict out, const int16_t *restrict in, const hl_axis *x, int n, const int taps) {
  const int32_t *start = x->start;
  const int16_t *w = x->weight;
  for (int i = 0; i < n; i++, w += taps) {
    const int16_t *p = in + start[i];
    int32_t sum = 0;
    for (int k = 0; k < taps; k++) sum += (int32_t)p[k] * w[k];
    out[i] = (float)sum;
  }
}

// columns sums along one row. The counts of taps that occur have loops of their own, in which the compiler knows the count.
INLINE void columns(float *out, const uint16_t *in, const hl_axis *x, int n) {
  const int16_t *p = (const int16_t *)in;
  switch (x->taps) {
    case 2: columns_n(out, p, x, n, 2); break;
    case 4: columns_n(out, p, x, n, 4); break;
    case 8: columns_n(out, p, x, n, 8); break;
    default: columns_n(out, p, x, n, x->taps); break;
  }
}

INLINE float clamp(float v) {
  v = v < 0 ? 0 : v;
  return v > 255 ? 255 : v;
}

CLONES void hl_i420(const hl_plan *p, const hl_scratch *s, const uint8_t *y, const uint8_t *u, const uint8_t *v, ptrdiff_t ys,
                    ptrdiff_t us, ptrdiff_t vs, float *dst, int from, int to) {
  const float ky = p->ky * SAMPLE, oy = -p->ky * p->y0;
  const float rv = p->rv * SAMPLE, gu = p->gu * SAMPLE, gv = p->gv * SAMPLE, bu = p->bu * SAMPLE;
  const float or = oy - 128 * p->rv, og = oy - 128 * (p->gu + p->gv), ob = oy - 128 * p->bu;
  const float sr = p->scale[0], sg = p->scale[1], sb = p->scale[2];
  const float br = p->bias[0], bg = p->bias[1], bb = p->bias[2];
  const int n = p->width;
  for (int j = from; j < to; j++) {
    rows(s->a, y + p->ly.start[j] * ys, ys, p->src_width, (const uint16_t *)p->ly.weight + j * p->ly.taps, p->ly.taps);
    const uint16_t *cw = (const uint16_t *)p->cy.weight + j * p->cy.taps;
    rows(s->b, u + p->cy.start[j] * us, us, p->chroma_width, cw, p->cy.taps);
    rows(s->c, v + p->cy.start[j] * vs, vs, p->chroma_width, cw, p->cy.taps);
    columns(s->x, s->a, &p->lx, n);
    columns(s->y, s->b, &p->cx, n);
    columns(s->z, s->c, &p->cx, n);
    const float *restrict yy = s->x, *restrict uu = s->y, *restrict vv = s->z;
    float *restrict r = dst + p->channel[0] * p->plane + j * p->row;
    float *restrict g = dst + p->channel[1] * p->plane + j * p->row;
    float *restrict b = dst + p->channel[2] * p->plane + j * p->row;
    for (int i = 0; i < n; i++) {
      const float l = ky * yy[i];
      r[i] = clamp(l + rv * vv[i] + or) * sr + br;
      g[i] = clamp(l + gu * uu[i] + gv * vv[i] + og) * sg + bg;
      b[i] = clamp(l + bu * uu[i] + ob) * sb + bb;
    }
  }
}

CLONES void hl_rgba(const hl_plan *p, const hl_scratch *s, const uint8_t *rgba, ptrdiff_t stride, float *dst, int from, int to) {
  const int n = p->width, taps = p->lx.taps;
  for (int j = from; j < to; j++) {
    rows(s->a, rgba + p->ly.start[j] * stride, stride, 4 * p->src_width, (const uint16_t *)p->ly.weight + j * p->ly.taps,
         p->ly.taps);
    float *restrict r = dst + p->channel[0] * p->plane + j * p->row;
    float *restrict g = dst + p->channel[1] * p->plane + j * p->row;
    float *restrict b = dst + p->channel[2] * p->plane + j * p->row;
    const int16_t *w = p->lx.weight;
    for (int i = 0; i < n; i++, w += taps) {
      const int16_t *q = (const int16_t *)s->a + 4 * p->lx.start[i];
      int32_t sum[3] = {0, 0, 0};
      for (int k = 0; k < taps; k++, q += 4)
        for (int c = 0; c < 3; c++) sum[c] += (int32_t)q[c] * w[k];
      r[i] = clamp((float)sum[0] * SAMPLE) * p->scale[0] + p->bias[0];
      g[i] = clamp((float)sum[1] * SAMPLE) * p->scale[1] + p->bias[1];
      b[i] = clamp((float)sum[2] * SAMPLE) * p->scale[2] + p->bias[2];
    }
  }
}
