package egomotion

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/inference/track"
	"handlens/media"
	"handlens/media/ffmpeg"
)

// BenchmarkRealClips follows what a real model finds in real clips, named by HANDLENS_TRACK_CLIPS
// (a pattern), with the model HANDLENS_TRACK_MODEL, and prints how many different objects it
// counted and how many numbers it gave, by class, at several rates of detection passes and with the
// camera followed or not. What is right is for eyes to say: such clips come without the truth.
func BenchmarkRealClips(b *testing.B) {
	clips, err := filepath.Glob(os.Getenv("HANDLENS_TRACK_CLIPS"))
	model := os.Getenv("HANDLENS_TRACK_MODEL")
	if err != nil || len(clips) == 0 || model == "" {
		b.Skip("HANDLENS_TRACK_CLIPS and HANDLENS_TRACK_MODEL name no clips and no model")
	}
	for _, path := range clips {
		b.Run(filepath.Base(path), func(b *testing.B) {
			for b.Loop() {
				followReal(b, path, model)
			}
		})
	}
}

// realLook is one frame of a real clip.
type realLook struct {
	at    time.Duration
	found []inference.Detection
	moved track.Moved
}

func followReal(b *testing.B, path, model string) {
	b.Helper()
	d, err := detector.Open(model, detector.Options{Confidence: 0.1})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	var e Estimator
	var pictures []realLook
	var things []inference.Box
	var pool media.Pool
	r, err := ffmpeg.OpenFile(path, &pool)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	for len(pictures) < 3000 {
		p, err := r.Next()
		if err != nil {
			break
		}
		m, _ := e.Next(p, p.PTS, things)
		found, _, err := d.Detect(p, nil)
		if err != nil {
			b.Fatal(err)
		}
		things = things[:0]
		for _, x := range found {
			if x.Score >= 0.4 {
				things = append(things, x.Box)
			}
		}
		pictures = append(pictures, realLook{p.PTS, found, m})
		p.Release()
	}
	for _, every := range []time.Duration{0, 100 * time.Millisecond, 200 * time.Millisecond} {
		for _, camera := range []bool{false, true} {
			numbers, seen, moved := count(pictures, every, camera)
			b.Logf("a pass each %v, camera %v: counted %v, numbers %v, %d pictures, of which the "+
				"camera moved in %d", every, camera, seen, numbers, len(pictures), moved)
		}
	}
}

func count(pictures []realLook, every time.Duration, camera bool) (numbers map[string]int,
	seen map[string]int, moved int,
) {
	k := track.New(track.Options{Confidence: 0.4})
	numbers = make(map[string]int)
	known := make(map[int]bool)
	next := time.Duration(0)
	for _, p := range pictures {
		if p.moved != track.Still {
			moved++
		}
		if camera {
			k.Camera(p.at, p.moved)
		}
		if p.at < next-5*time.Millisecond {
			continue
		}
		next += every
		for _, x := range k.Update(p.at, p.found) {
			if x.Track > 0 && !known[x.Track] {
				known[x.Track] = true
				numbers[x.Label]++
			}
		}
	}
	return numbers, k.Seen(), moved
}
