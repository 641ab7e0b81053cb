package recording

import (
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/inference/timeline"
	"handlens/media/ffmpeg"
	"handlens/media/waittest"
)

// outlines draws boxes alone: labels are coloured too.
func outlines(time.Duration) Style { return Style{View: overlay.View{Boxes: true}} }

func (p *phone) start(o Options) *Recording {
	p.t.Helper()
	if o.Dir == "" {
		o.Dir = p.t.TempDir()
	}
	if o.Style == nil {
		o.Style = outlines
	}
	o.Labels, o.Model = labels, "test"
	r, err := Start(p.source(), p.options(o))
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func (p *phone) stop(r *Recording) Result {
	p.t.Helper()
	made, err := r.Stop(context.Background(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return made
}

// caughtUp waits until a recording has all that was sent.
func (p *phone) caughtUp(r *Recording, from int) {
	p.t.Helper()
	waittest.Until(p.t, "catching up", func() bool {
		return r.State().Length >= p.at(p.n-1-from)-time.Millisecond || r.State().Err != nil
	})
}

func TestBoxesLieWhereTheirOwnPictureHasThem(t *testing.T) {
	c := makeClip(t, 640, 360, 60)
	p := newPhone(t)
	p.sound = true
	p.send(c, 0, 1)
	r := p.start(Options{Clean: true, Data: true, Audio: true})
	p.send(c, 1, 60)
	p.timeline.Add(p.at(60), nil) // the results cover all frames
	made := p.stop(r)

	info, err := ffmpeg.Probe(made.Video)
	if err != nil {
		t.Fatal(err)
	}
	if info.Width != 1280 || info.Height != 720 || info.Frames != 60 || info.Audio != "opus" ||
		info.Fragmented || !info.IndexFirst {
		t.Errorf("the recording is %+v", info)
	}
	if d := info.Length - 2*time.Second; d.Abs() > 40*time.Millisecond {
		t.Errorf("the recording lasts %v", info.Length)
	}
	if d := info.AudioLength - info.Length; d.Abs() > 60*time.Millisecond {
		t.Errorf("the sound lasts %v, the pictures %v", info.AudioLength, info.Length)
	}
	video := readVideo(t, made.Video)
	for i, f := range video[:56] { // after the last results things are held
		if d := f.pts - p.at(i); d.Abs() > time.Millisecond {
			t.Errorf("picture %d stands at %v", i, f.pts)
		}
		f.wantBox(t, i, i, c.size)
		if !near(f.patch0, boxIn(f.size, c.size, patchAt(i)).Min.X, 12) {
			t.Errorf("picture %d shows the patch at %d", i, f.patch0)
		}
	}
	if st := r.State(); st.Dropped != 0 || st.Err != nil || st.Path != made.Video ||
		st.Encoder == "" {
		t.Errorf("the state is %+v", st)
	}
	clean, err := ffmpeg.Probe(made.Clean)
	if err != nil {
		t.Fatal(err)
	}
	if clean.Frames != 60 || clean.Width != 640 || clean.Audio != "opus" {
		t.Errorf("the clean stream is %+v", clean)
	}
}

// waitedFor is a Timeline that tells which moments are waited for.
type waitedFor struct {
	*timeline.Timeline
	moments chan time.Duration
}

func (w waitedFor) Wait(ctx context.Context, at time.Duration) error {
	w.moments <- at
	return w.Timeline.Wait(ctx, at)
}

func TestResultsAreWaitedFor(t *testing.T) {
	c := makeClip(t, 320, 180, 30)
	p := newPhone(t)
	p.late = true
	p.send(c, 0, 1)
	src := p.source()
	w := waitedFor{&p.timeline, make(chan time.Duration, 30)}
	src.Timeline = w
	r, err := Start(src, p.options(Options{Dir: t.TempDir(), Style: outlines}))
	if err != nil {
		t.Fatal(err)
	}
	p.send(c, 1, 30)
	waitFor := func(n int) {
		for waittest.Receive(t, "a frame's results are waited for", w.moments) < p.times[n] {
		}
	}
	for i := 0; i < 30; i += 10 { // a detector that is slow
		waitFor(max(0, i-9)) // of what came after its last results
		p.timeline.Add(p.times[i], found(i))
	}
	waitFor(21)
	p.timeline.Add(p.times[29], found(29))
	for i, f := range readVideo(t, p.stop(r).Video) {
		f.wantBox(t, i, i, c.size)
	}
}

func TestThePhoneIsTurnedAndTheNetworkFails(t *testing.T) {
	lying, standing := makeClip(t, 640, 360, 60), makeClip(t, 360, 640, 30)
	p := newPhone(t)
	p.send(lying, 0, 10)
	ended := make(chan error, 1)
	r := p.start(Options{Data: true, Ended: func(err error) { ended <- err }})
	p.send(lying, 10, 20)
	p.tape.Gap()
	p.send(lying, 20, 40) // the first ten have lost their references
	p.send(standing, 0, 30)
	p.timeline.Add(p.at(p.n), nil)
	p.tape.Close() // the phone leaves
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	made := p.stop(r)
	video := readVideo(t, made.Video)
	if len(video) != 51 {
		t.Fatalf("the recording has %d pictures, want 11 before the gap, 10 after it and 30 that "+
			"stand",
			len(video))
	}
	for i, f := range video[:48] {
		n, size, at := 9+i, lying.size, 9+i
		if i >= 11 {
			n, at = 19+i, 19+i
		}
		if i >= 21 {
			n, size = i-21, standing.size
		}
		if f.size != image.Pt(1280, 720) {
			t.Fatalf("picture %d is %v", i, f.size)
		}
		if d := f.pts - (p.at(at) - p.at(9)); d.Abs() > 2*time.Millisecond {
			t.Errorf("picture %d stands at %v", i, f.pts)
		}
		if i >= 16 && i < 21 {
			continue // between results of frames of two kinds
		}
		f.wantBox(t, i, n, size)
	}
}

func TestARecordingMayBeginInThePast(t *testing.T) {
	c := makeClip(t, 320, 180, 60)
	p := newPhone(t)
	p.past = true
	p.send(c, 0, 60)
	r := p.start(Options{
		Dir:    filepath.Join(p.t.TempDir(), "not", "yet", "there"),
		Before: time.Second, Clean: true, Data: true,
	})
	video := readVideo(t, p.stop(r).Video)
	if len(video) != 31 {
		t.Errorf("the recording has %d pictures, want those of the last second", len(video))
	}
	for i, f := range video[:26] {
		f.wantBox(t, i, i+29, c.size)
	}
}

func TestWhatMustNotBeRecognisedIsHidden(t *testing.T) {
	c := makeClip(t, 640, 360, 30)
	p := newPhone(t)
	p.late = true
	p.send(c, 0, 1)
	p.timeline.Add(0, nil)
	r := p.start(Options{Style: func(time.Duration) Style {
		return Style{Blurs: func(d inference.Detection) bool { return d.Label == labels[thing] }}
	}})
	p.send(c, 1, 11)
	p.timeline.Add(p.at(10), found(10)) // it comes into view within the first ten frames
	p.timeline.Add(p.at(12), nil)
	video := readVideo(t, p.stop(r).Video)
	// The patch of the tenth frame alone lies in the box; a mosaic of four cells leaves no white
	// of its edges.
	sharp := boxIn(video[10].size, c.size, patchAt(10))
	if f := video[10]; near(f.patch0, sharp.Min.X, 2) && near(f.end0, sharp.Max.X, 2) {
		t.Errorf("the patch can be seen as it is, from %d to %d", f.patch0, f.end0)
	}
	if f := video[9]; near(f.patch0, boxIn(f.size, c.size, patchAt(9)).Min.X, 2) &&
		near(f.end0, boxIn(f.size, c.size, patchAt(9)).Max.X, 2) {
		t.Errorf(
			"just before the frame in which it is found, the patch can be seen as it is, from %d "+
				"to %d",
			f.patch0, f.end0)
	}
}

func TestARecordingWithoutPictures(t *testing.T) {
	p := newPhone(t)
	dir := t.TempDir()
	r := p.start(Options{Dir: dir, Clean: true, Data: true, Audio: true})
	made, err := r.Stop(t.Context(), nil)
	if !errors.Is(err, ErrNothing) || made != (Result{}) {
		t.Errorf("it ended with %v and %+v", err, made)
	}
	if again, err2 := r.Stop(t.Context(), nil); again != made || !errors.Is(err2, ErrNothing) {
		t.Errorf("the second time it ended with %v and %+v", err2, again)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 0 {
		t.Errorf("%v was left", left)
	}
	if _, err := Start(p.source(), Options{Dir: filepath.Join(os.Args[0], "x")}); err == nil {
		t.Error("a recording began where there is no folder")
	}
}

func TestARecordingIsCalledOff(t *testing.T) {
	c := makeClip(t, 320, 180, 30)
	p := newPhone(t)
	p.send(c, 0, 30)
	r := p.start(Options{})
	p.caughtUp(r, 29)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	made, err := r.Stop(ctx, nil)
	if made.Video == "" && err == nil {
		t.Error("there is neither a recording nor a reason")
	}
}

func TestAFaultKeepsWhatThereIs(t *testing.T) {
	c := makeClip(t, 320, 180, 30)
	p := newPhone(t)
	p.send(c, 0, 1)
	ended := make(chan error, 2)
	r := p.start(Options{Data: true, Ended: func(err error) { ended <- err }})
	p.send(c, 1, 30)
	c.pictures[0].Codec = 99 // no phone sends that
	p.send(c, 0, 1)
	err := <-ended
	if err == nil || !errors.Is(r.State().Err, err) {
		t.Errorf("it ended with %v, the state says %v", err, r.State().Err)
	}
	made, again := r.Stop(t.Context(), nil)
	if !errors.Is(again, err) || len(readVideo(t, made.Video)) != 30 || made.Data == "" {
		t.Errorf("%+v was kept, with %v", made, again)
	}
	if len(ended) != 0 {
		t.Error("the end was told twice")
	}
}

func TestReplay(t *testing.T) {
	c := makeClip(t, 320, 180, 60)
	p := newPhone(t)
	p.past = true
	for range 3 {
		p.send(c, 0, 60)
	}
	reached := 0.0
	path, err := SaveReplay(t.Context(), p.source(),
		p.options(Options{Dir: t.TempDir(), Style: outlines}),
		2*time.Second, func(part float64) {
			if part < reached || part > 1 {
				t.Errorf("the progress went from %v to %v", reached, part)
			}
			reached = part
		})
	if err != nil {
		t.Fatal(err)
	}
	video := readVideo(t, path)
	if len(video) != 61 || reached < 0.99 {
		t.Errorf("%d pictures, and %v of it done", len(video), reached)
	}
	for i, f := range video[:50] {
		if n := (119 + i) % 60; n > 0 && n < 55 {
			f.wantBox(t, i, n, c.size)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := SaveReplay(ctx, p.source(), p.options(Options{Dir: t.TempDir()}),
		time.Second, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a replay that is called off ends with %v", err)
	}
}

func TestAMachineThatIsTooSlowLeavesPicturesOut(t *testing.T) {
	c := makeClip(t, 320, 180, 60)
	p := newPhone(t)
	p.past = true // nothing is waited for
	p.send(c, 0, 1)
	gate := make(chan struct{})
	r := p.start(Options{Data: true, Style: func(at time.Duration) Style {
		if at > 0 {
			<-gate // the machine has other things to do
		}
		return Style{View: overlay.View{Boxes: true}}
	}})
	waittest.Until(t, "the first picture", func() bool { return r.State().Encoder != "" })
	p.send(c, 1, 60)
	p.send(c, 0, 60)
	p.send(c, 0, 60)
	p.timeline.Add(p.at(p.n), nil)
	close(gate)
	made := p.stop(r)
	video := readVideo(t, made.Video)
	st := r.State()
	if st.Dropped < 30 || len(video)+st.Dropped != 180 {
		t.Errorf("%d pictures are recorded and %d left out, of 180", len(video), st.Dropped)
	}
	for i, f := range video[1 : len(video)-5] {
		// Where the clip begins again, the patch goes back between two results.
		if n := int((f.pts + time.Millisecond) * fps / time.Second); n%60 <= 55 {
			f.wantBox(t, i, n%60, c.size)
		}
	}
	if d := video[len(video)-1].pts - p.at(179); d.Abs() > 2*time.Millisecond {
		t.Errorf("the last picture stands at %v", video[len(video)-1].pts)
	}
}

func TestRecentTrailsAreDrawn(t *testing.T) {
	p := newPhone(t)
	for n := 0; n < 60; n += 5 {
		p.timeline.Add(p.at(n), found(n))
	}
	e := engine{
		src: p.source(),
		o:   Options{Style: func(time.Duration) Style { return Style{RecentTrails: true} }},
	}
	fo := e.overlay(p.at(52))
	if len(fo.view.Trails) != 1 || len(fo.view.Trails[0].Points) != 12 ||
		fo.view.Trails[0].Track != 1 || fo.view.Trails[0].Class != thing {
		t.Fatalf("the trails are %+v", fo.view.Trails)
	}
	for i, pt := range fo.view.Trails[0].Points {
		n := 5 * i
		if i == 11 {
			n = 52
		}
		if b := patchAt(n); pt.X-(b.X1+b.X2)/2 > 0.001 || (b.X1+b.X2)/2-pt.X > 0.001 {
			t.Errorf("point %d is %v", i, pt)
		}
	}
}

// BenchmarkReplay saves a replay in 720p; x-realtime is how many seconds of video it makes in one.
func BenchmarkReplay(b *testing.B) {
	c := makeClip(b, 1280, 720, 60)
	p := newPhone(b)
	p.past = true
	for range 5 {
		p.send(c, 0, 60)
	}
	for b.Loop() {
		if _, err := SaveReplay(b.Context(), p.source(), p.options(Options{Dir: b.TempDir()}),
			10*time.Second, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(p.at(p.n).Seconds()*float64(b.N)/b.Elapsed().Seconds(), "x-realtime")
}
