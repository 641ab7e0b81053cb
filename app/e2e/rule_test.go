package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/ffmpeg"
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
	made := t.TempDir()
	a := startApp(t, 0, nil, "--no-window", "--videos", made, "--pictures", made,
		"--rule", "Red: when red for 1 s then snapshot, clip 1 s before 1 s after, webhook "+
			hook.URL+" with picture")
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
}
