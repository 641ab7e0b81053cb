package desktop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"handlens/app/instance"
)

// askWithin is how long a second start waits for the window that is open, before it opens one of
// its own.
const askWithin = 3 * time.Second

// opensFile says that an argument is a file to open, as the desktop hands it over, and no
// subcommand: a model, or anything with a path, of which is then said what it is.
func opensFile(arg string) bool {
	return strings.EqualFold(filepath.Ext(arg), ".onnx") || filepath.Base(arg) != arg
}

// fileToOpen reads the arguments that are no options. The program that opens the file may have
// another working directory.
func fileToOpen(args []string) (string, error) {
	switch len(args) {
	case 0:
		return "", nil
	case 1:
		return filepath.Abs(args[0])
	}
	return "", fmt.Errorf("one model can be opened at a time, not %d files", len(args))
}

// alone says that the window is to be the only one of its data folder.
func (o *options) alone() bool {
	return !o.noWindow && !o.newOne && o.glass == nil && o.phone == nil
}

// plain says that nothing was asked for but the window and perhaps a file, both of which a window
// that is open already can give as well.
func (o *options) plain() bool {
	for name := range o.given {
		if name != "data-dir" {
			return false
		}
	}
	return true
}

// takeFolder makes this the program whose window a second start shows. Where there is such a window
// already, that one is shown instead, and shown is true: then there is nothing left to do. Without
// either, as with options that the other one does not have, the program goes on with no claim.
func (o *options) takeFolder(ctx context.Context, terminal io.Writer) (
	claim *instance.Claim, shown bool,
) {
	if !o.alone() {
		return nil, false
	}
	if !o.plain() {
		// Without the claim, the next start may open a window of its own.
		claim, _ = instance.Take(o.DataDir)
		return claim, false
	}
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	claim, err := instance.TakeOrAsk(ctx, o.DataDir, instance.Request{Model: o.open})
	if errors.Is(err, instance.ErrTaken) {
		fmt.Fprintf(terminal, "handlens: %v, so this is a window of its own.\n", err)
	}
	return claim, claim == nil && err == nil
}

// second shows the window, and what a second start was given.
func (w *window) second(r instance.Request) {
	w.ui.Raise()
	if r.Model != "" {
		w.ui.OfferModel(r.Model)
	}
}
