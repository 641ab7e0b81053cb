package recording

import (
	"testing"
	"time"

	"handlens/inference"
	"handlens/media"
	"handlens/media/ffmpeg"
)

// liveFrames runs a live video to its end and decodes it as one who joins does.
func liveFrames(t *testing.T, l *Live) (frames []videoFrame, keys int) {
	t.Helper()
	var pool media.Pool
	d, err := ffmpeg.NewDecoder(media.H264, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = l.Run(t.Context(), func(p media.Packet) {
		if p.Key {
			keys++
		}
		err := d.Decode(p, func(f *media.Frame) { frames = append(frames, measure(f)) })
		if err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Error(err)
	}
	return frames, keys
}

// A live video shows the boxes, and can be joined at a key frame without anything else.
func TestALiveVideoHasTheBoxes(t *testing.T) {
	c := makeClip(t, 640, 360, 40)
	p := newPhone(t)
	p.every = 1
	l := NewLive(Source{
		Tape: p.tape, Timeline: &p.timeline, Keyframe: func() {
			p.send(c, 0, 16) // all at once: more would be left out as too old
			p.tape.Close()
		},
	}, outlines)
	n := 0
	frames, keys := liveFrames(t, l)
	for _, f := range frames {
		if !f.box.Empty() {
			n++
		}
	}
	if len(frames) < 10 || n < len(frames) || keys == 0 {
		t.Errorf("%d of %d frames have a box, %d key frames", n, len(frames), keys)
	}
}

// While something is to be blurred, a frame of which it is not known what is in it is not sent.
func TestALiveVideoHidesWhatIsNotKnown(t *testing.T) {
	c := makeClip(t, 640, 360, 20)
	for name, c := range map[string]struct {
		clip  clip
		known bool
	}{"unknown": {c, false}, "known": {c, true}} {
		t.Run(name, func(t *testing.T) {
			p := newPhone(t)
			p.every, p.late = 1, !c.known
			l := NewLive(Source{Tape: p.tape, Timeline: &p.timeline, Keyframe: func() {
				p.send(c.clip, 0, 16)
				p.tape.Close()
			}}, func(time.Duration) Style {
				return Style{Blurs: func(inference.Detection) bool { return true }}
			})
			frames, _ := liveFrames(t, l)
			if sent := len(frames) > 0; sent != c.known {
				t.Errorf("%d frames are sent", len(frames))
			}
		})
	}
}
