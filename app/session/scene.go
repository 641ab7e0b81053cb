package session

import (
	"time"

	"handlens/inference/detector"
	"handlens/media"
)

// Scene is the newest frame of a session and what is known of it.
type Scene struct {
	// Frame is retained for the caller, who releases it. It is nil before the first frame.
	Frame *media.Frame
	// View is what was found, as of Frame. It is shared and not changed any more.
	View
	// DetectedFor is the Origin of the frame that the detector ran on last; zero when there was
	// none.
	DetectedFor time.Time
	// Stale says that the frame is not the present; Status says why.
	Stale  bool
	Status media.Status
	// Codec of the frame.
	Codec media.Codec
	// Hardware decodes it, in words; "" when it is the processor.
	Hardware string
	// Detector is what the last detection took, and Model what made it; zero when there was none.
	Detector detector.Timing
	Model    detector.Info
	// Stats are those of the last second.
	Stats Stats
}

// quiet is how long no frame may come before the one that is shown counts as old.
const quiet = time.Second

// Scene returns the newest frame and what is known of it. It never waits for the network, the
// decoder or the detector.
func (s *Session) Scene() Scene {
	sc := s.newest()
	if sc.Frame != nil {
		sc.View = s.tracking.at(sc.Frame.PTS)
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
			if sc.Status == media.StatusLive {
				sc.Status = s.resting()
			}
		}
	}
	return sc
}

// show makes f the newest frame.
func (s *Session) show(f *media.Frame, codec media.Codec, hardware string) {
	s.mu.Lock()
	old := s.scene.Frame
	s.scene.Frame, s.scene.Codec, s.scene.Hardware = f.Retain(), codec, hardware
	s.scene.Stale, s.scene.Status = false, media.StatusLive
	s.mu.Unlock()
	if old != nil {
		old.Release()
	}
}

// stale marks the newest frame as old.
func (s *Session) stale(status media.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scene.Stale, s.scene.Status = true, status
}

// Hardware names what decodes the frames, "" when it is the processor.
func (s *Session) Hardware() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scene.Hardware
}

// dropScene releases the last frame.
func (s *Session) dropScene() {
	s.mu.Lock()
	old := s.scene.Frame
	s.scene.Frame = nil
	s.mu.Unlock()
	if old != nil {
		old.Release()
	}
}
