package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"handlens/media/cause"
)

// TestEachCauseIsWorded, each in words of its own; TestTranslations wants them in each language.
func TestEachCauseIsWorded(t *testing.T) {
	texts := map[string]cause.Code{}
	for _, c := range cause.Codes() {
		text := causeWords(c)
		if other, taken := texts[text]; text == "" || taken {
			t.Errorf("%d is worded %q, as is %d", c, text, other)
		}
		texts[text] = c
	}
	if causeWords(cause.Unknown) != "" {
		t.Error("what is unknown is worded")
	}
}

func TestErrorWords(t *testing.T) {
	for want, err := range map[string]error{
		"/a/b: the disk is full": fmt.Errorf("saving: %w",
			&fs.PathError{Op: "write", Path: "/a/b", Err: syscall.ENOSPC}),
		"nobody answers there": fmt.Errorf("x: %w", syscall.ECONNREFUSED),
		// The system's own English is the last resort.
		"as it is": errors.New("as it is"),
	} {
		if got := ErrorWords(err); got != want {
			t.Errorf("%v is worded %q, want %q", err, got, want)
		}
	}
	for err, want := range map[error]string{
		errors.New("as it is"): "that did not work (as it is)", syscall.EIO: "the disk cannot be " +
			"read or written",
	} {
		if got := Sentence(err); got != want {
			t.Errorf("%v is worded %q, want %q", err, got, want)
		}
	}
	long := ErrorWords(errors.New(strings.Repeat("x\n", 9999)))
	if strings.Contains(long, "\n") || len(long) > 2*MaxReason {
		t.Errorf("%d characters", len(long))
	}
	wrapped := fmt.Errorf("nothing could be saved in /a: %w", errors.New("odd"))
	if got := CauseWords(wrapped); got != "odd" {
		t.Errorf("%q", got)
	}
	if got := CauseWords(fmt.Errorf("x: %w", syscall.EISDIR)); got != causeWords(cause.IsFolder) {
		t.Errorf("%q", got)
	}
}
