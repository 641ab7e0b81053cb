package ffmpeg

import (
	"strings"
	"testing"

	"handlens/media"
)

// This machine's real answer is asked for: each way that does not work says why, and software
// always does.
func TestDecodersSayWhy(t *testing.T) {
	works := map[media.Codec]bool{}
	for _, v := range Decoders() {
		t.Logf("%v %s: %v %s", v.Codec, v.Label, v.Works, v.Why)
		if v.Works != (v.Why == "") || v.Hardware == (v.Name == software) {
			t.Errorf("%+v", v)
		}
		if !v.Hardware {
			works[v.Codec] = v.Works
		}
		if strings.Contains(v.Why, "\n") || len(v.Why) > 200 {
			t.Errorf("%v %s: not a few words: %q", v.Codec, v.Label, v.Why)
		}
	}
	for _, c := range codecs {
		if !works[c] {
			t.Errorf("%v has no decoder in software", c)
		}
	}
}
