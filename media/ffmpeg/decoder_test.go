package ffmpeg

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/asticode/go-astiav"

	"handlens/media"
)

var codecs = []media.Codec{media.H264, media.VP8, media.VP9, media.AV1}

func newTestDecoder(t testing.TB, codec media.Codec, pool *media.Pool) *Decoder {
	t.Helper()
	d, err := NewDecoder(codec, pool)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

func TestDecodeEachCodecWithoutDelay(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, codec, &pool)
			for i, p := range livePackets(t, codec, false) {
				frames := 0
				if err := d.Decode(p, func(f *media.Frame) {
					frames++
					what := fmt.Sprintf("picture %d", i)
					if f.Width != 96 || f.Height != 64 || f.Format != media.I420 ||
						f.Color != (media.Color{}) {
						t.Fatalf("%s: %d × %d, format %d, colour %+v", what, f.Width, f.Height,
							f.Format, f.Color)
					}
					if f.Seq != uint64(i+1) || f.PTS != p.PTS || f.RTP != p.RTP {
						t.Errorf("%s: Seq %d, PTS %v, want %v", what, f.Seq, f.PTS, p.PTS)
					}
					if f.Captured != p.Captured || f.Received != p.Received ||
						time.Since(f.Decoded) > time.Minute {
						t.Errorf("%s: captured %v, received %v, decoded %v", what, f.Captured,
							f.Received, f.Decoded)
					}
					img := rgba(t, f)
					checkCorners(t, what, img, uprightCorners)
					checkBar(t, what, img, i)
				}); err != nil {
					t.Fatal(err)
				}
				if frames != 1 {
					t.Fatalf("packet %d gave %d frames at once, want its own", i, frames)
				}
			}
			closed(t, &pool)
		})
	}
}

func TestDecodeChangeOfSize(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, codec, &pool)
			for round, small := range []bool{false, true, false} {
				want := [2]int{96, 64}
				if small {
					want = [2]int{64, 48}
				}
				for i, p := range livePackets(t, codec, small) {
					what := fmt.Sprintf("round %d, picture %d", round, i)
					frames := 0
					if err := d.Decode(p, func(f *media.Frame) {
						frames++
						if got := [2]int{f.Width, f.Height}; got != want {
							t.Fatalf("%s is %v, want %v", what, got, want)
						}
						checkCorners(t, what, rgba(t, f), uprightCorners)
					}); err != nil {
						t.Fatalf("%s: %v", what, err)
					}
					if frames != 1 {
						t.Fatalf("%s: %d frames", what, frames)
					}
				}
			}
			closed(t, &pool)
		})
	}
}

func TestDecodeWaitsForAKeyFrame(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, codec, &pool)
			packets := livePackets(t, codec, false)
			seen := 0
			emit := func(*media.Frame) { seen++ }
			if err := d.Decode(packets[1], emit); !errors.Is(err, ErrNeedKey) {
				t.Fatalf("first packet no key frame: %v", err)
			}
			if err := d.Decode(packets[0], emit); err != nil || seen != 1 {
				t.Fatalf("key frame: %d frames, %v", seen, err)
			}
			broken := packets[1]
			broken.Data = nil
			if err := d.Decode(broken, emit); !errors.Is(err, ErrDamaged) {
				t.Fatalf("packet without data: %v", err)
			}
			if err := d.Decode(packets[2], emit); !errors.Is(err, ErrNeedKey) || seen != 1 {
				t.Fatalf("after damage: %d frames, %v", seen, err)
			}
			for _, p := range packets[4:] {
				if err := d.Decode(p, emit); err != nil {
					t.Fatal(err)
				}
			}
			if seen != 5 {
				t.Fatalf("%d frames, want 5", seen)
			}
			closed(t, &pool)
		})
	}
}

// VP8 and VP9 have no mark at a frame's end, so only much that is missing can be noticed there.
func TestDecodeCutPicture(t *testing.T) {
	kept := map[media.Codec]float64{
		media.H264: 7. / 8, media.AV1: 7. / 8, media.VP8: 1. / 3,
		media.VP9: 1. / 8,
	}
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, codec, &pool)
			p := livePackets(t, codec, false)[0]
			p.Data = p.Data[:int(float64(len(p.Data))*kept[codec])]
			if err := d.Decode(p, func(*media.Frame) {
				t.Error("a picture without its last part was emitted")
			}); !errors.Is(err, ErrDamaged) {
				t.Fatalf("got %v", err)
			}
			closed(t, &pool)
		})
	}
}

func TestDecodeFlippedBytes(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, codec, &pool)
			clean := livePackets(t, codec, false)
			for seed := range uint64(150) {
				rng := rand.New(rand.NewPCG(seed, 1))
				for _, p := range clean {
					p.Data = append([]byte(nil), p.Data...)
					for range 1 + rng.IntN(4) {
						p.Data[rng.IntN(len(p.Data))] ^= byte(1 + rng.IntN(255))
					}
					_ = d.Decode(p, func(f *media.Frame) {
						if err := checkFrame(f); err != nil {
							t.Fatalf("seed %d: %v", seed, err)
						}
					})
				}
			}
			// The decoder recovers at the next key frame whatever came before.
			_ = d.Decode(media.Packet{Codec: codec}, nil)
			frames := 0
			for i, p := range clean {
				if err := d.Decode(p, func(f *media.Frame) {
					frames++
					checkCorners(t, fmt.Sprintf("picture %d after the damage", i), rgba(t, f),
						uprightCorners)
				}); err != nil {
					t.Fatal(err)
				}
			}
			if frames != len(clean) {
				t.Errorf("%d good frames after the damage, want %d", frames, len(clean))
			}
			closed(t, &pool)
		})
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, codec := range codecs {
		t.Run(codec.String(), func(t *testing.T) {
			var pool media.Pool
			d := newTestDecoder(t, codec, &pool)
			packets := livePackets(t, codec, false)
			frames := 0
			emit := func(*media.Frame) { frames++ }
			if n := testing.AllocsPerRun(20, func() {
				for _, p := range packets {
					if err := d.Decode(p, emit); err != nil {
						t.Fatal(err)
					}
				}
			}); n != 0 {
				t.Errorf("%v allocations for %d pictures in the steady state", n, len(packets))
			}
			if frames != 21*len(packets) {
				t.Errorf("%d frames", frames)
			}
		})
	}
}

func TestDecoderMisuse(t *testing.T) {
	var pool media.Pool
	if _, err := NewDecoder(media.CodecUnknown, &pool); !errors.Is(err, ErrCodec) {
		t.Errorf("unknown codec: %v", err)
	}
	d := newTestDecoder(t, media.VP8, &pool)
	p := livePackets(t, media.VP9, false)[0]
	if err := d.Decode(p, nil); !errors.Is(err, ErrCodec) {
		t.Errorf("a packet of another codec: %v", err)
	}
	d.Close()
	d.Close()
	p.Codec = media.VP8
	if err := d.Decode(p, nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A VP8 key frame may claim 16383 × 16383 pixels in its ten bytes of header (RFC 6386, section
// 9.1).
func TestDecodeHostileSize(t *testing.T) {
	var pool media.Pool
	d := newTestDecoder(t, media.VP8, &pool)
	p := livePackets(t, media.VP8, false)[0]
	p.Data = append([]byte(nil), p.Data...)
	copy(p.Data[6:10], []byte{0xFF, 0x3F, 0xFF, 0x3F})
	if err := d.Decode(p, func(*media.Frame) { t.Error("emitted") }); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
	closed(t, &pool)
}

func TestFramesOutliveTheDecoder(t *testing.T) {
	var pool media.Pool
	d := newTestDecoder(t, media.H264, &pool)
	var kept *media.Frame
	if err := d.Decode(livePackets(t, media.H264, false)[0], func(f *media.Frame) {
		kept = f.Retain()
	}); err != nil {
		t.Fatal(err)
	}
	d.Close()
	checkCorners(t, "kept frame", rgba(t, kept), uprightCorners)
	kept.Release()
	closed(t, &pool)
}

// Only what the input is to blame for is damage: the sender cannot mend a lack of memory.
func TestALackOfMemoryIsNoDamage(t *testing.T) {
	if err := decodeError(errNoMemory); errors.Is(err, ErrDamaged) {
		t.Errorf("a lack of memory gives %v", err)
	}
	if err := decodeError(astiav.ErrInvaliddata); !errors.Is(err, ErrDamaged) {
		t.Errorf("invalid data gives %v", err)
	}
}
