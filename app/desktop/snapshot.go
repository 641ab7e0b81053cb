package desktop

import (
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"handlens/app/session"
	"handlens/inference"
	"handlens/inference/overlay"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/record"
	"handlens/ui"
)

const (
	// burstPictures are taken in burstTime.
	burstPictures = 10
	burstTime     = time.Second
)

// errNoPicture is what is said before the first picture.
var errNoPicture = &media.Fault{Code: media.NoPictureYet}

// snapshots saves what phones show. Any goroutine may use it.
type snapshots struct {
	settings *settings
	model    func() modelState
	tell     listener
}

// take saves what a phone shows now, or the frame that is paused, in the pictures folder; rule is
// what the rule is called that wants it, "" for none. It takes some tens of milliseconds, a burst
// about a second, so it does not belong on the UI goroutine.
func (p *snapshots) take(ph *phone, kind ui.Shot, rule string) (record.Saved, error) {
	if ph.gone() {
		return record.Saved{}, errGone
	}
	dir, err := p.settings.folders.pictures()
	if err != nil {
		return record.Saved{}, err
	}
	var saved record.Saved
	switch kind {
	case ui.BurstShot:
		saved, err = p.burst(ph, dir)
	case ui.DatasetShot:
		saved, err = p.sample(ph, dir)
	default:
		saved, err = p.shoot(ph, func(x shot) (record.Saved, error) {
			x.seen.Rule = rule
			return record.SaveSnapshot(dir, x.seen.Time, ph.Name(), x.annotated, x.clean, x.seen)
		})
	}
	if err != nil {
		return record.Saved{}, err
	}
	p.tell.Snapshot(ph.Session, saved)
	return saved, nil
}

// shot is one frame, made ready to be saved.
type shot struct {
	annotated, clean *image.RGBA
	seen             record.Seen
	found            []inference.Detection
}

// shoot makes the frame of this moment ready and hands it to save.
func (p *snapshots) shoot(ph *phone, save func(shot) (record.Saved, error)) (record.Saved, error) {
	sc, _ := ph.Scene()
	if sc.Frame == nil {
		return record.Saved{}, errNoPicture
	}
	defer sc.Frame.Release()
	p.exact(ph, &sc)
	x := shot{clean: image.NewRGBA(sc.Frame.Bounds()), found: sc.Detections}
	convert := ffmpeg.NewConverter()
	defer convert.Close()
	if err := convert.ToRGBA(x.clean, sc.Frame); err != nil {
		return record.Saved{}, fmt.Errorf("the picture could not be converted: %w", err)
	}
	// What must not be recognised is blurred in every picture that is saved, the clean one too.
	overlay.BlurRGBA(x.clean, sc.Blur)
	x.annotated = image.NewRGBA(x.clean.Rect)
	copy(x.annotated.Pix, x.clean.Pix)
	overlay.DrawRGBA(x.annotated, sc.Detections, view(p.settings.get(), sc))
	x.seen = record.Seen{
		Time: time.Now(), Phone: ph.Name(), Width: sc.Frame.Width, Height: sc.Frame.Height,
		Model: p.model().Name, Detections: sc.Detections,
	}
	return save(x)
}

// lookTime is how long a frame that is to be saved waits for its own detections.
const lookTime = time.Second / 2

// exact replaces predicted boxes by the detections of this very frame.
func (p *snapshots) exact(ph *phone, sc *ui.Scene) {
	if p.model().State != session.ModelReady {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	if ph.Timeline().Wait(ctx, sc.Frame.PTS) != nil {
		return
	}
	v := ph.Past(sc.Frame.PTS)
	sc.Detections, sc.Blur = v.Detections, append(slices.Clone(v.Blur), sc.Blur...)
}

// view is what is drawn over a frame under these settings, as in the window.
func view(v ui.Settings, sc ui.Scene) overlay.View {
	out := overlay.View{Boxes: v.Boxes, Labels: v.Labels, IDs: v.IDs}
	if v.Trails {
		out.Trails = sc.Trails
	}
	if v.Regions {
		out.Tallies = sc.Tallies
	}
	return out
}

// burst saves several frames in a row.
func (p *snapshots) burst(ph *phone, dir string) (record.Saved, error) {
	b := record.NewBurst(dir, time.Now(), ph.Name())
	tick := time.NewTicker(burstTime / burstPictures)
	defer tick.Stop()
	for i := range burstPictures {
		_, err := p.shoot(ph, func(x shot) (record.Saved, error) {
			return record.Saved{}, b.Add(x.annotated, x.clean, x.seen)
		})
		if err != nil {
			if i > 0 {
				err = fmt.Errorf("%d of %d pictures were saved in %s: %w",
					i, burstPictures, b.Saved().Folder, err)
			}
			return record.Saved{}, err
		}
		<-tick.C
	}
	return b.Saved(), nil
}

// sample adds the clean picture with what was found to the data set for training.
func (p *snapshots) sample(ph *phone, dir string) (record.Saved, error) {
	return p.shoot(ph, func(x shot) (record.Saved, error) {
		labels := make([]record.Label, len(x.found))
		for i, d := range x.found {
			labels[i] = record.Label{
				Class: d.Class, Name: d.Label, X1: d.Box.X1, Y1: d.Box.Y1,
				X2: d.Box.X2, Y2: d.Box.Y2,
			}
			if corners, ok := d.Corners(); ok {
				for _, p := range corners {
					labels[i].Corners = append(labels[i].Corners, [2]float32{p.X, p.Y})
				}
			}
		}
		return record.DatasetIn(dir).Add(x.seen.Time, ph.Name(), x.clean, labels)
	})
}
