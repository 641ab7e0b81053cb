// What this room does in C. Every function is called by one goroutine at a time per object; no
// pointer it is given is kept after it returns, but where it says so.
#ifndef HANDLENS_SHIM_H
#define HANDLENS_SHIM_H

#include <stdint.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
#include <libavutil/hwcontext.h>
#include <libswscale/swscale.h>

// How the rows of a picture are laid down so that it stands upright: transpose first, then mirror.
enum { HL_FLIP_X = 1, HL_FLIP_Y = 2, HL_TRANSPOSE = 4 };

// avframe.c: from an AVFrame to three tight planes.

// hl_upright returns the orientation flags for the frame's display matrix, 0 when it has none.
int hl_upright(const AVFrame *f);

// hl_copy_i420 copies a yuv420p (or yuvj420p) frame into planes with these strides, turned upright;
// the planes are of the turned size.
void hl_copy_i420(const AVFrame *f, int orientation, uint8_t *y, int ys, uint8_t *u, int us,
                  uint8_t *v, int vs);

// hl_make_i420 converts a frame of any pixel format to limited or full range yuv420p of that size in
// dst, which is given buffers when it has none that fit. Range and matrix of YUV sources are kept;
// *rgb says that the source was RGB and became BT.601 in limited range. *ctx is a scaler that is
// kept for the next call. Returns 0 or an AVERROR.
int hl_make_i420(SwsContext **ctx, AVFrame *dst, int width, int height, const AVFrame *src,
                 int full, int *rgb);

// nv12.c: the same from what hardware decoders leave in memory.

// hl_is_nv12 says whether hl_copy_nv12 can read the frame's format: NV12, P010, P012 or P016.
int hl_is_nv12(const AVFrame *f);

// hl_copy_nv12 does what hl_copy_i420 does; more than eight bits are rounded.
void hl_copy_nv12(const AVFrame *f, int orientation, uint8_t *y, int ys, uint8_t *u, int us,
                  uint8_t *v, int vs);

// hw.c: decoding in hardware.

// hl_hw_format returns the format of the surfaces that the codec decodes into on such a device,
// AV_PIX_FMT_NONE when it cannot.
enum AVPixelFormat hl_hw_format(const AVCodec *codec, enum AVHWDeviceType device);

// hl_hw_open opens a decoder without delay that gives surfaces of this format or fails. It returns
// NULL with an AVERROR in *err.
AVCodecContext *hl_hw_open(const AVCodec *codec, AVBufferRef *device, enum AVPixelFormat format,
                           int64_t max_pixels, int *err);

// hl_hw_download copies a surface, its colours and its orientation into dst, which keeps its memory
// for the next one. Returns 0 or an AVERROR.
int hl_hw_download(AVFrame *dst, const AVFrame *src);

// hl_has_library says whether the system has a shared library of this name.
int hl_has_library(const char *name);

// rgba.c: pixel by pixel.

// The factors of YUV to RGB in the fixed point of rgba.c; color.go derives them.
typedef struct {
  int y_offset, cy, crv, cgu, cgv, cbu;
} hl_color;

// hl_yuv_to_rgba writes width × height opaque pixels and not a byte more. Chroma is of half size,
// rounded up, when subsampled, each sample serving four pixels; else of full size.
void hl_yuv_to_rgba(uint8_t *dst, int ds, const uint8_t *y, int ys, const uint8_t *u, int us,
                    const uint8_t *v, int vs, int width, int height, int subsampled, hl_color k);

// hl_copy_rgba copies pixels and makes them opaque.
void hl_copy_rgba(uint8_t *dst, int ds, const uint8_t *src, int ss, int width, int height);

// scale.c: another size.

typedef struct hl_scaler hl_scaler;

// hl_scaler_new makes a scaler of I420 (or RGBA when rgba is set) pictures, or returns NULL when
// memory is short.
hl_scaler *hl_scaler_new(int rgba, int sw, int sh, int dw, int dh);
void hl_scaler_free(hl_scaler *s);

// hl_scaler_run scales planes (for RGBA only the first) and writes them into dst as RGBA; k is for
// I420. Returns 0 or an AVERROR.
int hl_scaler_run(hl_scaler *s, uint8_t *dst, int ds, const uint8_t *p0, int s0, const uint8_t *p1,
                  int s1, const uint8_t *p2, int s2, hl_color k);

// encode.c: from planes to coded pictures and into files.

// hl_encode hands yuv420p planes of the encoder's size to it; f is used as a shell. Returns 0 or an
// AVERROR.
int hl_encode(AVCodecContext *cc, AVFrame *f, uint8_t *y, int ys, uint8_t *u, int us, uint8_t *v,
              int vs, int64_t pts, int key);

// hl_mux writes one packet into a track of a file; its times are in ticks of 1/base seconds.
// Returns 0 or an AVERROR.
int hl_mux(AVFormatContext *fc, AVPacket *p, int track, int base, int64_t at, int64_t length,
           int key);

// hl_open_head opens the first size bytes of a file, as if there were no more. hl_close_head closes
// what it opened. Returns 0 or an AVERROR.
int hl_open_head(AVFormatContext **fc, const char *path, int64_t size);
void hl_close_head(AVFormatContext **fc);

// hl_open_out opens a file for writing, which fails with AVERROR_EXIT once hl_stop was called with
// that flag; any thread may. The flag outlives the file. Returns 0 or an AVERROR.
int hl_open_out(AVFormatContext *fc, const char *url, int *stop);
void hl_stop(int *stop);

#endif
