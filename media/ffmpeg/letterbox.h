// letterbox.c: pictures of any size in the middle of one canvas. As in shim.h, no pointer is kept
// after the call.
#ifndef HANDLENS_LETTERBOX_H
#define HANDLENS_LETTERBOX_H

#include <stdint.h>

typedef struct hl_fit hl_fit;

// hl_fit_new makes a scaler of I420 pictures from one size to another, or returns NULL when memory
// is short.
hl_fit *hl_fit_new(int sw, int sh, int dw, int dh);
void hl_fit_free(hl_fit *s);

// hl_fit_run scales three planes into three others and writes not a byte more. Returns 0 or an
// AVERROR.
int hl_fit_run(hl_fit *s, uint8_t *const dst[3], const int ds[3], const uint8_t *const src[3],
               const int ss[3]);

// hl_copy_plane copies w × h samples; where the target is larger, its last column and row repeat
// those of the source.
void hl_copy_plane(uint8_t *dst, int ds, int dw, int dh, const uint8_t *src, int ss, int w, int h);

// hl_fill sets w × h samples to v.
void hl_fill(uint8_t *dst, int ds, int w, int h, int v);

// The factors from one colour description to another, times 2^14: y' = yy·y + yu·u + yv·v + y0, u'
// = uu·u + uv·v, v' = vu·u + vv·v, where u and v lie around 128.
typedef struct {
  int yy, yu, yv, y0, uu, uv, vu, vv;
} hl_recolor;

// hl_recolor_i420 changes planes of w × h pixels, both even, in place.
void hl_recolor_i420(uint8_t *y, int ys, uint8_t *u, int us, uint8_t *v, int vs, int w, int h,
                     hl_recolor k);

#endif
