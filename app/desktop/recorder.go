package desktop

import (
	"context"
	"fmt"
	"sync"
	"time"

	"handlens/app/recording"
	"handlens/app/report"
	"handlens/inference/overlay"
	"handlens/ui"
)

// recorder makes the recordings, replays and players of all phones, as the settings say. Any
// goroutine may use it. What takes long runs on goroutines of its own, which close waits for.
type recorder struct {
	settings *settings
	model    func() modelState
	tell     listener
	// start and play are the recording package's, which may wait for the disk and for a decoder.
	start func(recording.Source, recording.Options) (*recording.Recording, error)
	play  func(recording.Source) player

	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

func newRecorder(s *settings, model func() modelState, tell listener) *recorder {
	return &recorder{
		settings: s, model: model, tell: tell, start: recording.Start,
		play: func(src recording.Source) player { return recording.NewPlayer(src) },
	}
}

// run runs f on a goroutine that close waits for; after close it does nothing.
func (r *recorder) run(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.work.Go(f)
	}
}

// close waits until everything is done, and keeps anything new from beginning.
func (r *recorder) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.work.Wait()
}

// pause holds a phone's frame, or lets the video go on. It does not wait.
func (r *recorder) pause(ph *phone, on bool) {
	if old := ph.hold(on, r.play); old != nil {
		r.run(old.Close)
	}
}

// stop ends in the background what runs for a phone.
func (r *recorder) stop(ph *phone) {
	r.pause(ph, false)
	if t := ph.current(); t != nil {
		r.run(func() { r.finish(ph, t) })
	}
}

// begin starts a recording where there is none. It may wait for the disk.
func (r *recorder) begin(ph *phone) error {
	t, err := ph.begin()
	if t == nil {
		return err
	}
	defer close(t.started)
	rec, err := r.open(ph, t)
	ph.began(t, rec)
	if err != nil {
		return err
	}
	ph.inform()
	r.tell.Recording(ph.Session, recordingStarted, rec.State(), recording.Result{})
	return nil
}

// open starts the recording of a take.
func (r *recorder) open(ph *phone, t *take) (*recording.Recording, error) {
	dir, err := r.settings.folders.videos()
	if err != nil {
		return nil, err
	}
	o := r.options(ph, dir)
	// What went wrong is told when it is finished.
	o.Ended = func(error) { r.run(func() { r.finish(ph, t) }) }
	if len(r.settings.get().Blurred) > 0 && o.Clean {
		o.Clean = false // it would show what must not be recognised
		r.tell.CleanNotKept(ph.Session)
	}
	return r.start(ph.source(), o)
}

// options say how a recording of a phone is made now.
func (r *recorder) options(ph *phone, dir string) recording.Options {
	v := r.settings.get()
	st := r.model()
	return recording.Options{
		Dir: dir, Clean: v.KeepClean, Data: v.KeepData, Audio: v.KeepAudio,
		Model: st.Name, Labels: st.Info.Labels, Regions: v.Counted,
		Style: func(time.Duration) recording.Style { return r.style(ph) },
	}
}

// style is how recordings are drawn at this moment: as the window shows it.
func (r *recorder) style(ph *phone) recording.Style {
	v := r.settings.get()
	show := display(v)
	st := recording.Style{
		View:         overlay.View{Boxes: v.Boxes, Labels: v.Labels, IDs: v.IDs},
		RecentTrails: v.Trails, Shows: show.Shows, Blurs: show.Blurs,
	}
	if len(v.Blurred) == 0 {
		st.Blurs = nil
	}
	if v.Regions {
		st.Tallies = ph.Tallies()
	}
	return st
}

// finish ends a recording and tells, once, where it is. It returns when its files are complete.
func (r *recorder) finish(ph *phone, t *take) {
	first := ph.ending(t)
	<-t.started
	if t.rec == nil {
		return // it could not be started, and who wished for it was told why
	}
	if first {
		ph.inform()
	}
	// Not the program's context: what was recorded is to be complete when the program ends.
	made, err := t.rec.Stop(context.Background(), nil)
	if !first {
		return
	}
	st := t.rec.State()
	if err != nil && st.Err == nil {
		st.Err = err
	}
	ph.ended(st.Err)
	r.tell.Recording(ph.Session, recordingEnded, measured(st, made.Video), made)
	if v := r.settings.get(); v.KeepReport && made.Data != "" {
		r.report(ph, made.Data, v)
	}
}

// report writes a page about a recording that has ended.
func (r *recorder) report(ph *phone, lines string, v ui.Settings) {
	_, err := report.Make(context.Background(), lines, reportOptions(lines, v))
	if err != nil {
		r.tell.Failed(ph.Session,
			fmt.Errorf("the page about the recording was not written: %w", err))
	}
}

// reportOptions are those of the page about a recording, by its data.
func reportOptions(lines string, v ui.Settings) report.Options {
	language := v.Language
	if language == "" {
		language = report.SystemLanguage()
	}
	return report.Options{
		Filter: recording.Filter{Confidence: float32(v.Confidence)}, Out: report.Name(lines),
		Language: language,
	}
}

// replay makes a recording of what a phone has just shown and returns its path. One that a rule
// wants, by what that is called, always has its data, by which the gallery knows it.
func (r *recorder) replay(
	ctx context.Context, ph *phone, last time.Duration, rule string, progress func(float64),
) (string, error) {
	dir, err := r.settings.folders.videos()
	if err != nil {
		return "", err
	}
	o := r.options(ph, dir)
	o.Rule, o.Data = rule, o.Data || rule != ""
	path, err := recording.SaveReplay(ctx, ph.source(), o, last, progress)
	if err != nil {
		return "", fmt.Errorf("the replay was not saved: %w", err)
	}
	r.tell.Recording(ph.Session, recordingReplay, measured(recording.State{}, path),
		recording.Result{Video: path})
	return path, nil
}
