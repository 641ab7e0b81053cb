package e2e

import (
	"context"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"handlens/media"
	"handlens/media/ffmpeg"
)

// recorded returns the film that the recording event of that state tells of.
func (a *app) recorded(t *testing.T, mark int, session string) event {
	t.Helper()
	e := a.waitSince(t, mark, "recording", func(e event) bool {
		return e.State == "ended" && e.Session == session
	})
	if e.Text != "" {
		t.Fatalf("the recording ended with %q", e.Text)
	}
	return e
}

// inFilm checks the boxes on pictures of a film: each of them, once the detector has looked.
func inFilm(t *testing.T, path string, c clip) {
	t.Helper()
	var pool media.Pool
	r, err := ffmpeg.OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	convert := ffmpeg.NewConverter()
	defer convert.Close()
	n, good := 0, 0
	var last error
	for ; ; n++ {
		f, err := r.Next()
		if err != nil {
			break
		}
		img := image.NewRGBA(f.Bounds())
		if err := convert.ToRGBA(img, f); err != nil {
			t.Fatal(err)
		}
		f.Release()
		if err := boxed(img, c); err != nil {
			last = err
			continue
		}
		good++
	}
	// The first pictures may be older than the first look.
	if n == 0 || good < n*8/10 {
		t.Errorf("%d of %d pictures in the film have their boxes; of the last one without: %v",
			good, n, last)
	}
}

// TestRecordingHoldsTheBoxes records a phone from its first picture and looks at the film.
func TestRecordingHoldsTheBoxes(t *testing.T) {
	for _, c := range []clip{landscape, portrait} {
		t.Run(c.name, func(t *testing.T) {
			a := startApp(t, 0, nil, "--no-window", "--record")
			p := startBrowser(t, c, allowed).open(t, a.url)
			p.start()
			joined := a.wait(t, "phone-joined", nil)
			a.wait(t, "recording", func(e event) bool { return e.State == "started" })
			p.do("see that the page tells of the recording",
				chromedp.WaitVisible(chromedp.CSS("#recording")))
			a.found(t, 0, joined.Session, c)
			began, mark := time.Now(), a.mark()
			time.Sleep(4 * time.Second)
			p.stop()
			e := a.recorded(t, mark, joined.Session)
			least := time.Since(began) - 2*time.Second
			info, err := ffmpeg.Probe(e.Film)
			if err != nil {
				t.Fatal(err)
			}
			if info.Fragmented || !info.IndexFirst || info.Length < least || info.Frames < 20 {
				t.Errorf("the film is %+v, want an ordinary MP4 of %v at least", info, least)
			}
			if (info.Width > info.Height) != (c.width > c.height) ||
				info.Width*info.Height < c.width*c.height {
				t.Errorf("a picture of %d × %d makes a film of %d × %d", c.width, c.height,
					info.Width, info.Height)
			}
			inFilm(t, e.Film, c)
			data, err := os.ReadFile(e.Data)
			if err != nil || strings.Count(string(data), "\n") < info.Frames ||
				!strings.Contains(string(data), `"label":"blue"`) {
				t.Errorf("the data beside the film are %d lines, %v",
					strings.Count(string(data), "\n"), err)
			}
		})
	}
}

// TestTwoPhonesAreRecorded records two phones at once, each with another codec.
func TestTwoPhonesAreRecorded(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window", "--record")
	b := startBrowser(t, landscape, allowed)
	var sessions []string
	mark := 0
	for _, codec := range []string{"VP8", "H264"} {
		mark = a.mark()
		p := b.open(t, withCodec(a.url, codec))
		p.start()
		joined := a.waitSince(t, mark, "phone-joined", nil)
		a.waitSince(t, mark, "recording", func(e event) bool {
			return e.State == "started" && e.Session == joined.Session
		})
		sessions = append(sessions, joined.Session)
	}
	for _, s := range sessions {
		a.found(t, mark, s, landscape)
	}
	time.Sleep(3 * time.Second)
	mark = a.mark()
	a.stop(t)
	films := map[string]bool{}
	for _, s := range sessions {
		e := a.recorded(t, mark, s)
		films[e.Film] = true
		inFilm(t, e.Film, landscape)
	}
	if len(films) != 2 {
		t.Errorf("two phones made %d films", len(films))
	}
}

// TestRecordingSurvivesAKill ends the program the hard way in the middle of a recording; the next
// start mends the film.
func TestRecordingSurvivesAKill(t *testing.T) {
	home := t.TempDir()
	env := []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home}
	a := startApp(t, 0, env, "--no-window", "--record")
	p := startBrowser(t, landscape, allowed).open(t, a.url)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	a.wait(t, "recording", func(e event) bool { return e.State == "started" })
	time.Sleep(6 * time.Second)
	a.kill()
	again := startApp(t, 0, env, "--no-window")
	e := again.wait(t, "recording", func(e event) bool { return e.State == "repaired" })
	info, err := ffmpeg.Probe(e.Film)
	if err != nil {
		t.Fatal(err)
	}
	if info.Fragmented || info.Length < 3*time.Second {
		t.Errorf("six seconds and a kill leave %+v", info)
	}
	inFilm(t, e.Film, landscape)
	parts, err := filepath.Glob(filepath.Join(filepath.Dir(e.Film), "*.part.mp4"))
	if err != nil || len(parts) != 0 {
		t.Errorf("beside the film there are still %v, %v", parts, err)
	}
}

// key types a key into the window.
func (s screen) key(t *testing.T, name string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", "search", "--onlyvisible", "--name", "^Handlens$",
		"windowfocus", "key", name)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("type %s: %v: %s", name, err, out)
	}
}

// TestWindowRecords records, replays and takes pictures by the keys of the window.
func TestWindowRecords(t *testing.T) {
	s := startScreen(t)
	a := startApp(t, 0, []string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"})
	p := startBrowser(t, landscape, allowed).open(t, a.url)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	s.until(t, landscape)

	s.key(t, "r")
	a.wait(t, "recording", func(e event) bool { return e.State == "started" })
	p.do("see that the page tells of the recording",
		chromedp.WaitVisible(chromedp.CSS("#recording")))
	time.Sleep(3 * time.Second)
	mark := a.mark()
	s.key(t, "r")
	inFilm(t, a.recorded(t, mark, joined.Session).Film, landscape)
	p.do("see that the page tells of the end", chromedp.WaitNotVisible(chromedp.CSS("#recording")))

	s.key(t, "s")
	if e := a.wait(t, "snapshot", nil); e.Annotated == "" || e.Clean == "" {
		t.Errorf("a screenshot made %+v", e)
	}
	mark = a.mark()
	s.key(t, "d")
	sample := a.waitSince(t, mark, "snapshot", func(e event) bool {
		return strings.Contains(e.Clean, "Dataset")
	})
	labels := strings.Replace(strings.TrimSuffix(sample.Clean, ".png")+".txt", "images", "labels",
		1)
	if b, err := os.ReadFile(labels); err != nil || strings.Count(string(b), "\n") != 3 {
		t.Errorf("the sample's labels are %q, %v; want three", b, err)
	}

	s.key(t, "l")
	replay := a.wait(t, "recording", func(e event) bool { return e.State == "replay" })
	inFilm(t, replay.Film, landscape)
}

// TestMicrophoneInTheFilm switches the phone's microphone on, on its page, in the middle of a
// recording; a fake one beeps.
func TestMicrophoneInTheFilm(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window", "--record")
	p := startBrowser(t, landscape, allowed).open(t, a.url)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	p.do("switch the microphone on", chromedp.Click(chromedp.CSS("#microphone")),
		chromedp.Click(chromedp.CSS("#ask-yes")),
		chromedp.WaitReady(chromedp.CSS(`#microphone[aria-pressed="true"]`)))
	time.Sleep(4 * time.Second)
	mark := a.mark()
	p.stop()
	e := a.recorded(t, mark, joined.Session)
	info, err := ffmpeg.Probe(e.Film)
	if err != nil {
		t.Fatal(err)
	}
	if info.Audio != "opus" || info.AudioPackets < 100 ||
		info.AudioLength > info.Length+time.Second {
		t.Errorf("four seconds of sound give %+v", info)
	}
}
