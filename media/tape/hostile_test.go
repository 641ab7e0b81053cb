package tape

import (
	"math/rand/v2"
	"testing"
	"time"

	"handlens/media"
)

// TestAbsurdTimestamps: whatever a phone claims about its frames' times, they are told apart, in
// order, and not far from when they came.
func TestAbsurdTimestamps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	began := time.Now()
	const frames, each = 20000, 33 * time.Millisecond
	for what, stamp := range map[string]func(i int) uint32{
		"random":         func(int) uint32 { return random.Uint32() },
		"standing still": func(int) uint32 { return 7 },
		"backwards":      func(i int) uint32 { return uint32(-i * 3000) },
		"a day a frame":  func(i int) uint32 { return uint32(i) * 1 << 31 },
		"ten times":      func(i int) uint32 { return uint32(i * 30000) },
	} {
		tape := New(Options{Keep: 10 * time.Second, MaxBytes: 1 << 20})
		last := time.Duration(-1)
		for i := range frames {
			came := time.Duration(i) * each
			at := tape.Video(media.Packet{
				Codec: media.VP8, Key: i%30 == 0, Data: []byte{1}, RTP: stamp(i),
				Received: began.Add(came),
			})
			// What is wrong all the time is believed a little: so clocks that drift are followed.
			allowed := 2*maxJump + came/5
			if off := at - came; at <= last || off > allowed || off < -allowed {
				t.Fatalf("%s: frame %d, which came after %v, is at %v, after %v", what, i, came, at,
					last)
			}
			last = at
		}
		if n := tape.Bytes(); n > 1<<20 {
			t.Errorf("%s: the tape holds %d bytes", what, n)
		}
	}
}
