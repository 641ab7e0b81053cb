package session

import (
	"time"

	"handlens/inference/detector"
	"handlens/media"
)

// Scene is the newest picture of a session and what is known of it.
type Scene struct {
	// Frame is retained for the caller, who releases it. It is nil before the first picture.
	Frame *media.Frame
	// View is what was found, as of Frame. It is shared and not changed any more.
	View
	// DetectedFor is the Origin of that picture; zero when there was none.
	DetectedFor time.Time
	// Stale says that the picture is not the present: references were lost, the phone pauses, or nothing comes.
	Stale bool
	// Status is a short sentence; "" while all is well.
	Status string
	// Codec of the picture.
	Codec media.Codec
	// Hardware decodes it, in words; "" when it is the processor.
	Hardware string
	// Detector is what the last look took; zero when there was none.
	Detector detector.Timing
	// Model looked last.
	Model detector.Info
	// Stats are those of the last second.
	Stats Stats
}

// quiet is how long no picture may come before the one that is shown counts as old.
const quiet = time.Second

// Scene returns the newest picture and what is known of it. It never waits for the network, the decoder or the detector.
func (s *Session) Scene() Scene {
	sc := s.newest()
	if sc.Frame != nil {
		sc.View = s.sight.at(sc.Frame.PTS)
	}
	return sc
}

// newest returns the Scene without its View.
func (s *Session) newest() Scene {
	s.mu.Lock()
	defer s.mu.Unlock()
	sc := s.scene
	if sc.Frame != nil {
		sc.Frame.Retain()
		if !sc.Stale && s.now().Sub(sc.Frame.Decoded) > quiet {
			sc.Stale = true
			if sc.Status == "" {
				sc.Status = "no picture is coming"
			}
		}
	}
	return sc
}

// show makes f the newest picture.
func (s *Session) show(f *media.Frame, codec media.Codec, hardware string) {
	s.mu.Lock()
	old := s.scene.Frame
	s.scene.Frame, s.scene.Codec, s.scene.Hardware = f.Retain(), codec, hardware
	s.scene.Stale, s.scene.Status = false, ""
	s.mu.Unlock()
	if old != nil {
		old.Release()
	}
}

// stale marks the picture as old, with the reason in a short sentence.
func (s *Session) stale(status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scene.Stale, s.scene.Status = true, status
}

// Hardware names what decodes the pictures, "" when it is the processor.
func (s *Session) Hardware() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scene.Hardware
}

// dropScene lets go of the last picture.
func (s *Session) dropScene() {
	s.mu.Lock()
	old := s.scene.Frame
	s.scene.Frame = nil
	s.mu.Unlock()
	if old != nil {
		old.Release()
	}
}
