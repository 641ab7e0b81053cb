package ui

import (
	"errors"
	"io"
	"log"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

// TestToolkitLog: a theme that cannot be watched is no news, all other errors are.
func TestToolkitLog(t *testing.T) {
	var said strings.Builder
	log.SetOutput(&toolkitLog{to: &said})
	defer log.SetOutput(os.Stderr)
	fyne.LogError("failed to watch theme settings", errors.New("no bus"))
	fyne.LogError("Preferences load error:", io.EOF)
	if said.Len() > 0 {
		t.Errorf("it said %q", said.String())
	}
	fyne.LogError("window creation error", errors.New("no screen"))
	fyne.LogError("failed to watch theme settings", errors.New("no bus"))
	for _, want := range []string{"window creation error", "no screen", "quiet_test.go"} {
		if strings.Count(said.String(), want) != 1 {
			t.Errorf("%q is not once in %q", want, said.String())
		}
	}
	if strings.Contains(said.String(), "no bus") {
		t.Errorf("it said %q", said.String())
	}
}
