package media

import (
	"strings"
	"testing"
	"time"
)

// Scripts read these words in the events.
func TestEachReasonIsWorded(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range ReasonCodes() {
		text := Reason{Code: c, After: 25 * time.Second}.String()
		if text == "" || strings.HasPrefix(text, "reason ") || seen[text] {
			t.Errorf("reason %d is worded %q", c, text)
		}
		seen[text] = true
	}
	for want, r := range map[string]Reason{
		"": {},
		"the phone went away: nothing heard for 25s": {PhoneLost, 25 * time.Second},
		"the phone left": {Code: PhoneLeft},
		"reason 250":     {Code: 250},
	} {
		if got := r.String(); got != want {
			t.Errorf("%#v is worded %q, want %q", r, got, want)
		}
	}
}
