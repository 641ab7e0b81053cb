package ort

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestQuietly writes to standard error as C does, by its number.
func TestQuietly(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	restore, err := redirect(w)
	if err != nil {
		t.Fatal(err)
	}
	say := func(text string) { _, _ = syscall.Write(syscall.Stderr, []byte(text)) }
	failed := errors.New("no adapter")
	got := quietly(func() error {
		say("error: XDG_RUNTIME_DIR is invalid or not set in the environment.\n")
		say("time=now level=WARN msg=news\nWarning: Vulkan something required.\n")
		say(" - While initializing adapter (backend=Vulkan)\n    at Init (a.cpp:2)\n\n")
		return failed
	})
	say("later\n")
	restore()
	w.Close()
	said := make([]byte, 1000)
	n, _ := r.Read(said)
	if !errors.Is(got, failed) || string(said[:n]) != "time=now level=WARN msg=news\nlater\n" {
		t.Errorf("%v, and it said %q", got, said[:n])
	}
	var passed strings.Builder
	passOn(strings.NewReader("one\n\nMESA: error: none\n\n\ntwo"), &passed)
	if passed.String() != "one\n\ntwo\n" {
		t.Errorf("it passed on %q", passed.String())
	}
}
