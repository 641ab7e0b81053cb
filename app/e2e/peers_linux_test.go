package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// peer is a program that publishes by WHIP as others do. The peers lie in testdata/peers.
type peer struct {
	test     *testing.T
	cmd      *exec.Cmd
	stdout   bytes.Buffer
	stderr   bytes.Buffer
	done     chan struct{}
	released func() // tells it to leave
}

// publish starts a peer, which publishes until the test ends.
func publish(t *testing.T, command string, args ...string) *peer {
	t.Helper()
	p := &peer{test: t, cmd: exec.Command(command, args...), done: make(chan struct{})}
	p.cmd.Dir = filepath.Join("testdata", "peers")
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	// PYTHONDONTWRITEBYTECODE: nothing is left in the source tree.
	p.cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: %v (make setup-test installs the peers)", command, err)
	}
	p.released = func() { stdin.Close() }
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // how it ends is its own affair
	}()
	t.Cleanup(func() {
		p.leave()
		if t.Failed() {
			t.Logf("%s said:\n%s%s", command, &p.stdout, &p.stderr)
		}
	})
	return p
}

// leave has the peer end, and returns what it printed: nothing, unless it was refused.
func (p *peer) leave() string {
	p.released()
	return p.wait()
}

// wait returns what the peer printed when it has ended.
func (p *peer) wait() string {
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
		p.test.Errorf("%s did not end when it was asked to", p.cmd.Path)
	}
	return p.stdout.String()
}

// endpoint returns the address that peers publish to, and the token.
func (a *app) endpoint() (url, token string) {
	url, token, _ = strings.Cut(a.url, "#")
	return url + "whip", token
}

// expectPeer waits until the peer's video has the clip in it.
func (a *app) expectPeer(t *testing.T, name, codec string) {
	t.Helper()
	joined := a.wait(t, "phone-joined", nil)
	if joined.Name != name {
		t.Errorf("the peer is called %q, want %q", joined.Name, name)
	}
	video := a.wait(t, "video", func(e event) bool { return e.Session == joined.Session })
	if video.Codec != codec || video.Width != landscape.width || video.Height != landscape.height {
		t.Errorf("the video is %s, %d by %d, want %s in the camera's size", video.Codec,
			video.Width, video.Height, codec)
	}
	a.found(t, a.from, joined.Session, landscape)
}

// python is Debian's own, for which Debian's packages are.
const python = "/usr/bin/python3"

// TestGStreamerPublishes does so by webrtcbin as it is, which offers one section without BUNDLE.
func TestGStreamerPublishes(t *testing.T) {
	a := sharedApp(t)
	url, token := a.endpoint()
	publish(t, python, "gstreamer.py", url, token, landscape.file(t, t.TempDir()), "VP8")
	a.expectPeer(t, "GStreamer", "VP8")
}

// TestGStreamerIsToldToBundle offers audio and video each by a transport of its own.
func TestGStreamerIsToldToBundle(t *testing.T) {
	a := sharedApp(t)
	url, token := a.endpoint()
	said := publish(t, python, "gstreamer.py", url, token, landscape.file(t, t.TempDir()), "VP8",
		"audio").wait()
	if !strings.HasPrefix(said, "406 ") || !strings.Contains(said, "BUNDLE") {
		t.Errorf("it was told %q", said)
	}
}

// TestLibdatachannelPublishes does so by the library that OBS publishes with, in a burst that is
// longer than what may wait for the decoder.
func TestLibdatachannelPublishes(t *testing.T) {
	module := os.Getenv("HANDLENS_TEST_DATACHANNEL")
	if module == "" {
		t.Fatal("HANDLENS_TEST_DATACHANNEL does not say where node-datachannel is; " +
			"make setup-test installs it")
	}
	a := sharedApp(t)
	url, token := a.endpoint()
	publish(t, "node", "datachannel.mjs", module, url, token, encodedClip(t), "15")
	a.expectPeer(t, "libdatachannel", "H264")
}

// pythonPeers is the Python of `make peers`, with what only PyPI has.
const pythonPeers = "HANDLENS_TEST_PYTHON"

// TestPeersOfPyPI has FFmpeg's own WHIP muxer and aiortc publish. FFmpeg takes the first candidate
// alone, and no notice of requests for key frames: it joins often enough to see a wrong order, and
// with a burst.
func TestPeersOfPyPI(t *testing.T) {
	interpreter := os.Getenv(pythonPeers)
	if interpreter == "" {
		t.Skip("only make peers installs them")
	}
	file := landscape.file(t, t.TempDir())
	for range 10 {
		t.Run("FFmpeg", func(t *testing.T) {
			a := sharedApp(t)
			url, token := a.endpoint()
			publish(t, interpreter, "ffmpeg.py", url, token, file, "30")
			a.expectPeer(t, "FFmpeg", "H264")
		})
	}
	for _, codec := range []string{"H264", "VP8"} {
		t.Run("aiortc/"+codec, func(t *testing.T) {
			a := sharedApp(t)
			url, token := a.endpoint()
			publish(t, interpreter, "aiortc_peer.py", url, token, file, codec)
			a.expectPeer(t, "aiortc", codec)
		})
	}
}

// encodedClip writes the clip in H.264 as datachannel.mjs reads it.
func encodedClip(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "clip")
	if said := publish(t, python, "h264.py", landscape.file(t, dir), file).wait(); said != "" {
		t.Errorf("the encoder said %q", said)
	}
	return file
}
