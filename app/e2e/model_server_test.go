package e2e

import (
	"bytes"
	"fmt"
	"image/png"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"handlens/inference/remote/remotetest"
	"handlens/inference/testmodel"
	"handlens/media/waittest"
)

// mlserver is the Python of `make servers`, with MLServer and ONNX Runtime.
const mlserver = "HANDLENS_TEST_MLSERVER"

// TestAServerDetects has a server look at a phone's frames, fail in the middle, and come back.
func TestAServerDetects(t *testing.T) {
	data, err := testmodel.Build("yolov8", 320) // as modelFile
	if err != nil {
		t.Fatal(err)
	}
	s := remotetest.New(t, remotetest.FromModel(t, data))
	serverDetects(t, s.Address(), func() { s.Away.Store(true) }, func() { s.Away.Store(false) })
	if s.Bytes.Load() < 2 {
		t.Errorf("tensors came as bytes %d times", s.Bytes.Load())
	}
}

// TestAServerOfPyPI does the same with MLServer, over HTTP and gRPC, which is killed and started
// again, and compares what it finds with what this computer does.
func TestAServerOfPyPI(t *testing.T) {
	interpreter := os.Getenv(mlserver)
	if interpreter == "" {
		t.Skip("only make servers installs it")
	}
	model, picture := modelFile(t), filepath.Join(t.TempDir(), "patches.png")
	var coded bytes.Buffer
	if err := png.Encode(&coded, landscape.image(0)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(picture, coded.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newMLServer(t, interpreter, model)
	s.start()
	defer func() { s.kill() }()
	want := detectJSON(t, model, picture, "cpu")
	for i, scheme := range []string{"http", "grpc"} {
		address := fmt.Sprintf("%s://127.0.0.1:%d/patches", scheme, s.ports[i])
		if got := detectJSON(t, model, picture, address); got != want {
			t.Errorf("by %s it finds %s, want %s", scheme, got, want)
		}
		benchServer(t, model, address)
		serverDetects(t, address, s.kill, s.start)
	}
}

// mlServer is an MLServer of the test's own.
type mlServer struct {
	t                     *testing.T
	program, runtime, dir string
	ports                 []int // of HTTP, gRPC and metrics
	cmd                   *exec.Cmd
}

func newMLServer(t *testing.T, interpreter, model string) *mlServer {
	t.Helper()
	runtime, err := filepath.Abs(filepath.Join("testdata", "server"))
	if err != nil {
		t.Fatal(err)
	}
	s := &mlServer{
		t: t, program: filepath.Join(filepath.Dir(interpreter), "mlserver"), runtime: runtime,
		dir: t.TempDir(), ports: freePorts(t, 3),
	}
	for name, text := range map[string]string{
		"settings.json": fmt.Sprintf(`{"host": "127.0.0.1", "parallel_workers": 0,
			"http_port": %d, "grpc_port": %d, "metrics_port": %d}`, s.ports[0], s.ports[1],
			s.ports[2]),
		"model-settings.json": fmt.Sprintf(`{"name": "patches",
			"implementation": "runtime.OnnxRuntime", "parameters": {"uri": %q}}`, model),
	} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *mlServer) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.program, "start", s.dir)
	s.cmd.Env = append(os.Environ(), "PYTHONPATH="+s.runtime, "PYTHONDONTWRITEBYTECODE=1")
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ready := fmt.Sprintf("http://127.0.0.1:%d/v2/models/patches/ready", s.ports[0])
	waittest.Until(s.t, "MLServer", func() bool {
		r, err := http.Get(ready)
		if err == nil {
			r.Body.Close()
		}
		return err == nil && r.StatusCode == http.StatusOK
	})
}

func (s *mlServer) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// detectJSON is what the program finds in a picture; its numbers have four digits.
func detectJSON(t *testing.T, model, picture, provider string) string {
	t.Helper()
	cmd := exec.Command(program, "detect", "--model", model, "--provider", provider, "--format",
		"jsonl", "--data-dir", t.TempDir(), picture)
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), `"label":"`) {
		t.Fatalf("on %s: %s, %v", provider, out, err)
	}
	return string(out)
}

// benchServer logs how long a server takes beside this computer, alternately, in one run.
func benchServer(t *testing.T, model, address string) {
	t.Helper()
	out, err := exec.Command(program, "bench", "--model", model, "--provider", address, "--runs",
		"60",
		"--threads", "1", "--data-dir", t.TempDir()).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "detect by the server / detect here: ") {
		t.Fatalf("bench: %s, %v", out, err)
	}
	t.Logf("%s", out)
}

// serverDetects has a server of a model look at the frames of a phone, ends it, and starts it
// again.
func serverDetects(t *testing.T, address string, kill, start func()) {
	t.Helper()
	a := startApp(t, 0, nil, "--no-window", "--provider", address)
	served := func(e event) bool { return strings.Contains(e.Why, ": runs ") }
	a.wait(t, "model", served)
	p := sharedBrowser(t, landscape).open(t, a.url)
	p.start()
	defer p.stop()
	byServer := func(e event) bool { return e.Server != nil && e.Server.RoundTrip > 0 }
	a.wait(t, "stats", byServer)
	a.wait(t, "detections", hasBoxes)
	mark := a.mark()
	kill()
	a.waitSince(t, mark, "model", func(e event) bool {
		return e.State == "ready" && strings.Contains(e.Text, "does not answer")
	})
	mark = a.mark()
	a.waitSince(t, mark, "detections", hasBoxes)
	a.waitSince(t, mark, "stats", func(e event) bool { return e.Server == nil })
	mark = a.mark()
	start()
	a.waitSince(t, mark, "model", served)
	mark = a.mark()
	a.waitSince(t, mark, "detections", hasBoxes)
	a.waitSince(t, mark, "stats", byServer)
}

func hasBoxes(e event) bool { return len(e.Detections) > 0 }

// freePorts are TCP ports that nobody listens at.
func freePorts(t *testing.T, n int) (ports []int) {
	t.Helper()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}
