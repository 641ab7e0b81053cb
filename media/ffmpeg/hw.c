#include "shim.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif
#include <string.h>

enum AVPixelFormat hl_hw_format(const AVCodec *codec, enum AVHWDeviceType device) {
  for (int i = 0;; i++) {
    const AVCodecHWConfig *config = avcodec_get_hw_config(codec, i);
    if (!config) return AV_PIX_FMT_NONE;
    if (config->device_type == device && config->methods & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX)
      return config->pix_fmt;
  }
}

// choose takes the surfaces that were asked for and nothing else: a decoder that quietly goes on in
// software must fail instead.
static enum AVPixelFormat choose(AVCodecContext *cc, const enum AVPixelFormat *offered) {
  enum AVPixelFormat want = (enum AVPixelFormat)(intptr_t)cc->opaque;
  for (; *offered != AV_PIX_FMT_NONE; offered++)
    if (*offered == want) return want;
  return AV_PIX_FMT_NONE;
}

AVCodecContext *hl_hw_open(const AVCodec *codec, AVBufferRef *device, enum AVPixelFormat format,
                           int64_t max_pixels, int *err) {
  *err = AVERROR(ENOMEM);
  AVCodecContext *cc = avcodec_alloc_context3(codec);
  if (!cc) return NULL;
  cc->flags |= AV_CODEC_FLAG_LOW_DELAY;
  cc->thread_count = 1;
  cc->max_pixels = max_pixels;
  cc->opaque = (void *)(intptr_t)format;
  cc->get_format = choose;
  cc->hw_device_ctx = av_buffer_ref(device);
  if (cc->hw_device_ctx && (*err = avcodec_open2(cc, codec, NULL)) >= 0) return cc;
  avcodec_free_context(&cc);
  return NULL;
}

int hl_hw_download(AVFrame *dst, const AVFrame *src) {
  if (!src->hw_frames_ctx) return AVERROR(EINVAL);
  const AVHWFramesContext *frames = (const AVHWFramesContext *)src->hw_frames_ctx->data;
  if (dst->width != src->width || dst->height != src->height ||
      dst->format != (int)frames->sw_format)
    av_frame_unref(dst);
  int err = av_hwframe_transfer_data(dst, src, 0);
  if (err < 0) return err;
  av_frame_side_data_free(&dst->side_data, &dst->nb_side_data);
  return av_frame_copy_props(dst, src);
}

int hl_has_library(const char *name) {
#ifdef _WIN32
  HMODULE m = LoadLibraryA(name);
  if (m) FreeLibrary(m);
  return m != NULL;
#else
  void *m = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (m) dlclose(m);
  return m != NULL;
#endif
}
