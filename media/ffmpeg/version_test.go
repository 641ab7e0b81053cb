package ffmpeg

import (
	"os"
	"regexp"
	"testing"
)

func TestLinkedVersionIsThePinnedOne(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	pin := regexp.MustCompile(`(?m)^FFMPEG_VERSION\s*:?=\s*(\S+)`).FindSubmatch(makefile)
	if pin == nil {
		t.Fatal("the Makefile pins no FFMPEG_VERSION")
	}
	if got, want := Version(), string(pin[1]); got != want {
		t.Fatalf("linked against FFmpeg %s, but the Makefile pins %s: run `make setup`, then "+
			"build through make, so that PKG_CONFIG_PATH names that build", got, want)
	}
}
