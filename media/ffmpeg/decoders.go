package ffmpeg

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"handlens/media"
)

// DecoderStatus says whether a decoder can be had on this machine.
type DecoderStatus struct {
	Codec media.Codec
	// Name is the one that [Options] takes ("software" for the one that is always there), Words
	// what people call it.
	Name, Label string
	Hardware    bool
	// Works says of hardware that its decoder opens, and that no stream of this process has refused
	// it. The proof itself needs a stream.
	Works bool
	// Why is a few words on what is wrong; "" when it works.
	Why string
}

// Decoders says of each codec and each way of decoding on this platform whether it can be had. It
// opens the devices, which may take a second.
func Decoders() []DecoderStatus {
	var all []DecoderStatus
	for _, codec := range []media.Codec{media.H264, media.VP8, media.VP9, media.AV1} {
		for _, k := range decoderKinds() {
			v := DecoderStatus{Codec: codec, Name: k.name, Label: k.label, Hardware: true}
			v.Why = k.whyNot(codec, 0)
			if v.Why == "" {
				v.Why = opensInTime(k, codec)
			}
			v.Works = v.Why == ""
			all = append(all, v)
		}
		v := DecoderStatus{
			Codec: codec, Name: software, Label: "FFmpeg",
			Works: findDecoder(codec) != nil,
		}
		if codec == media.AV1 {
			v.Label = "dav1d"
		}
		if !v.Works {
			v.Why = "not built in"
		}
		all = append(all, v)
	}
	return all
}

// software is the name of decoding without hardware.
const software = "software"

// openTime is how long a device may take to open.
const openTime = 5 * time.Second

// opensInTime says what keeps a decoder from opening, "" when nothing does. A driver that hangs
// keeps its goroutine.
func opensInTime(k decoderKind, codec media.Codec) string {
	done := make(chan error, 1)
	go func() {
		a, err := k.open(codec)
		if err == nil {
			a.close()
		}
		done <- err
	}()
	limit := time.NewTimer(openTime)
	defer limit.Stop()
	var err error
	select {
	case err = <-done:
	case <-limit.C:
		err = errHangs
		k.refuse(codec, err.Error(), 0)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

var errHangs = errors.New("its driver does not answer")

// refused is why a way of decoding is not taken in this process.
type refused struct {
	why string
	// upTo is the area of the frames for which that holds, in pixels; 0 for all.
	upTo int
}

// refusals remembers what streams have shown, by codec and kind, for the life of the process.
var refusals struct {
	sync.Mutex
	known map[string]refused
}

func (k decoderKind) id(codec media.Codec) string { return fmt.Sprint(k.name, " ", codec) }

// refuse remembers a fault for frames of up to that area; 0 for all.
func (k decoderKind) refuse(codec media.Codec, why string, upTo int) {
	refusals.Lock()
	defer refusals.Unlock()
	if refusals.known == nil {
		refusals.known = make(map[string]refused)
	}
	refusals.known[k.id(codec)] = refused{why: why, upTo: upTo}
}

// whyNot says why that way is not tried for frames of that area, "" when it may be. Area 0 is of
// no frame in particular.
func (k decoderKind) whyNot(codec media.Codec, area int) string {
	if why := k.missing(); why != "" {
		return why
	}
	refusals.Lock()
	defer refusals.Unlock()
	if r, ok := refusals.known[k.id(codec)]; ok && (r.upTo == 0 || area <= r.upTo) {
		return r.why
	}
	return ""
}
