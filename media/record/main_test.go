package record

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// childVariable tells a copy of this test program to record instead: "video" or "limited", in
// childDir.
const (
	childVariable = "HANDLENS_RECORD_CHILD"
	childDir      = "HANDLENS_RECORD_DIR"
)

// child does that work and returns the exit status; nil where no test has need of it.
var child func(work, dir string) int

func TestMain(m *testing.M) {
	if work := os.Getenv(childVariable); work != "" && child != nil {
		os.Exit(child(work, os.Getenv(childDir)))
	}
	goleak.VerifyTestMain(m)
}
