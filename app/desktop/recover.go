package desktop

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"handlens/app/recording"
	"handlens/media/record"
)

// offerRepairs looks for recordings that were cut off, by a crash or by the power, and has their
// repair offered. It may wait for the disk.
func offerRepairs(ctx context.Context, of *folders, front frontend, tell listener) {
	dir, err := of.videos()
	if err != nil {
		return // without a folder for recordings there are none
	}
	found, err := record.FindUnfinished(dir)
	if err != nil {
		tell.Fault(err)
		return
	}
	for _, l := range found {
		front.OfferRepair(l.Name, func() { repair(ctx, l, tell) })
	}
}

// repair makes a recording that was cut off an ordinary one and tells where it is. One without a
// picture is deleted in silence: it ended within its first second, so there is nothing to lose.
func repair(ctx context.Context, l record.Unfinished, tell listener) {
	path, err := l.Repair(ctx, nil)
	if errors.Is(err, record.ErrEmpty) {
		if err := l.Discard(); err != nil {
			tell.Fault(err)
		}
		return
	}
	if err != nil {
		tell.Fault(fmt.Errorf("the recording %s could not be repaired: %w", filepath.Base(l.Path),
			err))
		return
	}
	tell.Recording(nil, recordingRepaired, measured(recording.State{}, path),
		recording.Result{Video: path})
}
