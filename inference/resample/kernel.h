// The hot loops of package resample: see kernel.c. All memory behind a plan is C memory and belongs to the plan.
#ifndef HANDLENS_RESAMPLE_KERNEL_H
#define HANDLENS_RESAMPLE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

// One axis of the resize: output i is the sum over k < taps of in[start[i] + k] * weight[i * taps + k].
typedef struct {
  int32_t *start;
  // Along columns the weights add up to 1 << 14; along rows, where they are read as unsigned, to 1 << 15.
  int16_t *weight;
  // Along columns 2, 4 or a multiple of 8, filled up with zeros; along rows as many as are needed.
  int taps;
} hl_axis;

typedef struct {
  // Size of the placed picture, and the tensor's strides in elements.
  int width, height;
  ptrdiff_t row, plane;
  // Sizes of the source's planes in samples: the full one, and the chroma one for I420.
  int src_width, chroma_width;
  hl_axis lx, ly, cx, cy;
  // red = ky (Y - y0) + rv (V - 128) and so on, for samples of 0..255.
  float y0, ky, rv, gu, gv, bu;
  // Which tensor channel gets red, green, blue, and what a sample of 0..255 becomes there.
  int channel[3];
  float scale[3], bias[3];
} hl_plan;

// Row buffers: a, b and c for a plane each, as long as the longest row of taps may read; d for a row of RGBA.
typedef struct {
  uint16_t *a, *b, *c, *d;
  float *x, *y, *z;
} hl_scratch;

void hl_i420(const hl_plan *p, const hl_scratch *s, const uint8_t *y, const uint8_t *u, const uint8_t *v, ptrdiff_t ys,
             ptrdiff_t us, ptrdiff_t vs, float *dst);
void hl_rgba(const hl_plan *p, const hl_scratch *s, const uint8_t *rgba, ptrdiff_t stride, float *dst);

#endif
