package ffmpeg

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unsafe"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// accelerator decodes in hardware. One goroutine at a time.
type accelerator interface {
	// decode feeds an encoded frame and returns the frame that comes out at once, nil when there is
	// none; the caller has its one reference. A key frame after damage comes with fresh set:
	// everything before it is forgotten.
	decode(packet *avPacket, fresh bool, pool *media.Pool) (*media.Frame, error)
	close()
}

// decoderKind is one way of decoding in hardware.
type decoderKind struct {
	name, label string
	// missing says in a few words what this machine lacks for it, "" when it may be tried. It opens
	// no device.
	missing func() string
	open    func(codec media.Codec) (accelerator, error)
}

// decoderKinds are those of this platform, in the order in which they are tried.
func decoderKinds() []decoderKind {
	kind := func(name, words string, device C.enum_AVHWDeviceType,
		missing func() string,
	) decoderKind {
		return decoderKind{
			name: name, label: words, missing: missing,
			open: func(c media.Codec) (accelerator, error) { return openSurfaces(c, device) },
		}
	}
	switch runtime.GOOS {
	case "linux":
		return []decoderKind{
			kind("cuda", "CUDA", C.AV_HWDEVICE_TYPE_CUDA, func() string {
				return lacks("no driver", "libcuda.so.1", "libnvcuvid.so.1")
			}),
			kind("vaapi", "VAAPI", C.AV_HWDEVICE_TYPE_VAAPI, lacksRender),
		}
	case "darwin":
		return []decoderKind{kind("videotoolbox", "VideoToolbox", C.AV_HWDEVICE_TYPE_VIDEOTOOLBOX,
			func() string { return "" })}
	case "windows":
		return []decoderKind{kind("d3d11va", "D3D11VA", C.AV_HWDEVICE_TYPE_D3D11VA, func() string {
			return lacks("no Direct3D 11", "d3d11.dll")
		})}
	}
	return nil
}

// lacks names the first of these shared libraries that the system does not have.
func lacks(words string, libraries ...string) string {
	for _, l := range libraries {
		name := C.CString(l)
		found := C.hl_has_library(name)
		C.free(unsafe.Pointer(name))
		if found == 0 {
			return fmt.Sprintf("%s (%s)", words, l)
		}
	}
	return ""
}

func lacksRender() string {
	nodes, _ := filepath.Glob("/dev/dri/renderD*")
	if len(nodes) == 0 {
		return "no device /dev/dri/renderD128"
	}
	for _, n := range nodes {
		if f, err := os.OpenFile(n, os.O_RDWR, 0); err == nil {
			_ = f.Close()
			return lacks("no library", "libva.so.2", "libva-drm.so.2")
		}
	}
	return fmt.Sprintf("no leave to open %s (is the user in the group render?)",
		strings.Join(nodes, ", "))
}

// surfaces decodes into the memory of a device and copies from there.
type surfaces struct {
	codec   *C.AVCodec
	format  C.enum_AVPixelFormat
	device  *C.AVBufferRef
	context *C.AVCodecContext
	frame   *avFrame
	down    *C.AVFrame // in our memory
}

func openSurfaces(codec media.Codec, device C.enum_AVHWDeviceType) (accelerator, error) {
	s := &surfaces{codec: leader(codec)}
	if s.codec == nil {
		return nil, errors.New("not built in")
	}
	if s.format = C.hl_hw_format(s.codec, device); s.format == C.AV_PIX_FMT_NONE {
		return nil, errors.New("not built in")
	}
	if n := C.av_hwdevice_ctx_create(&s.device, device, nil, nil, 0); n < 0 {
		return nil, fmt.Errorf("the device does not open (%w)", avError(n))
	}
	var err error
	if s.frame, err = newAVFrame(); err == nil {
		if s.down = C.av_frame_alloc(); s.down == nil {
			err = errors.New("out of memory")
		}
	}
	if err == nil {
		err = s.renew()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// leader is the decoder of FFmpeg's that leads the hardware; dav1d knows none, so AV1 has another
// one than in software.
func leader(codec media.Codec) *C.AVCodec {
	name, ok := map[media.Codec]string{
		media.H264: "h264", media.VP8: "vp8", media.VP9: "vp9",
		media.AV1: "av1",
	}[codec]
	if !ok {
		return nil
	}
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.avcodec_find_decoder_by_name(c)
}

func (s *surfaces) renew() error {
	C.avcodec_free_context(&s.context)
	var n C.int
	if s.context = C.hl_hw_open(s.codec, s.device, s.format, livePixels, &n); s.context == nil {
		return fmt.Errorf("its decoder does not open (%w)", avError(n))
	}
	return nil
}

func (s *surfaces) decode(packet *avPacket, fresh bool, pool *media.Pool) (*media.Frame, error) {
	if fresh {
		if err := s.renew(); err != nil {
			return nil, err
		}
	}
	if n := C.avcodec_send_packet(s.context, packet.packet); n < 0 {
		return nil, avError(n)
	}
	var newest *media.Frame
	for {
		switch n := C.avcodec_receive_frame(s.context, s.frame.c()); {
		case n == C.int(astiav.ErrEagain):
			return newest, nil
		case n < 0:
			drop(newest)
			return nil, avError(n)
		}
		drop(newest)
		var err error
		if newest, err = s.download(pool); err != nil {
			return nil, err
		}
	}
}

// drop releases a frame that may be nil.
func drop(f *media.Frame) {
	if f != nil {
		f.Release()
	}
}

func (s *surfaces) download(pool *media.Pool) (*media.Frame, error) {
	if s.frame.damaged() {
		return nil, ErrDamaged
	}
	if n := C.hl_hw_download(s.down, s.frame.c()); n < 0 {
		return nil, fmt.Errorf("its frame cannot be copied to memory (%w)", avError(n))
	}
	return s.frame.copyFrom(s.down, pool)
}

func (s *surfaces) close() {
	C.avcodec_free_context(&s.context)
	if s.frame != nil {
		s.frame.free()
	}
	C.av_frame_free(&s.down)
	C.av_buffer_unref(&s.device)
}
