#include "shim.h"

#include <string.h>

// The work is done on 16-bit integers with five fractional bits, which compilers turn into eight or
// sixteen pixels an instruction. Products keep their high halves only: (a·b) >> 16. The greatest
// sum, full luma and the strongest chroma, is some 17 300 and thus fits. Errors of the three
// truncations stay below a tenth of a level before rounding.

// One build of this file serves every x86-64 machine; where the C library can choose at load time,
// those with AVX2 get their own copy of the loop.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__) && defined(__GNUC__) && \
    !defined(__clang__)
#define HL_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define HL_CLONES
#endif

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "pixels are put together as little-endian words");
#define OPAQUE 0xFF000000u

// BLOCK is how many pixels are done at a time: all intermediate rows together stay far inside the
// first-level cache.
enum { BLOCK = 256 };

static inline int16_t high(int16_t a, int16_t b) { return (int16_t)(((int32_t)a * b) >> 16); }

static inline int16_t chroma(uint8_t v) { return (int16_t)((v - 128) * 256); }

static inline uint8_t level(int16_t v) {
  v = (int16_t)((v + 16) >> 5);
  v = v < 0 ? 0 : v;
  return (uint8_t)(v > 255 ? 255 : v);
}

// one_row writes n pixels from luma and from chroma terms that are already spread to full width.
static inline __attribute__((always_inline)) void one_row(
    uint8_t *restrict dst, const uint8_t *restrict y, const int16_t *restrict r,
    const int16_t *restrict g, const int16_t *restrict b, int n, int16_t y_offset, int16_t cy) {
  uint8_t R[BLOCK], G[BLOCK], B[BLOCK];
  for (int x = 0; x < n; x++) {
    int16_t luma = high((int16_t)((y[x] - y_offset) * 128), cy);
    R[x] = level((int16_t)(luma + r[x]));
    G[x] = level((int16_t)(luma - g[x]));
    B[x] = level((int16_t)(luma + b[x]));
  }
  // Whole words are more than twice as fast as four byte stores.
  for (int x = 0; x < n; x++) {
    uint32_t p = R[x] | (uint32_t)G[x] << 8 | (uint32_t)B[x] << 16 | OPAQUE;
    memcpy(dst + 4 * x, &p, 4);
  }
}

HL_CLONES
void hl_yuv_to_rgba(uint8_t *dst, int ds, const uint8_t *y, int ys, const uint8_t *u, int us,
                    const uint8_t *v, int vs, int width, int height, int subsampled, hl_color k) {
  int16_t crv = (int16_t)k.crv, cgu = (int16_t)k.cgu, cgv = (int16_t)k.cgv, cbu = (int16_t)k.cbu;
  int16_t r[BLOCK], g[BLOCK], b[BLOCK];
  int rows = subsampled ? 2 : 1;
  for (int row = 0; row < height; row += rows, u += us, v += vs) {
    for (int x = 0; x < width; x += BLOCK) {
      int n = width - x < BLOCK ? width - x : BLOCK;
      const uint8_t *pu = u + x / rows, *pv = v + x / rows;
      if (subsampled) {
        for (int i = 0; i < (n + 1) / 2; i++) {
          int16_t cu = chroma(pu[i]), cv = chroma(pv[i]);
          r[2 * i] = r[2 * i + 1] = high(cv, crv);
          g[2 * i] = g[2 * i + 1] = (int16_t)(high(cu, cgu) + high(cv, cgv));
          b[2 * i] = b[2 * i + 1] = high(cu, cbu);
        }
      } else {
        for (int i = 0; i < n; i++) {
          int16_t cu = chroma(pu[i]), cv = chroma(pv[i]);
          r[i] = high(cv, crv);
          g[i] = (int16_t)(high(cu, cgu) + high(cv, cgv));
          b[i] = high(cu, cbu);
        }
      }
      for (int line = row; line < row + rows && line < height; line++)
        one_row(dst + (ptrdiff_t)line * ds + 4 * x, y + (ptrdiff_t)line * ys + x, r, g, b, n,
                (int16_t)k.y_offset, (int16_t)k.cy);
    }
  }
}

void hl_copy_rgba(uint8_t *dst, int ds, const uint8_t *src, int ss, int width, int height) {
  for (int row = 0; row < height; row++, dst += ds, src += ss) {
    for (int x = 0; x < width; x++) {
      uint32_t p;
      memcpy(&p, src + 4 * x, 4);
      p |= OPAQUE;
      memcpy(dst + 4 * x, &p, 4);
    }
  }
}
