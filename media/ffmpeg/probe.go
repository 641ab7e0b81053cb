package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"time"
	"unsafe"
)

// FileInfo is what a recording's file holds, by reading it to the end.
type FileInfo struct {
	Width, Height int
	// Video and Audio are FFmpeg's names of the codecs, "" for none.
	Video, Audio string
	// FPS is the rate that the file claims, or that its first frames have; 0 for none.
	FPS float64
	// Frames and AudioPackets count what can be read.
	Frames, AudioPackets int
	// Length is from the first frame to the end of the last one, AudioLength the same of the
	// audio.
	Length, AudioLength time.Duration
	// Fragmented and IndexFirst are for MP4: in fragments, or ordinary with the index before the
	// frames.
	Fragmented, IndexFirst bool
}

// Probe reads a recording to its end. A file that is cut off tells of what is whole.
func Probe(path string) (FileInfo, error) {
	var info FileInfo
	if err := info.boxes(path); err != nil {
		return info, fmt.Errorf("reading %s: %w", path, err)
	}
	if err := info.packets(path); err != nil {
		return info, fmt.Errorf("reading %s: %w", path, err)
	}
	return info, nil
}

// Length is how long a recording plays, as its file says; one in fragments, which does not say so,
// is read to its end.
func Length(path string) (time.Duration, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	size, err := completeBoxes(path)
	if err != nil {
		return 0, fmt.Errorf("reading %s: %w", path, err)
	}
	var in *C.AVFormatContext
	if n := C.hl_open_head(&in, name, C.int64_t(size)); n < 0 {
		return 0, fmt.Errorf("reading %s: %w (%w)", path, ErrNotVideo, systemError(n))
	}
	ticks := in.duration
	C.hl_close_head(&in)
	if ticks > 0 {
		return time.Duration(ticks) * time.Second / C.AV_TIME_BASE, nil
	}
	info, err := Probe(path)
	return max(info.Length, info.AudioLength), err
}

func (i *FileInfo) packets(path string) error {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	size, err := completeBoxes(path)
	if err != nil {
		return err
	}
	var in *C.AVFormatContext
	if n := C.hl_open_head(&in, name, C.int64_t(size)); n < 0 {
		return fmt.Errorf("%w: in no known format, or cut off (%w)", ErrNotVideo, systemError(n))
	}
	defer C.hl_close_head(&in)
	if n := C.avformat_find_stream_info(in, nil); n < 0 {
		return fmt.Errorf("%w: its streams make no sense (%w)", ErrNotVideo, systemError(n))
	}
	p := C.av_packet_alloc()
	if p == nil {
		return errors.New("out of memory")
	}
	defer C.av_packet_free(&p)
	streams := unsafe.Slice(in.streams, int(in.nb_streams))
	for _, s := range streams {
		i.stream(s)
	}
	var first [2]bool
	var begin [2]time.Duration
	for C.av_read_frame(in, p) >= 0 {
		s := streams[p.stream_index]
		kind, count, length := 0, &i.Frames, &i.Length
		if s.codecpar.codec_type == C.AVMEDIA_TYPE_AUDIO {
			kind, count, length = 1, &i.AudioPackets, &i.AudioLength
		}
		if s.codecpar.codec_type == C.AVMEDIA_TYPE_VIDEO || kind == 1 {
			at := span(p.pts, s.time_base)
			if !first[kind] {
				first[kind], begin[kind] = true, at
			}
			*count++
			*length = max(*length, at+span(p.duration, s.time_base)-begin[kind])
		}
		C.av_packet_unref(p)
	}
	return nil
}

// stream notes what a file says of one of its streams.
func (i *FileInfo) stream(s *C.AVStream) {
	codec := C.GoString(C.avcodec_get_name(s.codecpar.codec_id))
	switch s.codecpar.codec_type {
	case C.AVMEDIA_TYPE_VIDEO:
		i.Video, i.Width, i.Height = codec, int(s.codecpar.width), int(s.codecpar.height)
		if r := s.avg_frame_rate; r.den > 0 {
			i.FPS = float64(r.num) / float64(r.den)
		}
	case C.AVMEDIA_TYPE_AUDIO:
		i.Audio = codec
	}
}

func span(ticks C.int64_t, base C.AVRational) time.Duration {
	return time.Duration(
		float64(ticks) * float64(base.num) / float64(base.den) * float64(time.Second))
}

// boxes looks at the order of an MP4's boxes.
func (i *FileInfo) boxes(path string) error {
	data := false
	_, err := walkBoxes(path, func(kind string, _ int64) {
		switch kind {
		case "moov":
			i.IndexFirst = !data
		case "moof":
			i.Fragmented = true
		case "mdat":
			data = true
		}
	})
	i.IndexFirst = i.IndexFirst && !i.Fragmented
	return err
}
