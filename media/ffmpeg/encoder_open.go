package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"math"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// newEncoder opens an encoder of that kind, proved or not.
func newEncoder(k encoderKind, o EncoderOptions) (*Encoder, error) {
	codec := astiav.FindEncoderByName(k.name)
	if codec == nil {
		return nil, errors.New("not built in")
	}
	e := &Encoder{kind: k, options: o, packet: C.av_packet_alloc(), frame: C.av_frame_alloc()}
	if e.context = astiav.AllocCodecContext(codec); e.context == nil || e.packet == nil ||
		e.frame == nil {
		e.Close()
		return nil, errors.New("out of memory")
	}
	cc := e.context
	cc.SetWidth(o.Width)
	cc.SetHeight(o.Height)
	cc.SetPixelFormat(astiav.PixelFormatYuv420P)
	cc.SetTimeBase(astiav.NewRational(1, k.timeBase()))
	cc.SetFramerate(astiav.NewRational(int(math.Round(o.FPS)), 1))
	cc.SetBitRate(int64(o.Bitrate))
	// A scene that changes at once may have more for a moment.
	cc.SetRateControlMaxRate(int64(o.Bitrate) * 3 / 2)
	cc.SetRateControlBufferSize(o.Bitrate)
	// an upper bound: Encode asks for key frames by time
	cc.SetGopSize(max(1, int(math.Round(o.FPS*2*keyInterval.Seconds()))))
	cc.SetMaxBFrames(0)
	if !k.inBand && !o.Live {
		// MP4 wants the parameters apart
		cc.SetFlags(cc.Flags().Add(astiav.CodecContextFlagGlobalHeader))
	}
	e.describeColor()
	options := astiav.NewDictionary()
	defer options.Free()
	for name, value := range k.options {
		if err := options.Set(name, value, 0); err != nil {
			e.Close()
			return nil, err
		}
	}
	if o.Live {
		if err := options.Set("profile", k.live, 0); err != nil {
			e.Close()
			return nil, err
		}
	}
	if k.threads > 0 {
		cc.SetThreadCount(k.threads)
	}
	if err := cc.Open(codec, options); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// describeColor notes matrix and range in the stream. The primaries of a browser's camera are those
// of sRGB, which are BT.709's.
func (e *Encoder) describeColor() {
	cc, c := e.context, e.options.Color
	cc.SetColorPrimaries(astiav.ColorPrimariesBt709)
	cc.SetColorTransferCharacteristic(astiav.ColorTransferCharacteristicBt709)
	cc.SetColorSpace(astiav.ColorSpaceSmpte170M)
	if c.Matrix == media.BT709 {
		cc.SetColorSpace(astiav.ColorSpaceBt709)
	}
	cc.SetColorRange(astiav.ColorRangeMpeg)
	if c.FullRange {
		cc.SetColorRange(astiav.ColorRangeJpeg)
	}
}

// timeBase is how many ticks a second the encoder's times have. MPEG-4 Part 2 has no finer ones
// than 1/65535.
func (k encoderKind) timeBase() int {
	if k.name == "mpeg4" {
		return 60000
	}
	return rtpRate
}

// threadsFor leaves the other half of the processors to decoding, detecting and painting.
func threadsFor(processors int) int { return max(1, min(processors/2, 4)) }
