package desktop

import (
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParseOptions(t *testing.T) {
	o, err := parseOptions([]string{
		"--port", "9000", "--model=m.onnx", "--classes", "person, car", "--classes", "dog", "--confidence", "0.25",
		"--no-window", "--events", "-", "--address", "127.0.0.1", "--ice-server", "stun:a:1", "--data-dir", "/d",
	})
	if err != nil {
		t.Fatal(err)
	}
	if o.port != 9000 || o.Model != "m.onnx" || o.Confidence != 0.25 || !o.noWindow || o.events != "-" || o.DataDir != "/d" {
		t.Errorf("got %+v", o)
	}
	if want := []string{"person", "car", "dog"}; !slices.Equal(o.Classes, want) {
		t.Errorf("classes are %q, want %q", o.Classes, want)
	}
	if o.address.String() != "127.0.0.1" || !slices.Equal(o.iceServers, []string{"stun:a:1"}) {
		t.Errorf("got %+v", o)
	}
}

func TestParseOptionsDefaults(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "/home/anna")
	t.Setenv("AppData", "/home/anna")
	o, err := parseOptions(nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.port != 8443 || o.Confidence != 0.4 || o.IoU != 0.5 || o.approve != "auto" || o.noWindow || o.events != "" {
		t.Errorf("got %+v", o)
	}
	if !strings.HasPrefix(o.DataDir, filepath.FromSlash("/home/anna")) {
		t.Errorf("the data would be in %s", o.DataDir)
	}
}

func TestParseOptionsRefuses(t *testing.T) {
	for _, c := range []struct {
		args string
		want string
	}{
		{"--port 70000", "0..65535"},
		{"--port many", "many"},
		{"--confidence 0", "0..1"},
		{"--confidence NaN", "0..1"},
		{"--iou 2", "0..1"},
		{"--approve maybe", "ask or auto"},
		{"--approve ask --no-window", "needs the window"},
		{"--address home", "no IP address"},
		{"--tls-cert a.pem", "go together"},
		{"--model", "needs a value"},
		{"--colour red", "no option --colour"},
		{"frobnicate", "no command"},
	} {
		_, err := parseOptions(strings.Fields(c.args))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one sentence with %q", c.args, err, c.want)
		}
	}
	if _, err := parseOptions([]string{"--help"}); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("--help gives %v", err)
	}
}
