package cli

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
)

func TestDisplayFault(t *testing.T) {
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, "wayland-0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct{ name, display, wayland, want string }{
		{"nothing set", "", "", "no display here"},
		{"a compositor that answers", "", "wayland-0", ""},
		{"a compositor named by its path", "", filepath.Join(dir, "wayland-0"), ""},
		{"a compositor that has gone", "", "wayland-9", "does not answer"},
		{"a compositor beside a dead X server", ":61234", "wayland-0", ""},
		{"an X server that has gone", ":61234", "", "does not answer"},
		{"no number", "nonsense", "", "does not answer"},
		{"an impossible number", ":99999999", "", "does not answer"},
	} {
		got := x11OrWaylandFault(c.display, c.wayland, dir)
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
