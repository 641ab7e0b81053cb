package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"handlens/media"
)

// rtpRate is the clock of every video payload format, in ticks a second (RFC 3551, section 5).
const rtpRate = 90000

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
	} else if m.matroska {
		video.avg_frame_rate = C.AVRational{nominalRate, 1}
	}
	if !m.audio {
		return nil
	}
	sound := C.avformat_new_stream(m.format, nil)
	if sound == nil {
		return errors.New("out of memory")
	}
	sound.time_base = C.AVRational{1, opusSampleRate}
	p := sound.codecpar
	p.codec_type, p.codec_id, p.sample_rate = C.AVMEDIA_TYPE_AUDIO, C.AV_CODEC_ID_OPUS,
		opusSampleRate
	// what a decoder needs to settle (RFC 7845, section 4.6)
	p.seek_preroll = opusSampleRate * 80 / 1000
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

// received describes a stream that came over the network by its first frame.
func received(p *C.AVCodecParameters, o MuxerOptions) error {
	p.codec_type, p.width, p.height = C.AVMEDIA_TYPE_VIDEO, C.int(o.Width), C.int(o.Height)
	switch o.Codec {
	case media.H264:
		p.codec_id = C.AV_CODEC_ID_H264
		sets := parameterSets(o.FirstKey)
		if sets == nil {
			return fmt.Errorf("%w: the first H.264 frame has no parameter sets", ErrDamaged)
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
			return fmt.Errorf("%w: the first AV1 frame has no sequence header", ErrDamaged)
		}
		return setExtradata(p, header)
	default:
		return fmt.Errorf("%v: %w", o.Codec, ErrCodec)
	}
	return nil
}
