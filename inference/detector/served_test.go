package detector

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/remote"
	"handlens/inference/remote/remotetest"
	"handlens/inference/testmodel"
	"handlens/media"
)

// serve has a server run a test model. Both belong to the test.
func serve(t *testing.T, layout string) *remotetest.Server {
	t.Helper()
	data, err := testmodel.Build(layout, 64)
	if err != nil {
		t.Fatal(err)
	}
	return remotetest.New(t, remotetest.FromModel(t, data))
}

func serverClient(t *testing.T, s *remotetest.Server) *remote.Client {
	t.Helper()
	c, err := remote.Open(s.Address(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// sameFound tells whether two results are the same, to 1e-4.
func sameFound(a, b []inference.Detection) bool {
	near := func(x, y float32) bool { return math.Abs(float64(x-y)) < 1e-4 }
	return slices.EqualFunc(a, b, func(a, b inference.Detection) bool {
		return a.Class == b.Class && a.Label == b.Label && near(a.Score, b.Score) &&
			near(a.Box.X1, b.Box.X1) && near(a.Box.Y1, b.Box.Y1) && near(a.Box.X2, b.Box.X2) &&
			near(a.Box.Y2, b.Box.Y2)
	})
}

// A server finds what the model here does, whether that is known here or not, in bytes and in
// numbers.
func TestServersFindTheSame(t *testing.T) {
	for _, layout := range []string{"yolov8", "yolox", "deim"} {
		here := openTestModel(t, layout, 64, Options{})
		want, _, err := here.Detect(drawTestFrame(), nil)
		if err != nil || len(want) == 0 {
			t.Fatal(want, err)
		}
		for _, numbers := range []bool{false, true} {
			for _, known := range []*Detector{here, nil} {
				s := serve(t, layout)
				s.NumbersOnly.Store(numbers)
				d, err := OpenServer(t.Context(), serverClient(t, s), known, Options{
					ServerFiles: filesOf(t, here.Info().Labels),
				})
				if err != nil {
					t.Fatalf("%s, known here: %t: %v", layout, known != nil, err)
				}
				got, _, err := d.Detect(drawTestFrame(), nil)
				if err != nil || !sameFound(got, want) {
					t.Errorf("%s, known here: %t: it finds %v, %v, want %v", layout, known != nil,
						got, err, want)
				}
				info := d.Info()
				if info.Server == nil || info.Server.Binary == numbers ||
					!strings.HasPrefix(info.Why, info.Provider+": runs model") {
					t.Errorf("%s: %+v, %+v", layout, info, info.Server)
				}
				d.Close()
			}
		}
	}
}

// filesOf is a folder in which the class names of the server's model are.
func filesOf(t *testing.T, labels []string) string {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "model.txt"),
		[]byte(strings.Join(labels, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A model of the same shape that gives other answers is not read as the one that is known.
func TestServersWithAnotherModel(t *testing.T) {
	s := serve(t, "yolox")
	d, err := OpenServer(t.Context(), serverClient(t, s), openTestModel(t, "yolov8", 64, Options{}),
		Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if info := d.Info(); info.Family != "YOLOX" || info.Name != "model" ||
		!strings.Contains(info.Why, "no model of this computer") {
		t.Errorf("it is %+v", info)
	}
}

// states keeps what a Served tells.
type states struct{ all chan Info }

func newStates() *states { return &states{all: make(chan Info, 100)} }

func (s *states) next(t *testing.T) Info {
	t.Helper()
	select {
	case info := <-s.all:
		return info
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is told")
		return Info{}
	}
}

func TestServerFailsAndComesBack(t *testing.T) {
	s := serve(t, "yolov8")
	here := openTestModel(t, "yolov8", 64, Options{})
	want, _, err := here.Detect(drawTestFrame(), nil)
	if err != nil {
		t.Fatal(err)
	}
	st := newStates()
	served := NewServed(serverClient(t, s), here, Options{Changed: func(i Info) { st.all <- i }})
	find := func(where string) {
		t.Helper()
		if got, _, err := served.Detect(drawTestFrame(), nil); err != nil || !sameFound(got, want) {
			t.Errorf("%s it finds %v, %v, want %v", where, got, err, want)
		}
	}
	find("before it has looked for the server")
	kept := make(chan struct{})
	go func() { served.Keep(t.Context()); close(kept) }()
	if info := st.next(t); info.Server == nil || info.Fault != nil {
		t.Errorf("when the server was found: %+v", info)
	}
	before := s.Runs.Load()
	find("on the server")
	if n := s.Runs.Load() - before; n != 1 || served.Parallel() < 1 || served.Batch(4) != 1 {
		t.Errorf("one frame makes the server run %d times", n)
	}
	s.Away.Store(true)
	find("when the server has failed")
	expectAway(t, st.next(t))
	find("while the server is away")
	s.Away.Store(false)
	info := st.next(t)
	for info.Server == nil { // why it is away in other words, perhaps
		info = st.next(t)
	}
	if info.Fault != nil {
		t.Errorf("when the server is back: %v", info.Fault)
	}
	find("on the server that is back")
	served.Close()
	<-kept
	if _, _, err := served.Detect(drawTestFrame(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close the error is %v", err)
	}
}

func expectAway(t *testing.T, info Info) {
	t.Helper()
	f, ok := errors.AsType[*media.Fault](info.Fault)
	if !ok || f.Code != media.ServerAway || info.Server != nil || info.Provider != "CPU" {
		t.Errorf("when the server has failed: %+v", info)
	}
}

// Of the frames that are on their way to a server that fails, one is looked at here.
func TestFramesUnderWayToAServerThatFails(t *testing.T) {
	s := serve(t, "yolov8")
	served := NewServed(serverClient(t, s), openTestModel(t, "yolov8", 64, Options{}), Options{})
	defer served.Close()
	d, err := OpenServer(t.Context(), served.client, served.local, Options{})
	if err != nil {
		t.Fatal(err)
	}
	served.change(nil, d, nil)
	var lanes []*Detector
	for range 3 {
		_, lane := served.take()
		lanes = append(lanes, lane)
	}
	for _, lane := range lanes {
		if lane == d || lane == nil {
			t.Fatal("a lane is none of its own")
		}
		served.give(d, lane)
	}
	s.Away.Store(true)
	results := make(chan error, 3)
	for range 3 {
		go func() {
			_, _, err := served.Detect(drawTestFrame(), nil)
			results <- err
		}()
	}
	for range 3 {
		if err := <-results; err != nil && !errors.Is(err, ErrStale) {
			t.Error(err)
		}
	}
	served.mu.Lock()
	defer served.mu.Unlock()
	if served.served != nil || len(served.free) != 0 || served.fault == nil {
		t.Errorf("the server counts as one that answers: %v", served.fault)
	}
}
