#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifndef O_BINARY
#define O_BINARY 0
#endif

enum { HEAD_BUFFER = 64 << 10 };

typedef struct {
  int fd;
  int64_t at, size;
} head;

static int head_read(void *opaque, uint8_t *buf, int n)
{
  head *h = opaque;
  if (n > h->size - h->at) n = (int)(h->size - h->at);
  if (n <= 0) return AVERROR_EOF;
  if (lseek(h->fd, h->at, SEEK_SET) < 0) return AVERROR(errno);
  n = (int)read(h->fd, buf, (size_t)n);
  if (n < 0) return AVERROR(errno);
  if (n == 0) return AVERROR_EOF;
  h->at += n;
  return n;
}

static int64_t head_seek(void *opaque, int64_t offset, int whence)
{
  head *h = opaque;
  switch (whence & ~AVSEEK_FORCE) {
  case AVSEEK_SIZE: return h->size;
  case SEEK_CUR: offset += h->at; break;
  case SEEK_END: offset += h->size; break;
  case SEEK_SET: break;
  default: return AVERROR(EINVAL);
  }
  if (offset < 0) return AVERROR(EINVAL);
  h->at = offset;
  return offset;
}

static void head_free(AVIOContext **io)
{
  head *h = (*io)->opaque;
  close(h->fd);
  av_free(h);
  av_freep(&(*io)->buffer);
  avio_context_free(io);
}

int hl_open_head(AVFormatContext **fc, const char *path, int64_t size)
{
  head *h = av_mallocz(sizeof *h);
  uint8_t *buf = av_malloc(HEAD_BUFFER);
  AVIOContext *io = NULL;
  if (h) {
    h->fd = open(path, O_RDONLY | O_BINARY);
    h->size = size;
  }
  int n = !h || !buf ? AVERROR(ENOMEM) : h->fd < 0 ? AVERROR(errno) : 0;
  if (n == 0 && !(io = avio_alloc_context(buf, HEAD_BUFFER, 0, h, head_read, NULL, head_seek)))
    n = AVERROR(ENOMEM);
  if (n == 0 && !(*fc = avformat_alloc_context())) n = AVERROR(ENOMEM);
  if (n < 0) {
    if (io) {
      head_free(&io);
    } else {
      if (h && h->fd >= 0) close(h->fd);
      av_free(h);
      av_free(buf);
    }
    return n;
  }
  (*fc)->pb = io;
  // On failure this frees the context, but not our io.
  n = avformat_open_input(fc, NULL, NULL, NULL);
  if (n < 0) head_free(&io);
  return n;
}

void hl_close_head(AVFormatContext **fc)
{
  if (!*fc) return;
  AVIOContext *io = (*fc)->pb;
  avformat_close_input(fc);
  head_free(&io);
}

void hl_stop(int *stop) { __atomic_store_n(stop, 1, __ATOMIC_RELEASE); }

static int is_stopped(void *stop) { return __atomic_load_n((int *)stop, __ATOMIC_ACQUIRE); }

int hl_open_out(AVFormatContext *fc, const char *url, int *stop)
{
  fc->interrupt_callback = (AVIOInterruptCB){is_stopped, stop};
  return avio_open2(&fc->pb, url, AVIO_FLAG_WRITE, &fc->interrupt_callback, NULL);
}
