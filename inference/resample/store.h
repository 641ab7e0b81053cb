// How a row of floats is stored: as 32-bit floats, 16-bit floats or bytes, in planes or pixel by
// pixel.
#ifndef HANDLENS_RESAMPLE_STORE_H
#define HANDLENS_RESAMPLE_STORE_H

#include "kernel.h"

#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

// half rounds to the nearest 16-bit float (IEEE 754 binary16), ties to even; what is too large
// becomes infinite.
INLINE uint16_t half(float f) {
  uint32_t u;
  memcpy(&u, &f, sizeof u);
  const uint32_t sign = u >> 16 & 0x8000;
  u &= 0x7fffffff;
  if (u >= 0x47800000) return (uint16_t)(sign | (u > 0x7f800000 ? 0x7e00 : 0x7c00));
  if (u < 0x38800000) {
    // Below the normal ones: added to 0.5, the last bit of the sum counts 2^-24, as that of a
    // subnormal does, and the addition rounds.
    float sum;
    memcpy(&sum, &u, sizeof sum);
    sum += 0.5f;
    memcpy(&u, &sum, sizeof u);
    return (uint16_t)(sign | (u - 0x3f000000));
  }
  u += 0xfff + (u >> 13 & 1);
  return (uint16_t)(sign | ((u - 0x38000000) >> 13));
}

INLINE void halves_scalar(uint16_t *restrict out, const float *restrict in, int n) {
  for (int i = 0; i < n; i++) out[i] = half(in[i]);
}

#ifdef __x86_64__
__attribute__((target("avx,f16c"))) static void halves_f16c(uint16_t *restrict out, const float *restrict in, int n) {
  int i = 0;
  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128((__m128i *)(out + i), _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  for (; i < n; i++) out[i] = _cvtss_sh(in[i], _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

// has_f16c asks the processor whether it has the instruction, and through AVX whether the system
// saves the registers.
static int has_f16c(void) {
  unsigned a, b, c, d;
  return __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}
#endif

static void halves(uint16_t *restrict out, const float *restrict in, int n, int fast) {
#ifdef __x86_64__
  if (fast) {
    halves_f16c(out, in, n);
    return;
  }
#elif defined(__aarch64__)
  if (fast) {
    for (int i = 0; i < n; i++) {
      const __fp16 h = (__fp16)in[i];
      memcpy(out + i, &h, sizeof h);
    }
    return;
  }
#endif
  (void)fast;
  halves_scalar(out, in, n);
}

// bytes rounds to the nearest integer, halves upwards, and clips to 0..255.
INLINE void bytes(uint8_t *restrict out, const float *restrict in, int n) {
  for (int i = 0; i < n; i++) {
    float v = in[i] + 0.5f;
    v = v < 0 ? 0 : v;
    v = v > 255 ? 255 : v;
    out[i] = (uint8_t)(int)v;
  }
}

// pixels puts three rows side by side; channel c goes to place k[c] of each pixel.
INLINE void pixels(float *restrict out, const float *restrict r, const float *restrict g, const float *restrict b, int n, const int *k) {
  float *const p = out + k[0], *const q = out + k[1], *const s = out + k[2];
  for (int i = 0; i < n; i++) {
    p[3 * i] = r[i];
    q[3 * i] = g[i];
    s[3 * i] = b[i];
  }
}

// A row on its way into the tensor: where the floats are written, and where they go from there.
typedef struct {
  float *r, *g, *b;
} hl_rows;

INLINE ptrdiff_t place(const hl_plan *p, int j) { return p->origin + j * p->row; }

// target says where the floats of row j go: directly into the tensor if it holds planes of them,
// else into the scratch rows.
INLINE hl_rows target(const hl_plan *p, const hl_scratch *s, void *dst, int j) {
  if (p->type != HL_FLOAT32 || p->interleaved) return (hl_rows){s->red, s->green, s->blue};
  float *out = (float *)dst + place(p, j);
  return (hl_rows){out + p->channel[0] * p->plane, out + p->channel[1] * p->plane, out + p->channel[2] * p->plane};
}

INLINE void store_row(const hl_plan *p, void *dst, ptrdiff_t at, const float *in, int n) {
  if (p->type == HL_FLOAT16)
    halves((uint16_t *)dst + at, in, n, p->fast_half);
  else
    bytes((uint8_t *)dst + at, in, n);
}

// store copies row j from the scratch rows into the tensor, if it is not there yet.
INLINE void store(const hl_plan *p, const hl_scratch *s, void *dst, int j) {
  const int n = p->width;
  const ptrdiff_t at = place(p, j);
  if (p->interleaved) {
    float *row = p->type == HL_FLOAT32 ? (float *)dst + at : s->pixels;
    pixels(row, s->red, s->green, s->blue, n, p->channel);
    if (p->type != HL_FLOAT32) store_row(p, dst, at, row, 3 * n);
  } else if (p->type != HL_FLOAT32) {
    const float *rows[3] = {s->red, s->green, s->blue};
    for (int c = 0; c < 3; c++) store_row(p, dst, at + p->channel[c] * p->plane, rows[c], n);
  }
}

#endif
