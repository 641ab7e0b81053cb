package session

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
)

const (
	// silentFor is how long a phone that detects by itself may send nothing before the computer
	// goes on in its place.
	silentFor = 2 * time.Second
	// resultWaits is how long a result may wait for its frame.
	resultWaits = time.Second
	// maxWaiting bounds the results that wait, maxMoments the frames that are remembered.
	maxWaiting, maxMoments = 8, 128
	// sameMoment is by how much the time of a result may differ from that of its frame.
	sameMoment = 5 * time.Millisecond
)

// phoneDetector is the phone's own detector as the session sees it.
type phoneDetector struct {
	// Owned by whoever calls the methods of peer.Handler.
	moments []moment // of the last frames, oldest first
	waiting []waitingResult

	malformed atomic.Uint64
	finding   sync.Mutex // held while a result is passed on, wherever it was found
	at        time.Duration
	any       bool // at is the PTS of the newest result

	mu       sync.Mutex
	state    DetectorMessage
	resultAt time.Time // when the last result came
	on       Place     // where it ran at the last tick
	wish     Place     // as the user has set it
	choice   chooser
	seen     map[Place]PlaceFigures
}

// moment is what is remembered of a frame.
type moment struct {
	origin time.Time
	pts    time.Duration
	rtp    uint32
}

// waitingResult is a result whose frame has not come yet.
type waitingResult struct {
	phoneResult
	at   time.Time // when the frame was taken, on our clock
	came time.Time
}

// Detections takes in what the phone itself has found (peer.Handler).
func (s *Session) Detections(msg []byte) {
	r, err := decodeResult(msg)
	if err != nil {
		s.own.malformed.Add(1)
		return
	}
	at, ok := s.onOurClock(r.T)
	if !ok {
		s.own.malformed.Add(1)
		return
	}
	now := s.now()
	s.own.mu.Lock()
	s.own.resultAt = now
	s.own.mu.Unlock()
	p := &s.own
	if len(p.waiting) == maxWaiting {
		p.waiting = slices.Delete(p.waiting, 0, 1)
	}
	p.waiting = append(p.waiting, waitingResult{r, at, now})
	s.deliverResults()
}

// onOurClock maps a moment of the phone's clock to ours.
func (s *Session) onOurClock(ms float64) (time.Time, bool) {
	if s.phoneClock != nil {
		return s.phoneClock(ms)
	}
	if c := s.Conn(); c != nil {
		return c.OnOurClock(ms)
	}
	return time.Time{}, false
}

// remember notes a frame, for the results that belong to it.
func (p *phoneDetector) remember(f *media.Frame) {
	if len(p.moments) == maxMoments {
		p.moments = slices.Delete(p.moments, 0, maxMoments/2)
	}
	p.moments = append(p.moments, moment{f.Origin(), f.PTS, f.RTP})
}

// deliverResults passes on the results whose frames have come: the phone may find something before
// the frame is here.
func (s *Session) deliverResults() {
	p := &s.own
	if len(p.moments) == 0 || len(p.waiting) == 0 {
		return
	}
	now, newest := s.now(), p.moments[len(p.moments)-1].origin
	p.waiting = slices.DeleteFunc(p.waiting, func(w waitingResult) bool {
		if newest.Add(sameMoment).Before(w.at) {
			return now.Sub(w.came) > resultWaits
		}
		m := p.nearest(w.at)
		took := time.Duration(w.Took * float64(time.Millisecond))
		s.pass(found{
			moment: m, by: OnPhone, all: w.Detections, timing: detector.Timing{Run: took},
		})
		return true
	})
}

// nearest returns the frame that was taken nearest to that time; there is one at least.
func (p *phoneDetector) nearest(at time.Time) moment {
	best := p.moments[0]
	for _, m := range p.moments[1:] {
		if m.origin.Sub(at).Abs() <= best.origin.Sub(at).Abs() {
			best = m
		}
	}
	return best
}

// detecting says whether the phone detects, so that the computer need not.
func (p *phoneDetector) detecting(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.runs(now)
}

// runs is detecting for who holds the lock.
func (p *phoneDetector) runs(now time.Time) bool {
	stopped := p.state.State == DetectorOff || p.state.State == DetectorFailed
	return !p.resultAt.IsZero() && !stopped && now.Sub(p.resultAt) < silentFor
}

// model is what the phone says of its model.
func (p *phoneDetector) model() detector.Info {
	p.mu.Lock()
	defer p.mu.Unlock()
	return detector.Info{Name: p.state.Model, Provider: p.state.Provider}
}

// found is what was found in one frame, wherever.
type found struct {
	moment
	by     Place
	all    []inference.Detection
	timing detector.Timing
	model  detector.Info // of the computer's
}

// fresh says whether a result is newer than all before it; it is the newest then. The caller holds
// finding.
func (p *phoneDetector) fresh(r found, now time.Time) bool {
	if r.by == OnComputer && p.detecting(now) {
		return false // the phone has begun meanwhile
	}
	// A server may answer in another order than it was asked, and the phone may find something
	// late. What is much older is of another stream.
	if p.any && r.pts <= p.at && p.at-r.pts < time.Minute {
		return false
	}
	p.at, p.any = r.pts, true
	return true
}

// detectorSays takes over how the phone's own detector is doing.
func (s *Session) detectorSays(m DetectorMessage) {
	s.own.mu.Lock()
	s.own.state = m
	s.own.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if wish := s.wish.Detect; wish != nil {
		// Whoever holds the phone has the last word, also when its page comes back.
		byHand := m.State == DetectorOff && m.Why == DetectorByHand
		if byHand || !*wish && (m.State == DetectorLoading || m.works()) {
			s.wish.Detect = nil
		}
	}
}

// detectOn has detection run where the user wants it.
func (s *Session) detectOn(place Place) {
	p := &s.own
	p.mu.Lock()
	before := p.wish
	p.wish = place
	if before != place {
		p.choice = chooser{}
	}
	on := p.state.State != "" && p.state.State != DetectorOff
	p.mu.Unlock()
	switch {
	case before == place:
	case place == OnPhone:
		s.Tell(SetMessage{Detect: new(true)})
	case place == OnComputer && (before != "" || on):
		s.Tell(SetMessage{Detect: new(false)})
	}
}

// place follows where detection runs: once a second, on the session's goroutine. It notes the
// figures in st.
func (s *Session) place(st *Stats, now time.Time) {
	p := &s.own
	works, resting := s.worker.working(), s.Camera().Paused
	p.mu.Lock()
	before, on := p.on, OnComputer
	if p.runs(now) {
		on = OnPhone
	}
	if before == "" {
		before = OnComputer
	}
	if resting || st.FPSIn == 0 && on != OnPhone {
		on = before // without frames there is nothing to tell
	}
	p.on = on
	st.DetectOn, st.PhoneDetector = on, p.state
	age := p.measure(st, on)
	wants, wanted := p.choice.wants, Place("")
	if p.wish == OnAutomatic {
		p.choice = p.choice.next(placeSecond{
			at: now, on: on, age: age, strained: st.Strain != media.StrainNone,
			computer: works, phone: p.able(),
		})
		wanted = p.choice.wants
	}
	why := p.why(on)
	p.mu.Unlock()
	if wanted != "" && wanted != wants && (wants != "" || wanted == OnPhone) {
		s.Tell(SetMessage{Detect: new(wanted == OnPhone)})
	}
	if on != before {
		s.sink.Moved(s, on, why)
	}
}

// measure notes the figures of the place where detection runs, and returns the age of its boxes; 0
// while there are none.
func (p *phoneDetector) measure(st *Stats, on Place) time.Duration {
	if st.FPSDetected > 0 && st.Stages.Detected.Samples > 0 {
		f := PlaceFigures{
			Age: st.Stages.Detected.P50 + time.Duration(float64(time.Second)/st.FPSDetected/2),
			FPS: st.FPSDetected,
		}
		if f.Took = st.Stages.Phone.P50; on == OnComputer {
			f.Took = st.Stages.Preprocess.P50 + st.Stages.Engine.P50 + st.Stages.Postprocess.P50
		}
		f.Load = min(1, f.Took.Seconds()*f.FPS)
		if p.seen == nil {
			p.seen = make(map[Place]PlaceFigures, 2)
		}
		p.seen[on] = f
		st.Computer, st.Phone = p.seen[OnComputer], p.seen[OnPhone]
		return f.Age
	}
	st.Computer, st.Phone = p.seen[OnComputer], p.seen[OnPhone]
	return 0
}

// able says whether the phone may be asked to detect.
func (p *phoneDetector) able() bool {
	return p.state.State != DetectorFailed &&
		!(p.state.State == DetectorOff && p.state.Why == DetectorByHand)
}

// why says why detection runs there from now on.
func (p *phoneDetector) why(on Place) MoveWhy {
	switch {
	case on == OnComputer && (p.state.works() || p.state.State == DetectorFailed):
		return MoveStopped
	case p.wish == OnAutomatic && p.choice.wants == on:
		return MoveYounger
	}
	return MoveChosen
}
