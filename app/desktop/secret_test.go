package desktop

import (
	"path/filepath"
	"testing"
)

// A password goes to the server that it was given for, in the way in which it was, and nowhere
// else.
func TestASecretBelongsToItsServer(t *testing.T) {
	s := secret{filepath.Join(t.TempDir(), "new", "secret"), "it"}
	if err := s.set("https://sfu:99/{phone}/whip", "a\nb"); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"https://sfu:99/other/whip": "a\nb", "https://me@sfu:99": "a\nb", "http://sfu:99/whip": "",
		"https://sfu/whip": "", "https://evil/whip": "", "": "", "sfu:99": "",
	} {
		if got, err := s.get(address); got != want || err != nil ||
			s.kept(address) != (want != "") {
			t.Errorf("%q gets %q, %v", address, got, err)
		}
	}
	if err := s.set("", ""); err != nil || s.kept("https://sfu:99") {
		t.Errorf("it is not removed: %v", err)
	}
}
