package kit

import "testing"

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Anna's iPhone":           "Anna's iPhone",
		"two\nlines\tand\x00more": "two lines and more",
		"right \u202eto left":     "right to left",
		"  ":                      "",
		"far too long a name":     "far too lo…",
	} {
		n := MaxName
		if want[len(want)-min(len(want), 3):] == "…" {
			n = 10
		}
		if got := Printable(in, n); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
