package desktop

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"handlens/app/recording"
	"handlens/media/record"
)

// leftovers looks for recordings that were cut off, by a crash or by the power. At the window their repair is offered; without one nobody
// could answer, and a repair takes nothing away, so it is simply done.
func (p *program) leftovers(ctx context.Context) {
	dir, err := record.VideosDir()
	if err != nil {
		return // without a folder for films there are none
	}
	found, err := record.FindUnfinished(dir)
	if err != nil {
		p.fail(err)
		return
	}
	for _, l := range found {
		if p.window == nil {
			p.repair(ctx, l)
			continue
		}
		p.window.ui.OfferRepair(l.Name, func() { p.repair(ctx, l) })
	}
}

// repair makes a film that was cut off an ordinary one.
func (p *program) repair(ctx context.Context, l record.Unfinished) {
	path, err := l.Repair(ctx, nil)
	switch {
	case errors.Is(err, record.ErrEmpty):
		// It ended within its first second: there is nothing to lose.
		err = l.Discard()
	case err != nil:
		err = fmt.Errorf("the recording %s could not be repaired: %w", filepath.Base(l.Path), err)
	default:
		p.events.recording(nil, "repaired", recording.State{}, recording.Result{Film: path})
	}
	switch {
	case err != nil:
		p.fail(err)
	case path == "":
	case p.window != nil:
		p.window.ui.FilmSaved(path)
	default:
		p.console.say("A recording that was cut off is whole again: %s", path)
	}
}
