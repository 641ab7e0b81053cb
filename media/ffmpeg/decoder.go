package ffmpeg

// #include <errno.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

// Decoder turns the encoded frames of one live stream into frames, each as soon as it can be had: a
// frame that is not reordered by its encoder (no phone does) comes out in the call that brought
// it in. It starts at a key frame, and after damage it waits for the next one, so that nothing
// built on a broken reference is ever shown. A change of size is normal. One goroutine at a time.
type Decoder struct {
	codec   media.Codec
	decoder *astiav.Codec
	pool    *media.Pool
	context *astiav.CodecContext
	packet  *avPacket
	frame   *avFrame

	synced bool   // a key frame was decoded and nothing broke since
	broken bool   // the context has seen damage
	seq    uint64 // frames emitted

	fed    int64            // packets fed, the PTS that FFmpeg sees
	stamps [stampRing]stamp // what is known of the packets in the decoder, by fed number

	trial *hwTrial // nil when only software may decode
}

// stampRing is more than any decoder holds back (H.264 allows 16).
const stampRing = 32

// stamp is what a frame inherits from its packet.
type stamp struct {
	pts                time.Duration
	rtp                uint32
	captured, received time.Time
}

// NewDecoder makes a software decoder whose frames come from the pool. It fails with ErrCodec for a
// codec that is none of the four.
func NewDecoder(codec media.Codec, pool *media.Pool) (*Decoder, error) {
	c := findDecoder(codec)
	if c == nil {
		return nil, fmt.Errorf("%v: %w", codec, ErrCodec)
	}
	d := &Decoder{codec: codec, decoder: c, pool: pool}
	var err error
	if d.frame, err = newAVFrame(); err != nil {
		return nil, fmt.Errorf("%v decoder: %w", codec, err)
	}
	if d.packet, err = newAVPacket(); err != nil {
		d.Close()
		return nil, fmt.Errorf("%v decoder: %w", codec, err)
	}
	if d.context, err = openContext(c, nil, liveThreading(codec)); err != nil {
		d.Close()
		return nil, fmt.Errorf("%v decoder: %w", codec, err)
	}
	return d, nil
}

func findDecoder(codec media.Codec) *astiav.Codec {
	switch codec {
	case media.H264:
		return astiav.FindDecoder(astiav.CodecIDH264)
	case media.VP8:
		return astiav.FindDecoder(astiav.CodecIDVp8)
	case media.VP9:
		return astiav.FindDecoder(astiav.CodecIDVp9)
	case media.AV1:
		return astiav.FindDecoderByName("libdav1d")
	}
	return nil
}

// threading is how a codec context may use the machine.
type threading struct {
	lowDelay bool
	threads  int
	kind     astiav.ThreadType
}

// maxThreads keeps several phones on one machine from asking for more threads than help.
const maxThreads = 4

// liveThreading threads only within a frame: threads across frames hold each one back. H.264 has
// one thread alone, because FFmpeg finds holes in a frame (error resilience) only then, and phones
// send one slice a frame anyway. dav1d takes "low delay" as a frame delay of one.
func liveThreading(codec media.Codec) threading {
	t := threading{
		lowDelay: true, threads: min(runtime.NumCPU(), maxThreads),
		kind: astiav.ThreadTypeSlice,
	}
	if codec == media.H264 {
		t.threads = 1
	}
	return t
}

// openContext makes and opens a codec context; parameters may be nil.
func openContext(c *astiav.Codec, parameters *astiav.CodecParameters,
	t threading,
) (*astiav.CodecContext, error) {
	cc := astiav.AllocCodecContext(c)
	if cc == nil {
		return nil, errors.New("out of memory")
	}
	if parameters != nil {
		if err := cc.FromCodecParameters(parameters); err != nil {
			cc.Free()
			return nil, err
		}
	}
	if t.lowDelay {
		cc.SetFlags(cc.Flags().Add(astiav.CodecContextFlagLowDelay))
	}
	cc.SetThreadCount(t.threads)
	cc.SetThreadType(t.kind)

	options := astiav.NewDictionary()
	defer options.Free()
	err := options.Set("max_pixels", strconv.Itoa(maxPixels), 0)
	if err == nil {
		err = cc.Open(c, options)
	}
	if err != nil {
		cc.Free()
		return nil, err
	}
	return cc, nil
}

// Decode feeds one complete encoded frame and calls emit for each frame that comes out, usually
// exactly one. Emit borrows its frame: it calls Retain to keep it. Width to Color, Seq, PTS, RTP,
// Captured, Received and Decoded are set. PTS to Received are the packet's.
//
// A frame that is broken gives ErrDamaged and no frame; it and every packet after it that is not
// a key frame (ErrNeedKey) call for asking the sender for a key frame. The Decoder stays usable
// after any error but ErrClosed and ErrCodec (a packet of another codec).
func (d *Decoder) Decode(p media.Packet, emit func(*media.Frame)) error {
	if d.packet == nil {
		return fmt.Errorf("decoding %v: %w", d.codec, ErrClosed)
	}
	if p.Codec != d.codec {
		return fmt.Errorf("decoding %v: a packet of %v: %w", d.codec, p.Codec, ErrCodec)
	}
	if !d.synced {
		if !p.Key {
			return fmt.Errorf("decoding %v: %w", d.codec, ErrNeedKey)
		}
		if err := d.renew(); err != nil {
			return fmt.Errorf("decoding %v: %w", d.codec, err)
		}
		d.synced = true
	}
	var err error
	if d.codec == media.VP9 {
		err = d.decodeLayers(p, emit)
	} else {
		err = d.decodeAny(p, emit)
	}
	if err != nil {
		d.synced, d.broken = false, true
		return fmt.Errorf("decoding %v: %w", d.codec, err)
	}
	return nil
}

// decodeLayers decodes a packet that may have one picture in several sizes (spatial layers), of
// which FFmpeg gives out each, and emits the largest. (dav1d picks it by itself.)
func (d *Decoder) decodeLayers(p media.Packet, emit func(*media.Frame)) error {
	var best *media.Frame
	err := d.decodeAny(p, func(f *media.Frame) {
		switch {
		case best == nil:
		case best.PTS != f.PTS: // of another packet
			emit(best)
			best.Release()
		default:
			d.seq--
			if f.Width*f.Height < best.Width*best.Height {
				return
			}
			f.Seq = d.seq
			best.Release()
		}
		best = f.Retain()
	})
	if best != nil {
		if err == nil {
			emit(best)
		}
		best.Release()
	}
	return err
}

// decodeAny decodes by what decodes this stream now.
func (d *Decoder) decodeAny(p media.Packet, emit func(*media.Frame)) error {
	switch {
	case d.trial == nil:
		return d.decode(p, emit)
	case d.trial.trusted:
		return d.decodeHardware(p, emit)
	}
	return d.decodeBoth(p, emit)
}

// renew replaces a context that has seen damage. Flushing it would not do: an H.264 decoder that
// once read a wrong parameter set goes on holding frames back, or taking their colours for
// others.
func (d *Decoder) renew() error {
	if !d.broken {
		return nil
	}
	fresh, err := openContext(d.decoder, nil, liveThreading(d.codec))
	if err != nil {
		return err
	}
	if d.context != nil {
		d.context.Free()
	}
	d.context, d.broken = fresh, false
	return nil
}

// note numbers a packet and remembers what its frame inherits.
func (d *Decoder) note(p media.Packet) {
	d.fed++
	d.stamps[d.fed%stampRing] = stamp{
		pts: p.PTS, rtp: p.RTP, captured: p.Captured, received: p.Received,
	}
}

func (d *Decoder) decode(p media.Packet, emit func(*media.Frame)) error {
	d.note(p)
	if err := d.packet.fill(p.Data, d.fed); err != nil {
		return err
	}
	// Called directly: the binding's packet cannot be reused, and it allocates an error for each
	// "no more".
	if n := C.avcodec_send_packet(d.c(), d.packet.packet); n < 0 {
		return decodeError(avError(n))
	}
	for {
		switch n := C.avcodec_receive_frame(d.c(), d.frame.c()); {
		case n == C.int(astiav.ErrEagain):
			return nil
		case n < 0:
			return decodeError(avError(n))
		}
		if err := d.emit(emit); err != nil {
			return err
		}
	}
}

// emit hands on the frame that was just received.
func (d *Decoder) emit(emit func(*media.Frame)) error {
	if d.frame.damaged() {
		return ErrDamaged
	}
	f, err := d.frame.copyTo(d.pool)
	if err != nil {
		return err
	}
	defer f.Release()
	d.emitFrame(f, int64(d.frame.c().pts), emit)
	return nil
}

// emitFrame stamps a frame with what is known of the packet of that number, and emits it.
func (d *Decoder) emitFrame(f *media.Frame, fed int64, emit func(*media.Frame)) {
	s := d.stamps[0]
	if fed > 0 && d.fed-fed < stampRing {
		s = d.stamps[fed%stampRing]
	}
	d.seq++
	f.Seq, f.PTS, f.RTP = d.seq, s.pts, s.rtp
	f.Captured, f.Received, f.Decoded = s.captured, s.received, time.Now()
	emit(f)
}

// errNoMemory is what FFmpeg says when it has no memory left.
var errNoMemory = avError(-C.ENOMEM)

// decodeError makes an ErrDamaged of what FFmpeg says of its input. A lack of memory is not the
// input's fault and stays as it is.
func decodeError(err error) error {
	if errors.Is(err, errNoMemory) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

func (d *Decoder) c() *C.AVCodecContext { return (*C.AVCodecContext)(d.context.UnsafePointer()) }

// Close ends the decoder's threads and frees its memory. Frames it emitted stay valid.
func (d *Decoder) Close() {
	d.endTrial()
	if d.context != nil {
		d.context.Free()
		d.context = nil
	}
	if d.packet != nil {
		d.packet.free()
		d.packet = nil
	}
	if d.frame != nil {
		d.frame.free()
		d.frame = nil
	}
}
