package ffmpeg

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// posing is a decoder in software that poses as hardware, with the faults of drivers.
type posing struct {
	inner *Decoder
	n     int
	// after frame n, counted from 0, was decoded
	fault func(n int, f *media.Frame) (*media.Frame, error)
}

func (a *posing) decode(packet *avPacket, _ bool, pool *media.Pool) (*media.Frame, error) {
	var out *media.Frame
	a.inner.pool = pool
	p := media.Packet{
		Codec: a.inner.codec, Data: packet.buffer[:int(packet.packet.size)],
		Key: true,
	}
	if err := a.inner.Decode(p, func(f *media.Frame) { out = f.Retain() }); err != nil {
		return nil, err
	}
	a.n++
	return a.fault(a.n-1, out)
}

func (a *posing) close() { a.inner.Close() }

func fine(_ int, f *media.Frame) (*media.Frame, error) { return f, nil }

// runTrial decodes a clip ten times over by a decoder with such hardware, asking for key frames
// like a session does.
func runTrial(t *testing.T, codec media.Codec, k decoderKind, allowance time.Duration) (frames,
	damaged int, said []string, d *Decoder,
) {
	t.Helper()
	var pool media.Pool
	d, err := OpenDecoder(codec, &pool, Options{
		Hardware: "auto", Failed: func(err error) { said = append(said, err.Error()) },
		kinds:     []decoderKind{k},
		allowance: allowance,
	})
	if err != nil {
		t.Fatal(err)
	}
	clip := livePackets(t, codec, false)
	for i := range 10 * len(clip) {
		err := d.Decode(clip[i%len(clip)], func(f *media.Frame) {
			frames++
			what := fmt.Sprintf("picture %d", i)
			img := rgba(t, f)
			checkCorners(t, what, img, uprightCorners)
			checkBar(t, what, img, i%len(clip))
		})
		switch {
		case errors.Is(err, ErrDamaged):
			damaged++
		case err != nil && !errors.Is(err, ErrNeedKey):
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { d.Close(); closed(t, &pool) })
	return frames, damaged, said, d
}

func poseAs(t *testing.T, fault func(int, *media.Frame) (*media.Frame, error)) decoderKind {
	return decoderKind{
		name: t.Name(), label: "Posing", missing: func() string { return "" },
		open: func(c media.Codec) (accelerator, error) {
			inner, err := NewDecoder(c, nil)
			return &posing{inner: inner, fault: fault}, err
		},
	}
}

func TestHardwareIsTrustedWhenItShowsTheSame(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			frames, damaged, said, d := runTrial(t, codec, poseAs(t, fine), time.Hour)
			if frames != 80 || damaged != 0 || len(said) != 0 || d.Hardware() != "Posing" ||
				d.context != nil {
				t.Errorf("%d frames, %d damaged, said %q, decoded by %q", frames, damaged, said,
					d.Hardware())
			}
		})
	}
}

// While hardware is on trial no frame of it is shown, whatever it does, and none is lost.
func TestHardwareIsRefused(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	var held *media.Frame
	for name, c := range map[string]struct {
		fault func(int, *media.Frame) (*media.Frame, error)
		why   string
	}{
		"wrong colours": {func(_ int, f *media.Frame) (*media.Frame, error) {
			f.Plane[1], f.Plane[2] = f.Plane[2], f.Plane[1]
			return f, nil
		}, "come out wrong"},
		"other range": {func(_ int, f *media.Frame) (*media.Frame, error) {
			f.Color.FullRange = true
			return f, nil
		}, "other colours"},
		"holds back": {func(_ int, f *media.Frame) (*media.Frame, error) {
			f, held = held, f
			return f, nil
		}, "holds frames back"},
		"fails": {func(n int, f *media.Frame) (*media.Frame, error) {
			if n < 5 {
				return f, nil
			}
			f.Release()
			return nil, errors.New("no more surfaces")
		}, "no more surfaces"},
		"slow": {func(_ int, f *media.Frame) (*media.Frame, error) {
			time.Sleep(20 * time.Millisecond)
			return f, nil
		}, "a frame, the processor"},
		"hangs": {func(_ int, f *media.Frame) (*media.Frame, error) {
			f.Release()
			<-stuck
			return nil, nil
		}, "did not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			checkRefused(t, c.fault, c.why)
			drop(held)
			held = nil
		})
	}
}

func checkRefused(t *testing.T, fault func(int, *media.Frame) (*media.Frame, error), why string) {
	k := poseAs(t, fault)
	frames, damaged, _, d := runTrial(t, media.VP8, k, 0)
	if frames != 80 || damaged != 0 || d.Hardware() != "" {
		t.Errorf("%d frames, %d damaged, decoded by %q", frames, damaged, d.Hardware())
	}
	if got := k.whyNot(media.VP8, 96*64); !strings.Contains(got, why) {
		t.Errorf("remembered %q, want %q", got, why)
	}
}

func TestHardwareThatDoesNotOpen(t *testing.T) {
	k := poseAs(t, fine)
	k.open = func(media.Codec) (accelerator, error) { return nil, errors.New("no device") }
	frames, _, _, d := runTrial(t, media.H264, k, 0)
	if why := k.whyNot(media.H264, 0); frames != 80 || d.Hardware() != "" || why != "no device" {
		t.Errorf("%d frames, decoded by %q, remembered %q", frames, d.Hardware(), why)
	}
}

// A trusted driver that fails costs the frames up to the next key frame, here three, and one
// sentence.
func TestHardwareFailsInTheMiddle(t *testing.T) {
	stuck := make(chan struct{})
	defer close(stuck)
	for name, failing := range map[string]func() (*media.Frame, error){
		"error":      func() (*media.Frame, error) { return nil, errors.New("device lost") },
		"no picture": func() (*media.Frame, error) { return nil, nil },
		"hangs":      func() (*media.Frame, error) { <-stuck; return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			frames, damaged, said, d := runTrial(t, media.H264,
				poseAs(t, func(n int, f *media.Frame) (*media.Frame, error) {
					if n < 41 {
						return f, nil
					}
					f.Release()
					return failing()
				}), time.Hour)
			if frames != 80-3 || damaged != 1 || len(said) != 1 || d.Hardware() != "" {
				t.Errorf("%d frames, %d damaged, said %q, decoded by %q", frames, damaged, said,
					d.Hardware())
			}
		})
	}
}
