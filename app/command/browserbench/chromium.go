package browserbench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// names are those under which systems keep a Chromium.
var names = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// FindBrowser returns the program at path or, for "", a Chromium that is installed.
func FindBrowser(path string) (string, error) {
	if runtime.GOOS == "windows" {
		return "", errors.New("the browser is spoken to over pipes, which Windows does not pass on")
	}
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("--browser-path %s is no program that can be started", path)
		}
		return found, nil
	}
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", fmt.Errorf("no Chromium is installed; these were looked for: %s; another place "+
		"goes with --browser-path", strings.Join(names, ", "))
}

// browser is a Chromium without a window, whose camera plays a file.
type browser struct {
	cmd     *exec.Cmd
	cdp     *client
	version string
	pipes   [2]*os.File // what we write to and read from
	ended   chan struct{}
}

// closing is how long a browser may take to end.
const closing = 5 * time.Second

func startBrowser(ctx context.Context, path, camera, dir string) (*browser, error) {
	theirs, ours, err := pipes()
	if err != nil {
		return nil, err
	}
	args := []string{
		"--headless", "--remote-debugging-pipe", "--user-data-dir=" + filepath.Join(dir, "profile"),
		"--no-first-run", "--ignore-certificate-errors", "--disable-gpu",
		// nothing leaves this machine
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-quic",
		// WebRTC leaves out the loopback interface, and hides addresses, which only mDNS resolves
		"--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns",
		"--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
		"--use-file-for-fake-video-capture=" + camera,
		// a page in the background is slowed down
		"--disable-background-timer-throttling", "--disable-renderer-backgrounding",
		"--disable-dev-shm-usage", // in containers it is often too small
		"about:blank",
	}
	if os.Geteuid() == 0 { // Chromium refuses to start as root with it
		args = append([]string{"--no-sandbox"}, args...)
	}
	b := &browser{cmd: exec.Command(path, args...), pipes: ours, ended: make(chan struct{})}
	b.cmd.ExtraFiles = theirs[:]
	err = b.cmd.Start()
	for _, f := range theirs {
		f.Close()
	}
	if err != nil {
		ours[0].Close()
		ours[1].Close()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	go func() {
		_ = b.cmd.Wait() // it is ended by us
		close(b.ended)
	}()
	b.cdp = newClient(ours[1], ours[0])
	var v struct {
		Product string `json:"product"`
	}
	if err := b.cdp.call(ctx, "", "Browser.getVersion", nil, &v); err != nil {
		b.close()
		return nil, fmt.Errorf("%s does not answer: %w", path, err)
	}
	b.version = strings.Replace(v.Product, "/", " ", 1)
	return b, nil
}

// pipes returns the ends that are the browser's file descriptors 3 and 4, and ours.
func pipes() (theirs, ours [2]*os.File, err error) {
	in, out, err := os.Pipe()
	if err != nil {
		return theirs, ours, err
	}
	back, there, err := os.Pipe()
	if err != nil {
		in.Close()
		out.Close()
		return theirs, ours, err
	}
	return [2]*os.File{in, there}, [2]*os.File{out, back}, nil
}

// close ends the browser, in good order where it still listens.
func (b *browser) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	_ = b.cdp.call(ctx, "", "Browser.close", nil, nil) // it may have ended already
	select {
	case <-b.ended:
	case <-ctx.Done():
		_ = b.cmd.Process.Kill()
		<-b.ended
	}
	for _, f := range b.pipes {
		f.Close()
	}
	<-b.cdp.done
}

// usage is what a browser has used so far.
func (b *browser) usage(ctx context.Context) (usage, error) {
	var all struct {
		Processes []struct {
			ID   int     `json:"id"`
			Time float64 `json:"cpuTime"`
		} `json:"processInfo"`
	}
	err := b.cdp.call(ctx, "", "SystemInfo.getProcessInfo", nil, &all)
	u := usage{at: time.Now()}
	for _, p := range all.Processes {
		u.cpu += p.Time
		u.memory += memoryOf(p.ID)
	}
	return u, err
}

// tab is one page.
type tab struct {
	of      *browser
	session string
}

// open opens a tab that runs a script before the page's own ones.
func (b *browser) open(ctx context.Context, url, before string) (*tab, error) {
	var target struct {
		ID string `json:"targetId"`
	}
	err := b.cdp.call(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	if err != nil {
		return nil, err
	}
	var attached struct {
		Session string `json:"sessionId"`
	}
	if err := b.cdp.call(ctx, "", "Target.attachToTarget",
		map[string]any{"targetId": target.ID, "flatten": true}, &attached); err != nil {
		return nil, err
	}
	t := &tab{of: b, session: attached.Session}
	for _, step := range []struct {
		method string
		params map[string]any
	}{
		{"Emulation.setDeviceMetricsOverride", map[string]any{
			"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": true,
		}},
		{"Page.enable", nil},
		{"Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": before}},
		{"Page.navigate", map[string]any{"url": url}},
	} {
		if err := b.cdp.call(ctx, t.session, step.method, step.params, nil); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// evaluate runs a script, which may be a promise, and reads its value into result, unless that is
// nil.
func (t *tab) evaluate(ctx context.Context, script string, result any) error {
	var out struct {
		Result struct {
			Value any `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text      string `json:"text"`
			Exception struct {
				Description string `json:"description"`
			} `json:"exception"`
		} `json:"exceptionDetails"`
	}
	out.Result.Value = result
	err := t.of.cdp.call(ctx, t.session, "Runtime.evaluate", map[string]any{
		"expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true,
	}, &out)
	if err == nil && out.Exception != nil {
		text, _, _ := strings.Cut(out.Exception.Exception.Description, "\n")
		err = fmt.Errorf("the page says: %s %s", out.Exception.Text, text)
	}
	return err
}

// poll is how often a page is asked whether something has happened.
const poll = 50 * time.Millisecond

// until waits for a script to be true.
func (t *tab) until(ctx context.Context, script string) error {
	for {
		var yes bool
		// a page that is being loaded cannot be asked yet
		if err := t.evaluate(ctx, "Boolean("+script+")", &yes); err == nil && yes {
			return nil
		}
		if err := pause(ctx, poll); err != nil {
			return err
		}
	}
}

// pause waits for so long, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
