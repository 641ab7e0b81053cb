package sniff

import (
	"strings"
	"testing"
)

func TestMistake(t *testing.T) {
	for head, word := range map[string]string{
		"":                            "empty",
		"\n <!DOCTYPE html><html>":    "web page",
		"<HTML lang=en>":              "web page",
		"PK\x03\x04rest of a archive": "export it",
		"version https://git-lfs.github.com/spec/v1\noid sha256:00": "LFS",
	} {
		if got := Mistake([]byte(head)).Sentence(); !strings.Contains(got, word) {
			t.Errorf("%q: %q, want a word on %q", head, got, word)
		}
	}
	for _, head := range []string{"\x08\x08\x12\x07pytorch", "x", "version 2"} {
		if got := Mistake([]byte(head)); got != Unknown || got.Sentence() != "" {
			t.Errorf("%q: %d", head, got)
		}
	}
}
