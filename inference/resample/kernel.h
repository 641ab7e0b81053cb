// The hot loops of package resample: see kernel.c. All memory behind a plan is C memory and belongs
// to the plan.
#ifndef HANDLENS_RESAMPLE_KERNEL_H
#define HANDLENS_RESAMPLE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

// One axis of the resize: output i is the sum over k < taps of in[start[i] + k] * weight[i * taps +
// k].
typedef struct {
  int32_t *start;
  // Along columns the weights add up to 1 << 14; along rows, where they are read as unsigned, to 1
  // << 15.
  int16_t *weight;
  // Along columns 2, 4 or a multiple of 8, filled up with zeros; along rows as many as are needed.
  int taps;
} hl_axis;

// The type of the tensor's elements.
enum { HL_FLOAT32, HL_FLOAT16, HL_UINT8 };

typedef struct {
  // Size of the placed frame; the element of its upper left corner, and the tensor's strides in
  // elements. When interleaved, the three channels of a pixel lie side by side, and `plane` has no
  // meaning.
  int width, height;
  ptrdiff_t origin, row, plane;
  int type, interleaved;
  // Whether the processor has an instruction for 16-bit floats.
  int fast_half;
  // Sizes of the source's planes in samples: the full one, and the chroma one for I420.
  int src_width, chroma_width;
  hl_axis lx, ly, cx, cy;
  // red = ky (Y - y0) + rv (V - 128) and so on, for samples of 0..255.
  float y0, ky, rv, gu, gv, bu;
  // Which tensor channel gets red, green, blue, and what a sample of 0..255 becomes there.
  int channel[3];
  float scale[3], bias[3];
} hl_plan;

// Row buffers: a, b and c for a plane each, as long as the longest row of taps may read; d for a
// row of RGBA; sums for rows of many taps. The floats: x, y, z after the columns, red, green, blue
// after the colours, pixels side by side if the tensor does not take them as they are.
typedef struct {
  uint16_t *a, *b, *c, *d;
  uint32_t *sums;
  float *x, *y, *z, *red, *green, *blue, *pixels;
} hl_scratch;

// Both make the rows from `from` to `to`, exclusive, of the placed frame; dst is the beginning of
// the tensor. Several threads may make different rows of one frame, each with a scratch of its own.
void hl_i420(const hl_plan *p, const hl_scratch *s, const uint8_t *y, const uint8_t *u, const uint8_t *v, ptrdiff_t ys,
             ptrdiff_t us, ptrdiff_t vs, void *dst, int from, int to);
void hl_rgba(const hl_plan *p, const hl_scratch *s, const uint8_t *rgba, ptrdiff_t stride, void *dst, int from, int to);

// 16-bit floats: whether the processor has an instruction for them, and the conversion of n numbers
// with it or without.
int hl_fast_half(void);
void hl_halves(uint16_t *out, const float *in, int n, int fast);

#endif
