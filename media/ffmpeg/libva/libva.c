// Stands in for libva when FFmpeg is linked: it looks for the real one when the first of its functions is called, so that the program
// starts on machines that have none, where every call then fails as if there were no device. FFmpeg's VAAPI decoding calls
// these functions and no others; a call that is missing here is an error of the linker. build.sh compiles it, not cgo.
//
// The declarations are those of libva's own headers (MIT), so a signature that is wrong here does not compile.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <va/va.h>
#include <va/va_drm.h>
#include <va/va_drmcommon.h>

static void *core, *drm;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Both or neither: the names are those of libva 2, whose binary interface is kept since 2017.
static void look(void) {
  core = dlopen("libva.so.2", RTLD_NOW | RTLD_LOCAL);
  drm = core ? dlopen("libva-drm.so.2", RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!drm) core = NULL;
}

static void *find(void *const *library, const char *name) {
  pthread_once(&once, look);
  return *library ? dlsym(*library, name) : NULL;
}

// FORWARD defines name as a call of the function of that name in the library, or its absence as the value otherwise. Looking a name up
// takes a hash of it; there are some ten calls a picture.
#define FORWARD(library, result, name, parameters, arguments, otherwise) \
  result name parameters {                                                \
    __typeof__(&name) real = (__typeof__(&name))find(&library, #name);    \
    return real ? real arguments : otherwise;                             \
  }
#define STATUS(name, parameters, arguments) FORWARD(core, VAStatus, name, parameters, arguments, VA_STATUS_ERROR_UNIMPLEMENTED)

FORWARD(drm, VADisplay, vaGetDisplayDRM, (int fd), (fd), NULL)

FORWARD(core, const char *, vaErrorStr, (VAStatus s), (s), "libva is not installed")
FORWARD(core, const char *, vaQueryVendorString, (VADisplay d), (d), NULL)
FORWARD(core, VAMessageCallback, vaSetErrorCallback, (VADisplay d, VAMessageCallback f, void *user), (d, f, user), NULL)
FORWARD(core, VAMessageCallback, vaSetInfoCallback, (VADisplay d, VAMessageCallback f, void *user), (d, f, user), NULL)
FORWARD(core, int, vaMaxNumProfiles, (VADisplay d), (d), 0)
FORWARD(core, int, vaMaxNumImageFormats, (VADisplay d), (d), 0)

STATUS(vaInitialize, (VADisplay d, int *major, int *minor), (d, major, minor))
STATUS(vaTerminate, (VADisplay d), (d))
STATUS(vaSetDriverName, (VADisplay d, char *name), (d, name))
STATUS(vaQueryConfigProfiles, (VADisplay d, VAProfile *list, int *n), (d, list, n))
STATUS(vaQueryImageFormats, (VADisplay d, VAImageFormat *list, int *n), (d, list, n))
STATUS(vaQuerySurfaceAttributes, (VADisplay d, VAConfigID c, VASurfaceAttrib *list, unsigned int *n), (d, c, list, n))

STATUS(vaCreateConfig, (VADisplay d, VAProfile p, VAEntrypoint e, VAConfigAttrib *list, int n, VAConfigID *c), (d, p, e, list, n, c))
STATUS(vaDestroyConfig, (VADisplay d, VAConfigID c), (d, c))
STATUS(vaCreateContext, (VADisplay d, VAConfigID c, int w, int h, int flag, VASurfaceID *targets, int n, VAContextID *x), (d, c, w, h, flag, targets, n, x))
STATUS(vaDestroyContext, (VADisplay d, VAContextID x), (d, x))
STATUS(vaCreateSurfaces,
       (VADisplay d, unsigned int format, unsigned int w, unsigned int h, VASurfaceID *list, unsigned int n, VASurfaceAttrib *attributes, unsigned int an),
       (d, format, w, h, list, n, attributes, an))
STATUS(vaDestroySurfaces, (VADisplay d, VASurfaceID *list, int n), (d, list, n))

STATUS(vaCreateBuffer, (VADisplay d, VAContextID x, VABufferType t, unsigned int size, unsigned int n, void *data, VABufferID *b), (d, x, t, size, n, data, b))
STATUS(vaDestroyBuffer, (VADisplay d, VABufferID b), (d, b))
STATUS(vaMapBuffer, (VADisplay d, VABufferID b, void **p), (d, b, p))
STATUS(vaUnmapBuffer, (VADisplay d, VABufferID b), (d, b))
STATUS(vaAcquireBufferHandle, (VADisplay d, VABufferID b, VABufferInfo *i), (d, b, i))
STATUS(vaReleaseBufferHandle, (VADisplay d, VABufferID b), (d, b))

STATUS(vaBeginPicture, (VADisplay d, VAContextID x, VASurfaceID s), (d, x, s))
STATUS(vaRenderPicture, (VADisplay d, VAContextID x, VABufferID *list, int n), (d, x, list, n))
STATUS(vaEndPicture, (VADisplay d, VAContextID x), (d, x))
STATUS(vaSyncSurface, (VADisplay d, VASurfaceID s), (d, s))

STATUS(vaCreateImage, (VADisplay d, VAImageFormat *f, int w, int h, VAImage *i), (d, f, w, h, i))
STATUS(vaDestroyImage, (VADisplay d, VAImageID i), (d, i))
STATUS(vaDeriveImage, (VADisplay d, VASurfaceID s, VAImage *i), (d, s, i))
STATUS(vaGetImage, (VADisplay d, VASurfaceID s, int x, int y, unsigned int w, unsigned int h, VAImageID i), (d, s, x, y, w, h, i))
STATUS(vaPutImage,
       (VADisplay d, VASurfaceID s, VAImageID i, int sx, int sy, unsigned int sw, unsigned int sh, int dx, int dy, unsigned int dw, unsigned int dh),
       (d, s, i, sx, sy, sw, sh, dx, dy, dw, dh))
STATUS(vaExportSurfaceHandle, (VADisplay d, VASurfaceID s, uint32_t type, uint32_t flags, void *descriptor), (d, s, type, flags, descriptor))

#if VA_CHECK_VERSION(1, 21, 0)
// Newer than some libraries of the same name; what it adds is a hint.
VAStatus vaMapBuffer2(VADisplay d, VABufferID b, void **p, uint32_t flags) {
  __typeof__(&vaMapBuffer2) real = (__typeof__(&vaMapBuffer2))find(&core, "vaMapBuffer2");
  return real ? real(d, b, p, flags) : vaMapBuffer(d, b, p);
}
#endif
