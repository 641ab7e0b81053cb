package ffmpeg

// #include "shim.h"
import "C"

import (
	"slices"
	"strings"
	"time"

	"github.com/asticode/go-astiav"

	"handlens/media/filekind"
	"handlens/media/inputfile"
)

// extent compares how long a file says that it is with how much of it there is.
type extent struct {
	// claimed is what its head says, in seconds; 0 when that is not said, or guessed.
	claimed float64
	start   float64   // of the first packet, as the file counts
	end     float64   // of the packet that ends last, of any stream
	ticks   []float64 // of each stream, in seconds
	tail    int       // packets of the video after the last good one
}

// tellsLength are the formats whose heads say how long the file is; of others FFmpeg measures or
// guesses it.
var tellsLength = []string{"mov", "matroska", "avi", "asf", "flv"}

func (e *extent) begin(f *astiav.FormatContext) {
	for _, s := range f.Streams() {
		tick := 0.0
		if base := s.TimeBase(); base.Den() > 0 {
			tick = float64(base.Num()) / float64(base.Den())
		}
		e.ticks = append(e.ticks, tick)
	}
	if t := f.StartTime(); t != astiav.NoPtsValue {
		e.start = float64(t) / float64(astiav.TimeBase)
	}
	name, _, _ := strings.Cut(f.InputFormat().Name(), ",")
	s := float64(f.Duration()) / float64(astiav.TimeBase)
	if slices.Contains(tellsLength, name) && s > 0 && s < maxSeconds {
		e.claimed = s
	}
}

// add takes note of a packet of any stream. What was cut off in its middle adds no time.
func (e *extent) add(p *astiav.Packet) {
	at, i := p.Pts(), p.StreamIndex()
	if at == astiav.NoPtsValue {
		at = p.Dts()
	}
	if at == astiav.NoPtsValue || i < 0 || i >= len(e.ticks) ||
		p.Flags().Has(astiav.PacketFlagCorrupt) {
		return
	}
	e.end = max(e.end, float64(at+p.Duration())*e.ticks[i]-e.start)
}

// A file that lacks this much of what its head says is cut off, even if nothing else says so: heads
// are often a little wrong.
const (
	missingSeconds = 0.5
	missingPart    = 0.02
)

// Cut says, once Next has come to the end, whether the file ends before what it says of itself, how
// much video was there, and how much there should have been: 0 for unknown.
func (r *Reader) Cut() (cut bool, there, claimed time.Duration) {
	if !r.draining {
		return false, 0, 0
	}
	missing := r.extent.claimed - r.extent.end
	cut = missing > max(missingSeconds, missingPart*r.extent.claimed) || r.endsInside()
	there = r.times.last + r.times.step
	if claimed = time.Duration(r.extent.claimed * float64(time.Second)); claimed <= there {
		claimed = 0
	}
	return cut, there, claimed
}

// endsInside says whether a part of the file claims to go on after its end.
func (r *Reader) endsInside() bool {
	f, err := inputfile.Open(r.path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	return err == nil && filekind.CutOff(f, info.Size())
}

// whyUnknown says what is wrong with a file that no demuxer takes.
func whyUnknown(path string) string {
	const unknown = "in no known format, or cut off"
	f, err := inputfile.Open(path)
	if err != nil {
		return unknown
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return unknown
	}
	kind := filekind.Of(f, info.Size(), path)
	index := false
	size, err := walkBoxes(path, func(name string, _ int64) { index = index || name == "moov" })
	switch {
	case kind.Class != filekind.Film || err != nil:
		return unknown
	case filekind.CutOff(f, size):
		return "it is " + kind.Name +
			", and cut off before the index that tells where its frames " +
			"are: copy or download it again"
	case !index && (kind.Name == "MP4" || kind.Name == "MOV"):
		return "it is " + kind.Name + " without the index that tells where its frames are: the " +
			"recording was never finished"
	}
	return "it is " + kind.Name + ", and damaged"
}

// unreadCodec names what the video of a file is coded in.
func unreadCodec(f *astiav.FormatContext) string {
	for _, s := range f.Streams() {
		p := s.CodecParameters()
		if p.MediaType() != astiav.MediaTypeVideo {
			continue
		}
		if d := C.avcodec_descriptor_get(C.enum_AVCodecID(p.CodecID())); d != nil &&
			p.CodecID() != 0 {
			return C.GoString(d.long_name)
		}
		tag := uint32(p.CodecTag())
		name := []byte{byte(tag), byte(tag >> 8), byte(tag >> 16), byte(tag >> 24)}
		for i, b := range name {
			if b < ' ' || b > '~' {
				name[i] = '?'
			}
		}
		return string(name)
	}
	return "an unknown format"
}
