package e2e

import (
	"fmt"
	"math"
	"testing"
)

// found waits for an event whose boxes lie on the patches, and tells what was wrong with the last
// one if none comes.
func (a *app) found(t *testing.T, mark int, session string, c clip) event {
	t.Helper()
	wrong := fmt.Errorf("there were no detections at all")
	defer func() {
		if t.Failed() {
			t.Logf("the last detections: %v", wrong)
		}
	}()
	return a.waitSince(t, mark, "detections", func(e event) bool {
		if session != "" && e.Session != session {
			return false
		}
		wrong = c.check(e.Detections)
		return wrong == nil
	})
}

// TestEachCodec sends the camera's video in each codec and looks for the patches in the events,
// and that the boxes move as the patches do.
func TestEachCodec(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	for _, codec := range []string{"H264", "VP8", "VP9", "AV1"} {
		t.Run(codec, func(t *testing.T) {
			mark := a.mark()
			p := b.open(t, withCodec(a.url, codec))
			p.start()
			p.state("live")

			joined := a.waitSince(t, mark, "phone-joined", nil)
			video := a.waitSince(t, mark, "video", func(e event) bool {
				return e.Session == joined.Session
			})
			if video.Codec != codec {
				t.Errorf("the video is %s, want %s", video.Codec, codec)
			}
			if video.Width*3 != video.Height*4 {
				t.Errorf("the video is %d by %d, want the camera's 4:3", video.Width,
					video.Height)
			}

			first := a.found(t, mark, joined.Session, landscape)
			if first.T == 0 || first.Age < 0 || first.Model == "" {
				t.Errorf("the detections have t %d, age %v, model %q", first.T, first.Age,
					first.Model)
			}
			// A third of the way in either direction, at some time later: from the middle, half is
			// as far as it gets.
			x := red(first)
			a.waitSince(t, mark, "detections", func(e event) bool {
				return e.Session == joined.Session && landscape.check(e.Detections) == nil &&
					math.Abs(red(e)-x) > clipTravel/3.0/float64(landscape.width)
			})

			p.stop()
			left := a.waitSince(t, mark, "phone-left", func(e event) bool {
				return e.Session == joined.Session
			})
			if left.Reason == "" {
				t.Error("nobody says why the phone left")
			}
		})
	}
}

// red returns where the red patch's left edge is, 0..1.
func red(e event) float64 {
	for _, d := range e.Detections {
		if d.Label == "red" {
			return d.Box[0]
		}
	}
	return math.NaN()
}

// TestPortraitIsUpright sends video that is higher than wide.
func TestPortraitIsUpright(t *testing.T) {
	a := sharedApp(t)
	p := sharedBrowser(t, portrait).open(t, withCodec(a.url, "VP8"))
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	video := a.wait(t, "video", nil)
	if video.Width*4 != video.Height*3 {
		t.Errorf("the video is %d by %d, want the camera's 3:4", video.Width, video.Height)
	}
	a.found(t, 0, joined.Session, portrait)
}

// TestTwoPhonesAtOnce joins with a second phone while the first one stays.
func TestTwoPhonesAtOnce(t *testing.T) {
	a := sharedApp(t)
	b := sharedBrowser(t, landscape)
	first := b.open(t, withCodec(a.url, "VP8"))
	first.start()
	one := a.wait(t, "phone-joined", nil)
	mark := a.mark()
	second := b.open(t, withCodec(a.url, "H264"))
	second.start()
	two := a.waitSince(t, mark, "phone-joined", nil)
	if one.Session == two.Session || two.Session == "" {
		t.Fatalf("the sessions are %q and %q", one.Session, two.Session)
	}
	mark = a.mark()
	a.found(t, mark, one.Session, landscape)
	a.found(t, mark, two.Session, landscape)
}
