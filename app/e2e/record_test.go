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

// recorded waits for the end of the session's recording.
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

// leastSeen is how many detections a recording in these tests has at least.
const leastSeen = 20

// watch waits until the clip has been seen for that long, by the clock of the camera's frames, and
// returns for how long it was.
func (a *app) watch(t *testing.T, session string, c clip, length time.Duration) time.Duration {
	t.Helper()
	mark := a.mark()
	first := a.found(t, mark, session, c)
	n := 0
	last := a.waitSince(t, mark, "detections", func(e event) bool {
		if e.Session != session || e.T < first.T {
			return false
		}
		n++
		return n >= leastSeen && e.T-first.T >= length.Milliseconds()
	})
	return time.Duration(last.T-first.T) * time.Millisecond
}

// checkBoxes checks the boxes in every frame of a recording. Where a patch has left, Chromium's
// H.264 encoder leaves a trace of its colour for a second, which the tests' detector takes for a
// part of it: so these tests want VP8.
func checkBoxes(t *testing.T, path string, c clip) {
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
	var img *image.RGBA
	for ; ; n++ {
		f, err := r.Next()
		if err != nil {
			break
		}
		if img == nil || img.Rect != f.Bounds() {
			img = image.NewRGBA(f.Bounds())
		}
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
	// The first frames may be older than the first detection.
	if n == 0 || good < n*8/10 {
		t.Errorf("%d of %d frames of the recording have their boxes; of the last one without: %v",
			good, n, last)
	}
}

// TestRecordingHoldsTheBoxes records a phone from its first frame and looks at the recording.
func TestRecordingHoldsTheBoxes(t *testing.T) {
	videos := filepath.Join(t.TempDir(), "to be made")
	a := startApp(t, 0, nil, "--no-window", "--record", "--videos", videos)
	for _, c := range []clip{landscape, portrait} {
		t.Run(c.name, func(t *testing.T) {
			mark := a.mark()
			p := sharedBrowser(t, c).open(t, withCodec(a.url, "VP8"))
			p.start()
			joined := a.waitSince(t, mark, "phone-joined", nil)
			a.waitSince(t, mark, "recording", func(e event) bool {
				return e.State == "started" && e.Session == joined.Session
			})
			p.do("see that the page tells of the recording",
				chromedp.WaitVisible(chromedp.CSS("#recording")))
			least := a.watch(t, joined.Session, c, 3*time.Second) - time.Second
			p.stop()
			e := a.recorded(t, mark, joined.Session)
			if filepath.Dir(e.Film) != videos {
				t.Errorf("the recording is in %s, want it in %s", e.Film, videos)
			}
			checkFiles(t, e, c, least)
			checkBoxes(t, e.Film, c)
		})
	}
}

// checkFiles looks at the files of a recording, but not at its frames.
func checkFiles(t *testing.T, e event, c clip, least time.Duration) {
	t.Helper()
	info, err := ffmpeg.Probe(e.Film)
	if err != nil {
		t.Fatal(err)
	}
	if info.Fragmented || !info.IndexFirst || info.Length < least || info.Frames < leastSeen {
		t.Errorf("the recording is %+v, want an ordinary MP4 of %v at least", info, least)
	}
	if over := info.Length.Seconds() - e.Seconds; over < -0.002 || over > 0.002 {
		t.Errorf("the event says %g seconds, the recording plays for %v", e.Seconds, info.Length)
	}
	if (info.Width > info.Height) != (c.width > c.height) ||
		info.Width*info.Height < c.width*c.height {
		t.Errorf("a frame of %d × %d makes a recording of %d × %d", c.width, c.height,
			info.Width, info.Height)
	}
	data, err := os.ReadFile(e.Data)
	lines := strings.Count(string(data), "\n")
	if err != nil || lines < info.Frames || !strings.Contains(string(data), `"label":"blue"`) {
		t.Errorf("the data beside the recording are %d lines, %v", lines, err)
	}
}

// TestTwoPhonesAreRecorded records two phones at once, each with another codec.
func TestTwoPhonesAreRecorded(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window", "--record")
	b := sharedBrowser(t, landscape)
	var sessions []string
	mark := 0
	for _, codec := range []string{"VP8", "VP9"} {
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
		a.watch(t, s, landscape, time.Second)
	}
	mark = a.mark()
	a.stop(t)
	files := map[string]bool{}
	for _, s := range sessions {
		e := a.recorded(t, mark, s)
		files[e.Film] = true
		checkBoxes(t, e.Film, landscape)
	}
	if len(files) != 2 {
		t.Errorf("two phones made %d recordings", len(files))
	}
}

// TestRecordingSurvivesAKill ends the program the hard way in the middle of a recording; the next
// start repairs it.
func TestRecordingSurvivesAKill(t *testing.T) {
	home := t.TempDir()
	env := []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home}
	a := startApp(t, 0, env, "--no-window", "--record")
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	a.wait(t, "recording", func(e event) bool { return e.State == "started" })
	length := a.watch(t, joined.Session, landscape, 5*time.Second)
	a.kill()
	again := startApp(t, 0, env, "--no-window")
	e := again.wait(t, "recording", func(e event) bool { return e.State == "repaired" })
	info, err := ffmpeg.Probe(e.Film)
	if err != nil {
		t.Fatal(err)
	}
	// Two seconds may be lost, and what the recorder had not encoded yet.
	if info.Fragmented || info.Length < length-3*time.Second {
		t.Errorf("%v and a kill leave %+v", length, info)
	}
	checkBoxes(t, e.Film, landscape)
	parts, err := filepath.Glob(filepath.Join(filepath.Dir(e.Film), "*.part.mp4"))
	if err != nil || len(parts) != 0 {
		t.Errorf("beside the recording there are still %v, %v", parts, err)
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

// TestWindowRecords records, replays and takes screenshots by the keys of the window.
func TestWindowRecords(t *testing.T) {
	s := startScreen(t)
	a := startApp(t, 0, []string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"})
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	s.until(t, landscape)

	s.key(t, "r")
	a.wait(t, "recording", func(e event) bool { return e.State == "started" })
	p.do("see that the page tells of the recording",
		chromedp.WaitVisible(chromedp.CSS("#recording")))
	a.watch(t, joined.Session, landscape, 2*time.Second)
	mark := a.mark()
	s.key(t, "r")
	checkBoxes(t, a.recorded(t, mark, joined.Session).Film, landscape)
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
	checkBoxes(t, replay.Film, landscape)
}

// TestRecordingHasAudio switches the phone's microphone on, on its page, in the middle of a
// recording. The browser's fake microphone beeps.
func TestRecordingHasAudio(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window", "--record")
	p := sharedBrowser(t, landscape).open(t, a.url)
	evaluate[bool](p, overhear)
	p.start()
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	p.do("switch the microphone on", chromedp.Click(chromedp.CSS("#microphone")),
		chromedp.Click(chromedp.CSS("#ask-yes")),
		chromedp.WaitReady(chromedp.CSS(`#microphone[aria-pressed="true"]`)))
	p.until("enough audio to be sent", `trial.audio().then((n) => n >= 120)`)
	mark := a.mark()
	p.stop()
	e := a.recorded(t, mark, joined.Session)
	info, err := ffmpeg.Probe(e.Film)
	if err != nil {
		t.Fatal(err)
	}
	if info.Audio != "opus" || info.AudioPackets < 100 ||
		info.AudioLength > info.Length+time.Second {
		t.Errorf("120 packets of audio give %+v", info)
	}
}
