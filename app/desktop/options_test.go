package desktop

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/app/session"
	"handlens/media"
)

// parseOptions reads a command line as the app does.
func parseOptions(args []string) (options, error) {
	o := newOptions()
	given, err := cli.Parse(o.Flags(), args)
	if err == nil {
		err = o.Check(given)
	}
	return *o, err
}

func TestParseOptions(t *testing.T) {
	o, err := parseOptions([]string{
		"--port", "9000", "--model=m.onnx", "--classes", "person, car", "--classes", "dog",
		"--confidence", "0.25", "--no-window", "--events", "-", "--address", "127.0.0.1",
		"--approve", "ask", "--max-phones", "3", "--ice-server", "stun:a:1", "--data-dir", "/d",
		"--ice-server=turn:me:a,b@h", "--share",
	})
	if err != nil {
		t.Fatal(err)
	}
	if o.port != 9000 || o.Model != "m.onnx" || o.Confidence != 0.25 || !o.noWindow ||
		o.events != "-" || o.DataDir != "/d" || o.approve != "ask" || o.maxPhones != 3 ||
		!o.share {
		t.Errorf("got %+v", o)
	}
	if want := []string{"person", "car", "dog"}; !slices.Equal(o.Classes, want) {
		t.Errorf("classes are %q, want %q", o.Classes, want)
	}
	servers := []media.ICEServer{
		{URL: "stun:a:1"}, {URL: "turn:h", Username: "me", Credential: "a,b"},
	}
	if o.address.String() != "127.0.0.1" || !slices.Equal(o.iceServers, servers) {
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
	if o.port != 8443 || o.Confidence != 0.4 || o.IoU != 0.5 || o.approve != "auto" || o.noWindow ||
		o.events != "" || o.maxPhones != session.MaxPhones || o.share {
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
		{"--max-phones 0", "1..8"},
		{"--max-phones 9", "1..8"},
		{"--address home", "not an IP address"},
		{"--tls-cert a.pem", "go together"},
		{"--model", "needs a value"},
		{"--colour red", "no option --colour"},
		{"--ice-server stun.example.org", "--ice-server: an ICE server begins with"},
		{"--ice-server stun:a --ice-server stun:b:0", "--ice-server, number 2 of 2: the port"},
	} {
		_, err := parseOptions(strings.Fields(c.args))
		if err == nil || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want one sentence with %q", c.args, err, c.want)
		}
	}
	if _, err := parseOptions([]string{"--help"}); !errors.Is(err, cli.ErrHelp) {
		t.Errorf("--help gives %v", err)
	}
}

// TestICEServerErrorsKeepThePassword mistypes a TURN server in every way, and looks for the
// password in all that is printed.
func TestICEServerErrorsKeepThePassword(t *testing.T) {
	for _, text := range []string{
		"trun:me:hunter2@h", "turn:me:hunter2", "turn:hunter2@h", "turn:me:hunter2@",
		"turn:me:hunter2@h:port", "turn:me:hunter2%@h", "turn:me:hunter2@h?transport=x",
		"stun:me:hunter2@h", "turn:me@h:hunter2", "me:hunter2@h", "turn://me:hunter2@/h",
		"turn:me:hunter2\n@h",
	} {
		for _, args := range [][]string{
			{"--ice-server", text},
			{"--ice-server=" + text},
			{"--ice-server", "stun:a", "--ice-server", text},
		} {
			var out, errs bytes.Buffer
			args = append(args, "--no-window", "--data-dir", t.TempDir())
			status := Command().Run(t.Context(), args, &out, &errs)
			said := out.String() + errs.String()
			named := strings.Contains(said, "--ice-server")
			if status != cli.Usage || !named || strings.Count(said, "\n") != 1 {
				t.Errorf("%q: status %d, printed %q", args, status, said)
			}
			if strings.Contains(said, "hunter2") {
				t.Errorf("%q: the password is in %q", args, said)
			}
		}
	}
}
