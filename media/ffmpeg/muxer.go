package ffmpeg

// #include "shim.h"
import "C"

import (
	"fmt"
	"os"
	"syscall"
	"time"
	"unsafe"

	"handlens/media"
)

// MuxerOptions says what goes into a file.
type MuxerOptions struct {
	// Encoder makes the frames; or else they are received ones of this Codec and size, and
	// FirstKey is the first of them, a key frame.
	Encoder       *Encoder
	Codec         media.Codec
	Width, Height int
	FirstKey      []byte
	// Audio makes a track of Opus.
	Audio bool
	// FragmentEvery is how much of the recording is written at once; 0 means a second.
	FragmentEvery time.Duration
}

// Muxer writes encoded frames and audio into a file. One goroutine at a time, but Bytes and Sync,
// which any may call.
type Muxer struct {
	file      *os.File // the same file that FFmpeg writes, for Bytes and Sync
	format    *C.AVFormatContext
	packet    *avPacket
	every     time.Duration
	begun     bool
	cut       time.Duration // when the newest fragment began
	lastVideo time.Duration
	lastAudio time.Duration
	heldVideo []byte // the newest frame, written when it is known how long it lasts
	heldKey   bool
	audio     bool
	heard     bool // there was some
	matroska  bool
	rate      frameRate
	heldAudio []byte // the newest audio packet, held back likewise
	closed    bool
	failure   error
}

// lastFrameLength is how long the last frame of all is shown.
const lastFrameLength = time.Second / 30

// CreateMP4 makes a new MP4 file in fragments, which plays up to the last whole one whatever
// happens. Its errors, like those of all methods, keep their cause: errors.Is(err, syscall.ENOSPC)
// tells of a full disk.
func CreateMP4(path string, o MuxerOptions) (*Muxer, error) {
	// Each fragment stands for itself and is cut by us.
	flags := "frag_custom+empty_moov+default_base_moof+skip_trailer"
	if o.Encoder != nil && len(o.Encoder.context.ExtraData()) == 0 {
		// its first frame has the parameters that the head needs, which is then written with the
		// first fragment
		flags += "+delay_moov"
	}
	return createMuxer(path, "mp4", map[string]string{"movflags": flags}, o)
}

// CreateMatroska makes a new Matroska file, which takes every codec that phones send and frames
// whose size changes.
func CreateMatroska(path string, o MuxerOptions) (*Muxer, error) {
	return createMuxer(path, "matroska",
		map[string]string{"cluster_time_limit": "1000", "flush_packets": "0", "allow_raw_vfw": "0"},
		o)
}

func createMuxer(path, name string, options map[string]string, o MuxerOptions) (*Muxer, error) {
	m := &Muxer{
		every: o.FragmentEvery, audio: o.Audio, matroska: name == "matroska",
		lastVideo: -1, lastAudio: -1,
	}
	if m.every <= 0 {
		m.every = time.Second
	}
	if err := m.open(path, name, options, o); err != nil {
		made := m.file != nil
		m.free()
		if made {
			os.Remove(path)
		}
		return nil, fmt.Errorf("making %s: %w", path, err)
	}
	return m, nil
}

func (m *Muxer) open(path, name string, options map[string]string, o MuxerOptions) (err error) {
	if m.packet, err = newAVPacket(); err != nil {
		return err
	}
	format, url := C.CString(name), C.CString("file:"+path)
	defer C.free(unsafe.Pointer(format))
	defer C.free(unsafe.Pointer(url))
	if n := C.avformat_alloc_output_context2(&m.format, nil, format, nil); n < 0 {
		return avError(n)
	}
	if err := m.describe(o); err != nil {
		return err
	}
	// FFmpeg would open over a file that is there.
	if m.file, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644); err != nil {
		return err
	}
	if n := C.avio_open(&m.format.pb, url, C.AVIO_FLAG_WRITE); n < 0 {
		return systemError(n)
	}
	var d *C.AVDictionary
	defer C.av_dict_free(&d)
	for k, v := range options {
		if err := setOption(&d, k, v); err != nil {
			return err
		}
	}
	if n := C.avformat_write_header(m.format, &d); n < 0 {
		return m.fail(n)
	}
	m.begun = true
	C.avio_flush(m.format.pb)
	return m.check()
}

func setOption(d **C.AVDictionary, key, value string) error {
	k, v := C.CString(key), C.CString(value)
	defer C.free(unsafe.Pointer(k))
	defer C.free(unsafe.Pointer(v))
	if n := C.av_dict_set(d, k, v, 0); n < 0 {
		return avError(n)
	}
	return nil
}

// systemError gives an error of the operating system, which FFmpeg passes on as its negative
// number, its own type.
func systemError(n C.int) error {
	if n < 0 && n > -200 {
		return syscall.Errno(-n)
	}
	return avError(n)
}
