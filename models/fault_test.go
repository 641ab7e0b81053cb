package models

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestFaultsAreWordedAndUnwrapped(t *testing.T) {
	cause := errors.New("a cause")
	for _, c := range FaultCodes() {
		f := &Fault{
			Code: c, Name: "a model", Path: "/a path", Host: "a.host", Status: "a status",
			Sum: "123", License: "MIT", Size: 123, Got: 122, Err: cause,
		}
		if text := f.Error(); text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("fault %d is worded %q", c, text)
		}
		err := fmt.Errorf("model: %w", f)
		if !errors.Is(err, cause) || sentinels[c] == nil || !errors.Is(err, sentinels[c]) {
			t.Errorf("fault %d wraps %v", c, f.Unwrap())
		}
	}
}

func TestUnknownSuggests(t *testing.T) {
	for want, similar := range map[string][]string{
		`no model is called "x": did you mean a or b?`:                      {"a", "b"},
		"no model is called \"x\": `handlens models` lists those there are": nil,
	} {
		if got := (&Fault{Code: Unknown, Name: "x", Similar: similar}).Error(); got != want {
			t.Errorf("it is worded %q, want %q", got, want)
		}
	}
}
