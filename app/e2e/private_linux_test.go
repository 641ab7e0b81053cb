package e2e

import (
	"bytes"
	"image/png"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// watched is how long the program runs under observation once the picture is there. ONNX Runtime's
// reports, when they were on, asked for their collector's address in the fifth second.
const watched = 15 * time.Second

// others are what other software keeps in a user's folders once there is a window, as the README
// says.
var others = []string{
	"home/.cache/mesa_shader_cache", // the graphics driver's compiled shaders
	// where the system's fonts are; Fyne's text library makes it, and asks nobody where
	"home/.cache/font_index_v6.cache",
	"home/.config/fyne/app.handlens.desktop", // Fyne's own settings of this program, all empty
	"tmp/.X11-unix",                          // the X server's, which the test started
}

// ours are the folders in which the program may leave files, as the README says.
var ours = []string{
	"home/.local/share/handlens", "home/.cache/handlens", "home/Pictures/Handlens",
	"home/Videos/Handlens",
}

// stranger is a person's account, new and empty, on a computer whose network is watched.
type stranger struct {
	dir   string // of the test; home, tmp, work are in it
	place namespace
	wire  *wire
	model string
}

// TestNothingLeaves runs the program, with a window and without, with a phone and each of its
// commands, on a network of its own that leads nowhere but looks as if it did: not one packet goes
// to anybody but the phone, the pages ask nobody but the program, and no file lies outside the
// program's folders.
func TestNothingLeaves(t *testing.T) {
	outside, dir := inNamespaces(t)
	if outside {
		return
	}
	hideTheMachine(t, dir)
	p := stranger{dir: dir, place: newNamespace(t), model: modelFile(t)}
	connect(t, p.place)
	p.wire = tap(t, p.place)
	p.wire.playTheWorld(t)
	p.checkTheWatch(t)

	t.Run("no window", func(t *testing.T) { p.session(t, nil, "--no-window", "--record") })
	t.Run("window", func(t *testing.T) {
		s := startScreen(t)
		p.session(t, []string{"DISPLAY=" + s.display, "LIBGL_ALWAYS_SOFTWARE=1"})
	})
	t.Run("commands", p.commands)
	p.checkFiles(t)
}

// checkTheWatch makes sure that what leaves the program's network is seen at all.
func (p stranger) checkTheWatch(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "getent", "ahostsv4", "collector.example")
	cmd.Stdout = &out
	if err := p.place.start(cmd); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), worldAddress) {
		t.Fatalf("collector.example is %q, %v; want %s", out.String(), err, worldAddress)
	}
	_, strange, names := p.wire.report()
	seen := strings.Join(slices.Concat(strange, names), "; ")
	if !strings.Contains(seen, dnsAddress+", port 53") ||
		!strings.Contains(seen, "collector.example") {
		t.Fatalf("a question to the outside was not seen, only %q", seen)
	}
}

// quiet fails when something went anywhere but to the phone since the last time.
func (p stranger) quiet(t *testing.T, what string) (toPhone int) {
	t.Helper()
	toPhone, strange, names := p.wire.report()
	if len(strange)+len(names) > 0 {
		t.Errorf("%s: there went %s; then came %s", what, strings.Join(strange, ", "),
			strings.Join(names, ", "))
	}
	return toPhone
}

// environment is that of a new account that says nothing of continuous integration.
func (p stranger) environment(more ...string) []string {
	return append([]string{
		"HOME=" + filepath.Join(p.dir, "home"), "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8",
		"HANDLENS_ONNXRUNTIME=" + os.Getenv("HANDLENS_ONNXRUNTIME"),
	}, more...)
}

// session lets a phone join, and looks on for a while.
func (p stranger) session(t *testing.T, env []string, args ...string) {
	a := launch{
		env: p.environment(env...), args: append(args, "--model", p.model),
		dir: filepath.Join(p.dir, "work"), start: p.place.start,
	}.app(t)
	if !strings.Contains(a.url, "//"+appAddress+":") {
		t.Fatalf("the code holds %s", a.url)
	}
	asked := visitedPages{}
	phone := startBrowser(t, landscape, allowed).open(t, a.url, chromedp.WithListener(asked.note))
	phone.start()
	phone.state("live")
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)
	time.Sleep(watched) // this is what is tested: nothing happens meanwhile
	a.found(t, a.mark(), joined.Session, landscape)
	phone.stop()
	origin, _, _ := strings.Cut(a.url, "/#")
	phone.do("read how to trust", chromedp.Navigate(origin+"/trust"))
	asked.check(t, origin)
	a.stop(t)
	if n := p.quiet(t, t.Name()); n < 100 {
		t.Errorf("only %d packets went to the phone", n)
	}
}

// visitedPages gathers the addresses that a page asked for.
type visitedPages struct {
	mu   sync.Mutex
	urls []string
}

func (v *visitedPages) note(ev any) {
	if e, ok := ev.(*network.EventRequestWillBeSent); ok {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.urls = append(v.urls, e.Request.URL)
	}
}

func (v *visitedPages) check(t *testing.T, origin string) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.urls) < 3 {
		t.Errorf("the page asked for %q only", v.urls)
	}
	for _, u := range v.urls {
		if u != origin && !strings.HasPrefix(u, origin+"/") &&
			!strings.HasPrefix(u, "blob:"+origin) && !strings.HasPrefix(u, "data:") {
			t.Errorf("the page asked for %s, which is not on %s", u, origin)
		}
	}
}

// commands runs each subcommand.
func (p stranger) commands(t *testing.T) {
	work := filepath.Join(p.dir, "work")
	var picture bytes.Buffer
	if err := png.Encode(&picture, landscape.image(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "own", "picture.png"), picture.Bytes(),
		0o644); err != nil {
		t.Fatal(err)
	}
	picturePath := filepath.Join(p.dir, "own", "picture.png")
	recordings, err := filepath.Glob(filepath.Join(p.dir, "home", "Videos", "Handlens", "*.jsonl"))
	if err != nil || len(recordings) == 0 {
		t.Fatalf("the session without a window left %q, %v", recordings, err)
	}
	for _, c := range []struct {
		args string
		want string // in what it prints
	}{
		{"detect --model " + p.model + " " + picturePath, "3 objects"},
		{"detect --model starter --format coco " + picturePath, "["},
		{"detect --model " + p.model + " --out " + filepath.Join(p.dir, "own", "out") + " " +
			picturePath, "3 objects"},
		{"bench --model " + p.model, "engine"},
		{"models", "starter"},
		{"models info starter", "starter"},
		{"doctor", "ONNX Runtime"},
		{"render --format csv " + recordings[0], ""},
		{"version", "ONNX Runtime"},
	} {
		name, _, _ := strings.Cut(c.args, " ")
		cmd := exec.CommandContext(t.Context(), program, strings.Fields(c.args)...)
		if name == "render" { // its file's name has spaces
			cmd.Args = []string{program, "render", "--format", "csv", recordings[0]}
		}
		var out bytes.Buffer
		cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = p.environment(), work, &out, &out
		if err := p.place.start(cmd); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), c.want) {
			t.Errorf("handlens %s: %v\n%s", c.args, err, out.String())
		}
		p.quiet(t, "handlens "+c.args)
	}
}

// checkFiles looks for files that lie elsewhere than the program says.
func (p stranger) checkFiles(t *testing.T) {
	seen := 0
	for _, folder := range []string{"home", "tmp", "work"} {
		err := filepath.WalkDir(filepath.Join(p.dir, folder),
			func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				seen++
				rel, err := filepath.Rel(p.dir, path)
				in := func(place string) bool {
					return rel == place || strings.HasPrefix(rel, place+"/")
				}
				if err == nil && !slices.ContainsFunc(ours, in) &&
					!slices.ContainsFunc(others, in) {
					t.Errorf("the program has left %s", rel)
				}
				return err
			})
		if err != nil {
			t.Error(err)
		}
	}
	if seen < 5 {
		t.Errorf("only %d files were left at all", seen)
	}
}
