package ffmpeg

// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

const (
	// selfTestFrames are encoded for a proof: more than encoders hold back.
	selfTestFrames = 8
	// selfTestStep is between them: some key frames fall due.
	selfTestStep = 300 * time.Millisecond
	// selfTestTimeout is how long all may take; a machine that needs longer cannot record.
	selfTestTimeout = 5 * time.Second
	// selfTestError is how far, on average, a sample may be off after coding and decoding a smooth
	// frame.
	selfTestError = 6
)

var errSlow = fmt.Errorf("too slow: encoding %d frames took more than %v", selfTestFrames,
	selfTestTimeout)

// selfTestInTime gives up on an encoder that hangs. Its goroutine and what it holds are then lost,
// once a process and size: nothing can end a call into a driver. A driver that crashes takes the
// program with it; only another process could be spared that.
func selfTestInTime(k encoderKind, o EncoderOptions) error {
	done := make(chan error, 1)
	go func() { done <- runSelfTest(k, o) }()
	limit := time.NewTimer(2 * selfTestTimeout)
	defer limit.Stop()
	select {
	case err := <-done:
		return err
	case <-limit.C:
		return errSlow
	}
}

// runSelfTest codes a few frames, decodes them back as a player of the file would, and compares
// them.
func runSelfTest(k encoderKind, o EncoderOptions) error {
	if astiav.FindEncoderByName(k.name) == nil {
		return errors.New("not built in")
	}
	e, err := newEncoder(k, o)
	if err != nil {
		return fmt.Errorf("it does not open here, so there is no such device or no driver for it "+
			"(%w)", err)
	}
	defer e.Close()
	p, err := newSelfTest(e)
	if err != nil {
		return err
	}
	defer p.free()
	began := time.Now()
	for i := range selfTestFrames {
		f, err := p.draw(i)
		if err != nil {
			return err
		}
		err = e.Encode(f, time.Duration(i)*selfTestStep, p.check)
		f.Release()
		if err != nil {
			return err
		}
		if time.Since(began) > selfTestTimeout {
			return errSlow
		}
	}
	if err := e.Flush(p.check); err != nil {
		return err
	}
	if err := p.decode(nil); err != nil {
		return err
	}
	switch {
	case p.back != selfTestFrames:
		return fmt.Errorf("it was given %d frames and %d came out", selfTestFrames, p.back)
	case p.keys < 2:
		return errors.New("it does not make key frames when it is asked to")
	}
	return nil
}

// selfTest decodes what an encoder made and compares.
type selfTest struct {
	options    EncoderOptions
	decoder    *astiav.CodecContext
	packet     *avPacket
	frame      *avFrame
	pool       media.Pool
	keys, back int
}

func newSelfTest(e *Encoder) (*selfTest, error) {
	p := &selfTest{options: e.options}
	described := astiav.AllocCodecParameters()
	if described == nil {
		return nil, errors.New("out of memory")
	}
	defer described.Free()
	err := described.FromCodecContext(e.context)
	if err == nil {
		p.decoder, err = openContext(astiav.FindDecoder(described.CodecID()), described,
			threading{lowDelay: true, threads: 1})
	}
	if err == nil {
		p.packet, err = newAVPacket()
	}
	if err == nil {
		p.frame, err = newAVFrame()
	}
	if err != nil {
		p.free()
		return nil, err
	}
	return p, nil
}

func (p *selfTest) free() {
	if p.decoder != nil {
		p.decoder.Free()
	}
	if p.packet != nil {
		p.packet.free()
	}
	if p.frame != nil {
		p.frame.free()
	}
}

// draw makes the frame of that number: smooth, so that every encoder that works can keep it, and
// moving.
func (p *selfTest) draw(n int) (*media.Frame, error) {
	o := p.options
	f, err := p.pool.Get(o.Width, o.Height, media.I420)
	if err != nil {
		return nil, err
	}
	f.Color = o.Color
	for i := range f.Plane {
		row := f.Plane[i][:f.Stride[i]]
		for x := range row {
			row[x] = byte(60 + 20*i + 8*n + 100*x/len(row))
		}
		for rest := f.Plane[i][len(row):]; len(rest) > 0; {
			rest = rest[copy(rest, row):]
		}
	}
	return f, nil
}

// check takes one encoded frame.
func (p *selfTest) check(c Encoded) error {
	if c.Key {
		p.keys++
	}
	if err := p.packet.fill(c.Data,
		int64(math.Round(float64(c.At)/float64(selfTestStep)))); err != nil {
		return err
	}
	return p.decode(p.packet.packet)
}

// decode feeds the decoder, at the end with nil, and compares what comes out.
func (p *selfTest) decode(packet *C.AVPacket) error {
	cc := (*C.AVCodecContext)(p.decoder.UnsafePointer())
	if n := C.avcodec_send_packet(cc, packet); n < 0 {
		return fmt.Errorf("its frames cannot be decoded (%w)", avError(n))
	}
	for C.avcodec_receive_frame(cc, p.frame.c()) >= 0 {
		got, err := p.frame.copyTo(&p.pool)
		if err != nil {
			return err
		}
		want, err := p.draw(int(p.frame.c().pts))
		if err == nil {
			if off := meanError(want, got); off > selfTestError {
				err = fmt.Errorf("its frames come out wrong (off by %.0f of 255)", off)
			}
			want.Release()
		}
		got.Release()
		if err != nil {
			return err
		}
		p.back++
	}
	return nil
}

// meanError is how far two frames of one size are apart on average, in the plane where they are
// farthest; 255 for frames of two sizes.
func meanError(a, b *media.Frame) float64 {
	if a.Width != b.Width || a.Height != b.Height {
		return 255
	}
	worst := 0.0
	for i := range a.Plane {
		w, h := a.Width, a.Height
		if i > 0 {
			w, h = (w+1)/2, (h+1)/2
		}
		sum := 0
		for y := range h {
			p, q := a.Plane[i][y*a.Stride[i]:], b.Plane[i][y*b.Stride[i]:]
			for x := range w {
				d := int(p[x]) - int(q[x])
				sum += max(d, -d)
			}
		}
		worst = max(worst, float64(sum)/float64(w*h))
	}
	return worst
}
