package desktop

import (
	"context"
	"sync"
	"time"

	"handlens/app/recording"
	"handlens/app/session"
	"handlens/media"
	"handlens/ui"
)

// take is a recording, from the wish for it until its files are whole.
type take struct {
	started chan struct{} // closed when it is known whether there is a recording
	rec     *recording.Recording
	ending  bool
}

// player shows a held frame: a recording.Player. Close waits for the frame that is being decoded.
type player interface {
	Seek(at time.Duration)
	Frame() (f *media.Frame, at time.Duration, ok bool)
	Span() (from, to time.Duration)
	Close()
}

// phone is a session with what is done with its video here. It is a ui.Phone. Any goroutine may use
// it.
type phone struct {
	*session.Session
	recorder  *recorder
	snapshots *snapshots
	marks     recording.Marks // when rules came true

	telling sync.Mutex // held while the phone is told what is done with its video

	mu      sync.Mutex // the painter waits for it: nothing slow is done under it
	seen    bool       // its first frame was told
	away    bool       // out of reach, and not since returned
	left    bool       // for good: nothing can begin any more
	cut     bool       // away in the middle of a recording, which nobody has ended since
	take    *take      // the recording, nil when there is none
	problem error
	player  player // of a held frame, nil when none is held
	forward media.Forward
	delay   *delayTest // begun last, nil when there was none

	counts   []ui.ClassCount // of the View with that number
	countsOf uint64
	lenses   []ui.Lens // made of the list of cameras lensesOf
	lensesOf []session.CameraEntry
}

// errGone is what is said when a phone left before something could be done with it.
var errGone = &media.Fault{Code: media.PhoneGone}

// Record starts or ends the recording of the phone; one that runs already it leaves alone. It may
// wait for the disk. Ending returns when the files are complete.
func (ph *phone) Record(on bool) error {
	if ph.gone() {
		return errGone
	}
	if on {
		return ph.recorder.begin(ph)
	}
	if t := ph.unwant(); t != nil {
		ph.recorder.finish(ph, t)
	}
	return nil
}

// SaveReplay makes a recording of the last so many seconds and returns its path.
func (ph *phone) SaveReplay(
	ctx context.Context, last time.Duration, progress func(float64),
) (string, error) {
	if ph.gone() {
		return "", errGone
	}
	return ph.recorder.replay(ctx, ph, last, "", progress)
}

// Snapshot saves what the phone shows now.
func (ph *phone) Snapshot(kind ui.Shot) (ui.Saved, error) {
	saved, err := ph.snapshots.take(ph, kind, "")
	return ui.Saved(saved), err
}

// Pause holds the frame, or lets the video go on. It does not wait.
func (ph *phone) Pause(on bool) { ph.recorder.pause(ph, on) }

// Seek shows another moment while the frame is held. It does not wait.
func (ph *phone) Seek(at time.Duration) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if ph.player != nil {
		ph.player.Seek(at)
	}
}

// measureDelay begins to measure the delay from glass to glass.
func (ph *phone) measureDelay(each func(delayReading, ui.Delay)) *delayTest {
	t := startDelayTest(ph.Session.Scene, each)
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.delay = t
	return t
}

// Shown takes note of a frame that is on the screen.
func (ph *phone) Shown(seq uint64, origin, at time.Time) {
	ph.Session.Shown(origin, at)
	ph.mu.Lock()
	t := ph.delay
	ph.mu.Unlock()
	if t != nil {
		t.painted(seq, origin, at)
	}
}

// Disconnect sends the phone away. It waits until the phone has heard of it, for a moment.
func (ph *phone) Disconnect() {
	if c := ph.Conn(); c != nil {
		c.Dismiss(media.Reason{Code: media.SentAway})
	}
}

// source is where recordings of this phone come from.
func (ph *phone) source() recording.Source {
	src := recording.Source{
		Tape: ph.Tape(), Timeline: ph.Timeline(), Name: ph.Name(), Marks: &ph.marks,
	}
	if c := ph.Conn(); c != nil {
		src.Keyframe = c.RequestKeyFrame
	}
	return src
}

// first says, once, that this is the first frame.
func (ph *phone) first() bool {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	was := ph.seen
	ph.seen = true
	return !was
}

// reach notes whether the phone can be reached.
func (ph *phone) reach(here bool) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.away = !here
	ph.cut = ph.away && (ph.cut || ph.take != nil && !ph.take.ending)
}

// inform tells the phone what is done with its video now. All such notices are told in the order in
// which they became true.
func (ph *phone) inform() {
	ph.telling.Lock()
	defer ph.telling.Unlock()
	m := session.NoticeMessage{Recording: ph.recorded(), Watchers: ph.Watching()}
	if m.Recording {
		m.Seconds = ph.recordingState().Length.Truncate(time.Second).Seconds()
	}
	ph.Tell(m)
}

// recorded says that a recording runs.
func (ph *phone) recorded() bool {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	return ph.take != nil && ph.take.rec != nil && !ph.take.ending
}

// lost says that the phone went away in the middle of a recording. The recording itself may be
// over: it ends with the stream.
func (ph *phone) lost() bool {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	return ph.cut
}

// leave notes that the phone is not here any more; gone says so.
func (ph *phone) leave() {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.left = true
}

func (ph *phone) gone() bool {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	return ph.left
}

// current is the recording that is being started, runs or is being finished, or nil.
func (ph *phone) current() *take {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	return ph.take
}

// unwant returns the current recording, which a person wants to end.
func (ph *phone) unwant() *take {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.cut = false
	return ph.take
}

// begin makes room for a recording, which the caller starts. It returns nil when there is one
// already.
func (ph *phone) begin() (*take, error) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	switch {
	case ph.left:
		return nil, errGone
	case ph.take == nil:
		ph.take, ph.problem = &take{started: make(chan struct{})}, nil
		ph.cut = ph.away
		return ph.take, nil
	case ph.take.ending:
		return nil, &media.Fault{Code: media.StillEnding}
	}
	return nil, nil
}

// began gives a take its recording, or takes it away when there is none.
func (ph *phone) began(t *take, rec *recording.Recording) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if t.rec = rec; rec == nil {
		ph.take, ph.cut = nil, false
	}
}

// ending says, to the first who asks, that t is to be ended now.
func (ph *phone) ending(t *take) bool {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if ph.take != t || t.ending {
		return false
	}
	t.ending = true
	return true
}

// ended takes away the recording, whose files are as complete as can be, and keeps what went wrong.
func (ph *phone) ended(problem error) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.take, ph.problem = nil, problem
}

// hold holds the frame in a player that play makes, or lets the video go on. It returns the player
// that is no longer needed, which the caller closes; or nil.
func (ph *phone) hold(on bool, play func(recording.Source) player) (old player) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	switch {
	case !on:
		old, ph.player = ph.player, nil
	case ph.player == nil && !ph.left:
		ph.player = play(ph.source())
		_, now := ph.Tape().Span()
		ph.player.Seek(now)
	}
	return old
}

// forwarding notes how the phone's video gets on that is sent on to a server.
func (ph *phone) forwarding(st media.Forward) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	ph.forward = st
}

func (ph *phone) forwarded() media.Forward {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	return ph.forward
}

// Scene implements ui.Phone.
func (ph *phone) Scene() (ui.Scene, bool) {
	sc := ph.Session.Scene()
	out := ui.Scene{
		Frame: sc.Frame, DetectedFor: sc.DetectedFor, Stale: sc.Stale, Status: sc.Status,
		Stats: figures(sc), Recording: ph.recordingState(), Camera: ph.cameraState(ph.Camera()),
		Past: ui.Past{Held: false},
	}
	out.Past.From, out.Past.To = ph.Tape().Span()
	out.Stats.Forward = ph.forwarded()
	ph.held(&sc, &out)
	ph.show(&out, sc.View)
	return out, true
}

// held replaces the newest frame by the one that is held.
func (ph *phone) held(sc *session.Scene, out *ui.Scene) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if ph.player == nil {
		return
	}
	f, at, ok := ph.player.Frame()
	if !ok {
		return
	}
	if out.Frame != nil {
		out.Frame.Release()
	}
	out.Frame, out.Stale, out.Status = f, false, media.StatusLive
	out.Past.Held, out.Past.At = true, at
	out.Past.From, out.Past.To = ph.player.Span()
	for _, m := range ph.marks.Between(out.Past.From, out.Past.To) {
		out.Past.Marks = append(out.Past.Marks, ui.Mark{At: m.At, Text: m.Rule})
	}
	sc.View = ph.Past(at)
	out.DetectedFor = f.Origin()
}

// show hands over what was found. Painters ask far more often than it changes.
func (ph *phone) show(out *ui.Scene, v session.View) {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if v.Number != ph.countsOf {
		ph.counts, ph.countsOf = make([]ui.ClassCount, len(v.Counts)), v.Number
		for i, c := range v.Counts {
			ph.counts[i] = ui.ClassCount{Label: c.Label, Class: c.Class, Now: c.Now, Total: c.Total}
		}
	}
	out.Detections, out.Blur, out.Trails = v.Detections, v.Blur, v.Trails
	out.Tallies, out.Counts = v.Tallies, ph.counts
}

func (ph *phone) recordingState() ui.RecordingState {
	ph.mu.Lock()
	defer ph.mu.Unlock()
	if ph.take == nil {
		return ui.RecordingState{Err: ph.problem}
	}
	out := ui.RecordingState{On: true, Ending: ph.take.ending}
	if ph.take.rec == nil {
		return out // it begins with the frame that was the newest when it was asked for
	}
	st := ph.take.rec.State()
	out.Length, out.Bytes, out.Dropped = st.Length, st.Bytes, st.Dropped
	out.Encoder, out.Err = st.Encoder, st.Err
	return out
}

// figures are those of the HUD.
func figures(sc session.Scene) ui.Stats {
	st := ui.Stats{
		FPS: sc.Stats.FPSShown, DetectFPS: sc.Stats.FPSDetected,
		Age: sc.Stats.Stages.Shown.P50, DetectTime: sc.Detector.Total(),
		DecodeTime:  sc.Stats.Stages.Decode.P50,
		NetworkTime: sc.Stats.Stages.Network.P50,
		FoundTime:   sc.Stats.Stages.Detected.P50,
		PaintTime:   sc.Stats.Stages.Shown.P50,
		Provider:    sc.Model.Provider, Bitrate: sc.Stats.Bitrate, Loss: sc.Stats.Loss,
		Quality: quality(sc.Stats), Strain: sc.Stats.Strain,
		From: map[session.AgeFrom]ui.AgeFrom{
			session.FromArrival: ui.FromArrival, session.FromBrowser: ui.FromBrowser,
			session.FromCamera: ui.FromCamera,
		}[sc.Stats.From],
		DetectOn: place(sc.Stats.DetectOn), Phone: placeFigures(sc.Stats.Phone),
		Computer: placeFigures(sc.Stats.Computer), PhoneDetector: detectorState(sc.Stats),
		EncodeTime: sc.Stats.Sending.Encode, Limited: sc.Stats.Sending.Limited,
	}
	if s := sc.Model.Server; s != nil {
		st.RoundTrip = s.RoundTrip
	}
	if e := sc.Stats.Sending.Efficient; e != nil {
		st.Efficient = *e
	}
	if sc.Frame != nil {
		st.Width, st.Height, st.Codec = sc.Frame.Width, sc.Frame.Height, sc.Codec.String()
	}
	return st
}

// quality is how good a connection is, in a word, by what people notice: frames that are missing,
// and then frames that are late.
func quality(st session.Stats) string {
	switch {
	case st.FPSIn == 0:
		return ""
	case st.Loss > 0.05 || st.RTT > 300*time.Millisecond || st.FPSIn < 8:
		return "weak"
	case st.Loss > 0.01 || st.RTT > 80*time.Millisecond:
		return "fair"
	}
	return "good"
}
