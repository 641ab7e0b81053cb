package media

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFaultsAreWordedAndUnwrapped(t *testing.T) {
	cause := errors.New("no such decoder")
	for _, c := range FaultCodes() {
		err := fmt.Errorf("phone: %w", &Fault{Code: c, Codec: AV1, Width: 8, Height: 6, Err: cause})
		if text := err.Error(); strings.Contains(text, "no such decoder") == (c >= PhoneGone) ||
			strings.Contains(text, "fault ") {
			t.Errorf("fault %d is worded %q", c, text)
		}
		var f *Fault
		if !errors.As(err, &f) || f.Code != c || !errors.Is(err, cause) {
			t.Errorf("fault %d is not found in %v", c, err)
		}
	}
	const want = "this phone's AV1 video cannot be decoded: no such decoder"
	if got := (&Fault{Code: CannotDecode, Codec: AV1, Err: cause}).Error(); got != want {
		t.Errorf("it is worded %q, want %q", got, want)
	}
}
