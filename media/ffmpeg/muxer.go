package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"
	"time"
	"unsafe"

	"handlens/media"
)

// MuxerOptions says what goes into a file.
type MuxerOptions struct {
	// Encoder makes the pictures; or else they are received ones of this Codec and size, and FirstKey is the first of them, a key frame.
	Encoder       *Encoder
	Codec         media.Codec
	Width, Height int
	FirstKey      []byte
	// Sound makes a track of Opus.
	Sound bool
	// FragmentEvery is how much of the film is written at once; 0 means a second.
	FragmentEvery time.Duration
}

// Muxer writes coded pictures and sound into a file. One goroutine at a time, but Bytes and Sync, which any may call.
type Muxer struct {
	file    *os.File // the same file that FFmpeg writes, for Bytes and Sync
	format  *C.AVFormatContext
	packet  *payload
	every   time.Duration
	begun   bool
	cut     time.Duration // when the newest fragment began
	last    time.Duration
	heard   time.Duration
	held    []byte // the newest picture, written when it is known how long it lasts
	heldKey bool
	sound   bool
	spoken  []byte // the newest packet of sound, held back likewise
	closed  bool
	failure error
}

// lastPicture is how long the last picture of all is shown.
const lastPicture = time.Second / 30

// CreateMP4 makes a new MP4 file in fragments, which plays up to the last whole one whatever happens. Its errors, like those of all methods,
// keep their cause: errors.Is(err, syscall.ENOSPC) tells of a full disk.
func CreateMP4(path string, o MuxerOptions) (*Muxer, error) {
	// Each fragment stands for itself and is cut by us.
	return createMuxer(path, "mp4", map[string]string{"movflags": "frag_custom+empty_moov+default_base_moof+skip_trailer"}, o)
}

// CreateMatroska makes a new Matroska file, which takes every codec that phones send and pictures whose size changes.
func CreateMatroska(path string, o MuxerOptions) (*Muxer, error) {
	return createMuxer(path, "matroska", map[string]string{"cluster_time_limit": "1000", "flush_packets": "0", "allow_raw_vfw": "0"}, o)
}

func createMuxer(path, name string, options map[string]string, o MuxerOptions) (*Muxer, error) {
	m := &Muxer{every: o.FragmentEvery, sound: o.Sound, last: -1, heard: -1}
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
	if m.packet, err = newPayload(); err != nil {
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

// systemError gives an error of the operating system, which FFmpeg passes on as its negative number, its own type.
func systemError(n C.int) error {
	if n < 0 && n > -200 {
		return syscall.Errno(-n)
	}
	return avError(n)
}

// describe makes the tracks.
func (m *Muxer) describe(o MuxerOptions) error {
	video := C.avformat_new_stream(m.format, nil)
	if video == nil {
		return errors.New("out of memory")
	}
	video.time_base = C.AVRational{1, rtpRate}
	if o.Encoder != nil {
		cc := (*C.AVCodecContext)(o.Encoder.context.UnsafePointer())
		if n := C.avcodec_parameters_from_context(video.codecpar, cc); n < 0 {
			return avError(n)
		}
		video.codecpar.codec_tag = 0
		video.avg_frame_rate = C.AVRational{C.int(math.Round(o.Encoder.options.FPS)), 1}
	} else if err := received(video.codecpar, o); err != nil {
		return err
	}
	if !m.sound {
		return nil
	}
	sound := C.avformat_new_stream(m.format, nil)
	if sound == nil {
		return errors.New("out of memory")
	}
	sound.time_base = C.AVRational{1, opusSampleRate}
	p := sound.codecpar
	p.codec_type, p.codec_id, p.sample_rate = C.AVMEDIA_TYPE_AUDIO, C.AV_CODEC_ID_OPUS, opusSampleRate
	C.av_channel_layout_default(&p.ch_layout, 2)
	return setExtradata(p, opusHead)
}

// setExtradata gives a track a copy of its codec's parameters, with the padding that FFmpeg wants.
func setExtradata(p *C.AVCodecParameters, b []byte) error {
	c := C.av_mallocz(C.size_t(len(b) + padding))
	if c == nil {
		return errors.New("out of memory")
	}
	copy(unsafe.Slice((*byte)(c), len(b)), b)
	p.extradata, p.extradata_size = (*C.uint8_t)(c), C.int(len(b))
	return nil
}

// received describes a stream that came over the network by its first picture.
func received(p *C.AVCodecParameters, o MuxerOptions) error {
	p.codec_type, p.width, p.height = C.AVMEDIA_TYPE_VIDEO, C.int(o.Width), C.int(o.Height)
	switch o.Codec {
	case media.H264:
		p.codec_id = C.AV_CODEC_ID_H264
		sets := parameterSets(o.FirstKey)
		if sets == nil {
			return fmt.Errorf("%w: the first H.264 picture has no parameter sets", ErrDamaged)
		}
		return setExtradata(p, sets)
	case media.VP8:
		p.codec_id = C.AV_CODEC_ID_VP8
	case media.VP9:
		p.codec_id = C.AV_CODEC_ID_VP9
	case media.AV1:
		p.codec_id = C.AV_CODEC_ID_AV1
		header := sequenceHeader(o.FirstKey)
		if header == nil {
			return fmt.Errorf("%w: the first AV1 picture has no sequence header", ErrDamaged)
		}
		return setExtradata(p, header)
	default:
		return fmt.Errorf("%v: %w", o.Codec, ErrCodec)
	}
	return nil
}

// Video writes one coded picture. Times must grow. Each picture lasts until the next one, so it is written when that one comes.
func (m *Muxer) Video(data []byte, key bool, at time.Duration) error {
	if err := m.usable(); err != nil {
		return err
	}
	if at <= m.last {
		return fmt.Errorf("the picture's time %v does not lie after the one before", at)
	}
	if len(data) == 0 || len(data) > maxPayload {
		return fmt.Errorf("%w: a coded picture of %d bytes", ErrDamaged, len(data))
	}
	if err := m.writeHeld(at - m.last); err != nil {
		return err
	}
	if m.last >= 0 && at-m.cut >= m.every && (key || at-m.cut >= 2*m.every) {
		if err := m.Flush(); err != nil {
			return err
		}
		m.cut = at
	}
	m.held, m.heldKey, m.last = append(m.held[:0], data...), key, at
	return nil
}

// writeHeld writes the picture that was held back, which lasts that long.
func (m *Muxer) writeHeld(length time.Duration) error {
	if len(m.held) == 0 {
		return nil
	}
	err := m.write(0, m.held, m.heldKey, ticksOf(m.last), ticksOf(m.last+length)-ticksOf(m.last))
	m.held = m.held[:0]
	return err
}

// Sound writes one packet of Opus. What lies before the one before it, or makes no sense, is left out. Each packet lasts until the next one
// in the file, like a picture: where packets were lost, or the phone's clock drifts, MP4 would close up what comes in a later fragment.
func (m *Muxer) Sound(packet []byte, at time.Duration) error {
	if err := m.usable(); err != nil {
		return err
	}
	d := opusDuration(packet)
	if !m.sound || d == 0 || at < 0 || at <= m.heard {
		return nil
	}
	if err := m.writeSpoken(at); err != nil {
		return err
	}
	m.spoken, m.heard = append(m.spoken[:0], packet...), at
	return nil
}

// writeSpoken writes the sound that was held back, which lasts until then.
func (m *Muxer) writeSpoken(until time.Duration) error {
	if len(m.spoken) == 0 {
		return nil
	}
	err := m.write(1, m.spoken, true, samples(m.heard), samples(until)-samples(m.heard))
	m.spoken = m.spoken[:0]
	return err
}

func samples(d time.Duration) int64 {
	return int64(d/time.Second)*opusSampleRate + int64(d%time.Second)*opusSampleRate/int64(time.Second)
}

func ticksOf(d time.Duration) int64 {
	return int64(d/time.Second)*rtpRate + int64(d%time.Second)*rtpRate/int64(time.Second)
}

// write hands one packet to FFmpeg, which makes its own copy; times are in the ticks of pictures or of sound.
func (m *Muxer) write(track int, data []byte, key bool, at, length int64) error {
	if err := m.packet.fill(data, at); err != nil {
		return err
	}
	base := C.int(rtpRate)
	if track == 1 {
		base = opusSampleRate
	}
	if n := C.hl_mux(m.format, m.packet.packet, C.int(track), base, C.int64_t(at), C.int64_t(length), flag(key)); n < 0 {
		return m.fail(n)
	}
	return m.check()
}

// Flush ends the fragment and has it written to the file.
func (m *Muxer) Flush() error {
	if err := m.usable(); err != nil {
		return err
	}
	if n := C.av_write_frame(m.format, nil); n < 0 {
		return m.fail(n)
	}
	C.avio_flush(m.format.pb)
	return m.check()
}

// Bytes is how much was written so far.
func (m *Muxer) Bytes() int64 {
	st, err := m.file.Stat()
	if err != nil {
		return 0
	}
	return st.Size()
}

// Sync has what was written reach the disk.
func (m *Muxer) Sync() error { return m.file.Sync() }

func (m *Muxer) usable() error {
	if m.closed {
		return ErrClosed
	}
	return m.failure
}

// check asks for what FFmpeg's buffer met: it keeps the first error of the file and writes nothing behind it.
func (m *Muxer) check() error {
	if n := m.format.pb.error; n < 0 {
		return m.fail(n)
	}
	return nil
}

func (m *Muxer) fail(n C.int) error {
	if m.format.pb != nil && m.format.pb.error < 0 {
		n = m.format.pb.error // tells more than what the container makes of it
	}
	m.failure = systemError(n)
	return m.failure
}

// Close ends the file and frees everything. After a failure what was written before it stays. It may be called again.
func (m *Muxer) Close() error {
	if m.closed {
		return nil
	}
	if m.begun && m.failure == nil {
		_ = m.writeHeld(lastPicture) // a failure is kept
		if m.failure == nil {
			_ = m.writeSpoken(m.heard + opusDuration(m.spoken))
		}
	}
	m.closed = true
	err := m.failure
	if m.begun && err == nil {
		if n := C.av_write_trailer(m.format); n < 0 {
			err = m.fail(n)
		} else {
			C.avio_flush(m.format.pb)
			err = m.check()
		}
		if e := m.file.Sync(); err == nil {
			err = e
		}
	}
	if e := m.free(); err == nil {
		err = e
	}
	return err
}

func (m *Muxer) free() (err error) {
	if m.format != nil {
		if n := C.avio_closep(&m.format.pb); n < 0 && m.failure == nil {
			err = systemError(n)
		}
		C.avformat_free_context(m.format)
		m.format = nil
	}
	if m.packet != nil {
		m.packet.free()
		m.packet = nil
	}
	if m.file != nil {
		if e := m.file.Close(); err == nil {
			err = e
		}
	}
	return err
}
