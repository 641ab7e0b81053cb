package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"time"
	"unsafe"

	"handlens/media/inputfile"
)

// ErrNoAudio says that a file has no track of Opus.
var ErrNoAudio = errors.New("there is no Opus audio in it")

// AudioReader reads the packets of a file's Opus track, as they are. One goroutine at a time.
type AudioReader struct {
	path   string
	in     *C.AVFormatContext
	packet *C.AVPacket
	stream int
}

// OpenAudio opens the audio of a file. It fails with ErrNoAudio when there is none. The caller
// closes it.
func OpenAudio(path string) (*AudioReader, error) {
	s := &AudioReader{path: path, packet: C.av_packet_alloc()}
	if err := s.open(); err != nil {
		s.Close()
		return nil, fmt.Errorf("opening the audio of %s: %w", path, err)
	}
	return s, nil
}

func (s *AudioReader) open() error {
	if s.packet == nil {
		return errors.New("out of memory")
	}
	if _, err := inputfile.Stat(s.path); err != nil {
		return err
	}
	name := C.CString("file:" + s.path)
	defer C.free(unsafe.Pointer(name))
	if n := C.avformat_open_input(&s.in, name, nil, nil); n < 0 {
		return fmt.Errorf("%w: in no known format, or cut off (%w)", ErrNotVideo, systemError(n))
	}
	if n := C.avformat_find_stream_info(s.in, nil); n < 0 {
		return fmt.Errorf("%w: its streams make no sense (%w)", ErrNotVideo, systemError(n))
	}
	s.stream = -1
	for i, t := range unsafe.Slice(s.in.streams, int(s.in.nb_streams)) {
		if s.stream < 0 && t.codecpar.codec_id == C.AV_CODEC_ID_OPUS {
			s.stream = i
			continue
		}
		t.discard = C.AVDISCARD_ALL
	}
	if s.stream < 0 {
		return ErrNoAudio
	}
	return nil
}

// Next returns the next packet and its time in the file, or io.EOF. The packet is the caller's.
func (s *AudioReader) Next() ([]byte, time.Duration, error) {
	if s.in == nil {
		return nil, 0, fmt.Errorf("reading the audio of %s: %w", s.path, ErrClosed)
	}
	for {
		// A file that is cut off ends where it does.
		if C.av_read_frame(s.in, s.packet) < 0 {
			return nil, 0, io.EOF
		}
		p := s.packet
		ours := int(p.stream_index) == s.stream && p.flags&C.AV_PKT_FLAG_CORRUPT == 0 &&
			p.size > 0 && p.pts != C.AV_NOPTS_VALUE
		var data []byte
		var at time.Duration
		if ours {
			data = C.GoBytes(unsafe.Pointer(p.data), p.size)
			at = span(p.pts, unsafe.Slice(s.in.streams, int(s.in.nb_streams))[s.stream].time_base)
		}
		C.av_packet_unref(p)
		if ours {
			return data, at, nil
		}
	}
}

// Close frees everything. It may be called again.
func (s *AudioReader) Close() {
	C.av_packet_free(&s.packet)
	C.avformat_close_input(&s.in)
}
