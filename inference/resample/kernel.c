// Resize and convert: frame planes of 8 bits in, a tensor out, one output row after the other so
// that everything in between stays in the first-level cache. Rows are summed first, since
// neighbouring samples then lie side by side and the compiler uses vector instructions; columns
// second, on the few rows that are left; colours last.
//
// Fixed point between the steps: after the rows a sample is 0..255 times 128 in 16 bits (the
// weights' 15 bits and 8 bits of shift less the 16 that are dropped), after the columns times 2^21
// in 32 bits, and from there on float.

#include "store.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SAMPLE (1.0f / (1 << 21))

// Two copies of the loops, for processors with and without AVX2, chosen once when the program
// starts; on other systems the one that fits all.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

// The upper half of sample * 256 * weight: one multiplication of 16 bits.
INLINE uint16_t part(uint8_t sample, uint16_t weight) {
  return (uint16_t)(((uint32_t)(uint16_t)(sample << 8) * weight) >> 16);
}

// MANY is the number of rows from which on the sums are exact: the error of the short products
// would then add up to a tenth of a grey level.
#define MANY 24

// rows_exact is rows with products of full length.
INLINE void rows_exact(uint16_t *restrict out, uint32_t *restrict sums, const uint8_t *restrict src, ptrdiff_t stride, int n,
                       const uint16_t *w, int taps) {
  for (int i = 0; i < n; i++) sums[i] = 1 << 7;
  for (int k = 0; k < taps; k++) {
    const uint8_t *a = src + k * stride;
    const uint32_t wk = w[k];
    if (wk == 0) continue;
    for (int i = 0; i < n; i++) sums[i] += a[i] * wk;
  }
  for (int i = 0; i < n; i++) out[i] = (uint16_t)(sums[i] >> 8);
}

// rows sums n samples of `taps` rows that begin at src. Each product loses half a unit on average;
// `taps / 2` gives it back.
INLINE void rows(uint16_t *restrict out, const uint8_t *restrict src, ptrdiff_t stride, int n, const uint16_t *w, int taps,
                 uint32_t *restrict sums) {
  if (taps >= MANY) {
    rows_exact(out, sums, src, stride, n, w, taps);
    return;
  }
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

// tail sums along one row for outputs i to n, by the definition.
INLINE void tail(float *restrict out, const int16_t *restrict in, const int32_t *start, const int16_t *weight, int i, int n, int taps) {
  for (; i < n; i++) {
    const int16_t *p = in + start[i], *w = weight + i * taps;
    int32_t sum = 0;
    for (int k = 0; k < taps; k++) sum += (int32_t)p[k] * w[k];
    out[i] = (float)sum;
  }
}

#ifdef __SSE2__
// The same for four outputs at a time. The compiler finds the instruction that multiplies and adds
// pairs (pmaddwd) only for 16 taps; with it the step takes a quarter of the time.

INLINE __m128i load2(const int16_t *p) {
  int32_t v;
  memcpy(&v, p, sizeof v);
  return _mm_cvtsi32_si128(v);
}

INLINE __m128i load4(const int16_t *p) { return _mm_loadl_epi64((const __m128i *)p); }
INLINE __m128i load8(const int16_t *p) { return _mm_loadu_si128((const __m128i *)p); }

// Two taps: the four pairs fill a register, and multiplying them gives the four sums.
INLINE __m128i sum2(const int16_t *in, const int32_t *s, const int16_t *w) {
  __m128i a = _mm_unpacklo_epi32(load2(in + s[0]), load2(in + s[1]));
  __m128i b = _mm_unpacklo_epi32(load2(in + s[2]), load2(in + s[3]));
  return _mm_madd_epi16(_mm_unpacklo_epi64(a, b), load8(w));
}

// Four taps: two registers of partial sums, even ones added to odd ones.
INLINE __m128i sum4(const int16_t *in, const int32_t *s, const int16_t *w) {
  __m128 a = _mm_castsi128_ps(_mm_madd_epi16(_mm_unpacklo_epi64(load4(in + s[0]), load4(in + s[1])), load8(w)));
  __m128 b = _mm_castsi128_ps(_mm_madd_epi16(_mm_unpacklo_epi64(load4(in + s[2]), load4(in + s[3])), load8(w + 8)));
  return _mm_add_epi32(_mm_castps_si128(_mm_shuffle_ps(a, b, 0x88)), _mm_castps_si128(_mm_shuffle_ps(a, b, 0xdd)));
}

// Eight taps, or any multiple: a register for each output, transposed at the end.
INLINE __m128i sum8(const int16_t *in, const int32_t *s, const int16_t *w, int taps) {
  __m128i r[4];
  for (int i = 0; i < 4; i++) {
    r[i] = _mm_madd_epi16(load8(in + s[i]), load8(w + i * taps));
    for (int k = 8; k < taps; k += 8)
      r[i] = _mm_add_epi32(r[i], _mm_madd_epi16(load8(in + s[i] + k), load8(w + i * taps + k)));
  }
  __m128i a = _mm_add_epi32(_mm_unpacklo_epi32(r[0], r[1]), _mm_unpackhi_epi32(r[0], r[1]));
  __m128i b = _mm_add_epi32(_mm_unpacklo_epi32(r[2], r[3]), _mm_unpackhi_epi32(r[2], r[3]));
  return _mm_add_epi32(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
}

INLINE void columns(float *out, const uint16_t *row, const hl_axis *x, int n) {
  const int16_t *in = (const int16_t *)row, *w = x->weight;
  const int32_t *s = x->start;
  const int taps = x->taps;
  int i = 0;
  if (taps == 2)
    for (; i + 4 <= n; i += 4) _mm_storeu_ps(out + i, _mm_cvtepi32_ps(sum2(in, s + i, w + i * 2)));
  else if (taps == 4)
    for (; i + 4 <= n; i += 4) _mm_storeu_ps(out + i, _mm_cvtepi32_ps(sum4(in, s + i, w + i * 4)));
  else if (taps == 8)
    for (; i + 4 <= n; i += 4) _mm_storeu_ps(out + i, _mm_cvtepi32_ps(sum8(in, s + i, w + i * 8, 8)));
  else
    for (; i + 4 <= n; i += 4) _mm_storeu_ps(out + i, _mm_cvtepi32_ps(sum8(in, s + i, w + i * taps, taps)));
  tail(out, in, s, w, i, n, taps);
}
#else
INLINE void columns(float *out, const uint16_t *row, const hl_axis *x, int n) {
  const int16_t *in = (const int16_t *)row;
  switch (x->taps) {
    // If the compiler knows the count, it needs no inner loop.
    case 2: tail(out, in, x->start, x->weight, 0, n, 2); break;
    case 4: tail(out, in, x->start, x->weight, 0, n, 4); break;
    case 8: tail(out, in, x->start, x->weight, 0, n, 8); break;
    default: tail(out, in, x->start, x->weight, 0, n, x->taps); break;
  }
}
#endif

INLINE float clamp(float v) {
  v = v < 0 ? 0 : v;
  return v > 255 ? 255 : v;
}

// The factors of one plan, with the fixed point and the offsets folded in.
typedef struct {
  float ky, rv, gu, gv, bu, r, g, b;
  float scale[3], bias[3];
} colours;

INLINE void convert(float *restrict r, float *restrict g, float *restrict b, const float *restrict y, const float *restrict u,
                    const float *restrict v, int n, const colours *k) {
  const colours c = *k;
  for (int i = 0; i < n; i++) {
    const float l = c.ky * y[i];
    r[i] = clamp(l + c.rv * v[i] + c.r) * c.scale[0] + c.bias[0];
    g[i] = clamp(l + c.gu * u[i] + c.gv * v[i] + c.g) * c.scale[1] + c.bias[1];
    b[i] = clamp(l + c.bu * u[i] + c.b) * c.scale[2] + c.bias[2];
  }
}

INLINE void convert_one(float *restrict out, const float *restrict in, int n, float scale, float bias) {
  for (int i = 0; i < n; i++) out[i] = clamp(in[i] * SAMPLE) * scale + bias;
}

// apart puts the samples of a pixel into planes; the fourth, alpha, is left out.
INLINE void apart(uint16_t *restrict r, uint16_t *restrict g, uint16_t *restrict b, const uint16_t *restrict in, int n) {
  for (int i = 0; i < n; i++) {
    r[i] = in[4 * i];
    g[i] = in[4 * i + 1];
    b[i] = in[4 * i + 2];
  }
}

CLONES void hl_i420(const hl_plan *p, const hl_scratch *s, const uint8_t *y, const uint8_t *u, const uint8_t *v, ptrdiff_t ys,
                    ptrdiff_t us, ptrdiff_t vs, void *dst, int from, int to) {
  const float black = -p->ky * p->y0;
  const colours c = {
      .ky = p->ky * SAMPLE, .rv = p->rv * SAMPLE, .gu = p->gu * SAMPLE, .gv = p->gv * SAMPLE, .bu = p->bu * SAMPLE,
      .r = black - 128 * p->rv, .g = black - 128 * (p->gu + p->gv), .b = black - 128 * p->bu,
      .scale = {p->scale[0], p->scale[1], p->scale[2]}, .bias = {p->bias[0], p->bias[1], p->bias[2]},
  };
  const int n = p->width;
  for (int j = from; j < to; j++) {
    const uint16_t *lw = (const uint16_t *)p->ly.weight + j * p->ly.taps, *cw = (const uint16_t *)p->cy.weight + j * p->cy.taps;
    rows(s->a, y + p->ly.start[j] * ys, ys, p->src_width, lw, p->ly.taps, s->sums);
    rows(s->b, u + p->cy.start[j] * us, us, p->chroma_width, cw, p->cy.taps, s->sums);
    rows(s->c, v + p->cy.start[j] * vs, vs, p->chroma_width, cw, p->cy.taps, s->sums);
    columns(s->x, s->a, &p->lx, n);
    columns(s->y, s->b, &p->cx, n);
    columns(s->z, s->c, &p->cx, n);
    const hl_rows out = target(p, s, dst, j);
    convert(out.r, out.g, out.b, s->x, s->y, s->z, n, &c);
    store(p, s, dst, j);
  }
}

CLONES void hl_rgba(const hl_plan *p, const hl_scratch *s, const uint8_t *rgba, ptrdiff_t stride, void *dst, int from, int to) {
  const int n = p->width;
  const uint16_t *const plane[3] = {s->a, s->b, s->c};
  for (int j = from; j < to; j++) {
    rows(s->d, rgba + p->ly.start[j] * stride, stride, 4 * p->src_width, (const uint16_t *)p->ly.weight + j * p->ly.taps,
         p->ly.taps, s->sums);
    apart(s->a, s->b, s->c, s->d, p->src_width);
    const hl_rows out = target(p, s, dst, j);
    float *const to_row[3] = {out.r, out.g, out.b};
    for (int c = 0; c < 3; c++) {
      columns(s->x, plane[c], &p->lx, n);
      convert_one(to_row[c], s->x, n, p->scale[c], p->bias[c]);
    }
    store(p, s, dst, j);
  }
}

int hl_fast_half(void) {
#if defined(__x86_64__)
  return has_f16c();
#elif defined(__aarch64__)
  return 1;
#else
  return 0;
#endif
}

void hl_halves(uint16_t *out, const float *in, int n, int fast) { halves(out, in, n, fast); }
