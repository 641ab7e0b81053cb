package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/waittest"
)

// told is the body of a webhook.
type told struct {
	Rule, Phone, Session, Snapshot string
	Labels                         map[string]int
	Picture                        []byte
}

// TestARuleTells has a rule come true before a real camera: the picture, the video of the seconds
// around it and the message to a webhook are there.
func TestARuleTells(t *testing.T) {
	hooked := make(chan told, 10)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var v told
		if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
			t.Error(err)
		}
		hooked <- v
	}))
	defer hook.Close()
	broker := startBroker(t)
	rule := broker.listen(t, "handlens/+/rule/red")
	made := t.TempDir()
	a := startApp(t, 0, nil, "--no-window", "--videos", made, "--pictures", made,
		"--rule", "Red: when red for 1 s then snapshot, clip 1 s before 1 s after, webhook "+
			hook.URL+" with picture", "--mqtt", broker.url)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	defer p.stop()
	joined := a.wait(t, "phone-joined", nil)
	a.wait(t, "rule", func(e event) bool { return e.Session == joined.Session })

	var v told
	select {
	case v = <-hooked:
	case <-time.After(time.Minute):
		t.Fatal("the webhook was not told")
	}
	if v.Rule != "Red" || v.Session != joined.Session || v.Labels["red"] < 1 || v.Phone == "" {
		t.Errorf("told was %s of %s, %v", v.Rule, v.Phone, v.Labels)
	}
	if filepath.Dir(v.Snapshot) != made {
		t.Errorf("the snapshot is %q", v.Snapshot)
	}
	picture, format, err := image.Decode(bytes.NewReader(v.Picture))
	if err != nil || format != "jpeg" || picture.Bounds().Dx() < 320 {
		t.Errorf("the picture is %s, %v", format, err)
	}

	if said := rule(); !strings.Contains(said, `"rule":"Red"`) {
		t.Errorf("the broker is told %s", said)
	}
	if said := broker.listen(t, "homeassistant/sensor/+/config")(); !strings.Contains(said,
		"_object_") {
		t.Errorf("Home Assistant is told %s", said)
	}

	clip := a.wait(t, "recording", func(e event) bool { return e.State == "replay" })
	var pool media.Pool
	r, err := ffmpeg.OpenFile(clip.Film, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	// It begins at a key frame, which may lie further back.
	if d := r.Info().Duration; d < 1500*time.Millisecond || d > 15*time.Second {
		t.Errorf("the clip is %v long", d)
	}
	wantMoment(t, clip.Film, "Red")
}

// wantMoment wants a rule's moment, with its picture, on the page about a recording.
func wantMoment(t *testing.T, film, rule string) {
	t.Helper()
	if out, err := exec.Command(program, "report", film).CombinedOutput(); err != nil {
		t.Fatalf("report: %s, %v", out, err)
	}
	page, err := os.ReadFile(strings.TrimSuffix(film, ".mp4") + " report.html")
	if err != nil {
		t.Fatal(err)
	}
	_, moment, found := strings.Cut(string(page), `<li class="rule">`)
	moment, _, _ = strings.Cut(moment, "</a>")
	if !found || !strings.Contains(moment, ".mp4#t=") || !strings.Contains(moment, "image/jpeg") ||
		!strings.HasSuffix(moment, rule) {
		t.Errorf("the page has %.300q", moment)
	}
}

// mosquitto is an MQTT broker of the test's own.
type mosquitto struct {
	pid, port int
	url       string
}

// startBroker starts one that lets everybody in.
func startBroker(t *testing.T) mosquitto {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	config := filepath.Join(t.TempDir(), "mosquitto.conf")
	text := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\n", port)
	if os.Geteuid() == 0 {
		text += "user root\n" // it would give itself up, and then not read its own files
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("mosquitto", "-c", config)
	runBeside(t, cmd)
	b := mosquitto{cmd.Process.Pid, port, fmt.Sprint("mqtt://127.0.0.1:", port)}
	waittest.Until(t, "the broker", func() bool {
		c, err := net.Dial("tcp", strings.TrimPrefix(b.url, "mqtt://"))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
	return b
}

// runBeside starts a program that ends with the test.
func runBeside(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// listen begins to listen to a topic, and returns what waits for its first message.
func (b mosquitto) listen(t *testing.T, topic string) func() string {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command("mosquitto_sub", "-p", strconv.Itoa(b.port), "-t", topic, "-C", "1", "-W",
		"60",
		"-v")
	cmd.Stdout = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return func() string {
		t.Helper()
		if err := cmd.Wait(); err != nil {
			t.Fatalf("nothing was heard of %s: %v", topic, err)
		}
		return said.String()
	}
}
