package desktop

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handlens/app/session"
	"handlens/inference"
	"handlens/media"
)

func TestEventsAreJSONLines(t *testing.T) {
	var out bytes.Buffer
	e, err := openEvents("-", &out, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := new(session.Session)
	e.listening("https://192.168.1.2:8443/#token", 8443)
	e.Joined(s)
	e.Video(s, media.VP8, 640, 480)
	e.Detections(s, inference.NewMessage(time.UnixMilli(1000), time.UnixMilli(1042), "m", []inference.Detection{
		{Box: inference.Box{X1: 0.25, Y1: 0.5, X2: 0.75, Y2: 1}, Label: "person", Score: 0.91, Track: 7},
	}))
	e.Stats(s, session.Stats{
		FPSIn: 29.97, Drops: session.Drops{TooLarge: 3},
		Stages: session.Stages{Decode: session.Latency{P50: 1500 * time.Microsecond, Samples: 1}},
	})
	e.fault(nil, errors.New("a sentence"))
	e.Left(s, media.Reason{Code: media.PhoneLeft})

	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	var names []string
	for _, line := range lines {
		var v struct {
			Event string `json:"event"`
			Time  int64  `json:"time"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil || v.Time == 0 {
			t.Fatalf("%q: %v", line, err)
		}
		names = append(names, v.Event)
	}
	if got := strings.Join(names, " "); got != "listening phone-joined video detections stats error phone-left" {
		t.Errorf("events are %s", got)
	}
	want := `"t":1000,"age":42,"model":"m","detections":[{"box":[0.25,0.5,0.75,1],"label":"person","confidence":0.91,"id":7}]}`
	if !strings.HasSuffix(lines[3], want) {
		t.Errorf("detections are\n%s, want them to end in\n%s", lines[3], want)
	}
	for _, want := range []string{
		`"fps":{"in":30,`, `"latency":{"decode":{"p50":1.5,"p95":0}}`,
		`"drops":{"damaged":0,"decoder":0,"detector":0,"incomplete":0,"malformed":0,` +
			`"too_large":3,"unreferenced":0}`,
	} {
		if !strings.Contains(lines[4], want) {
			t.Errorf("stats are %s, want %s among them", lines[4], want)
		}
	}
	if !strings.HasSuffix(lines[6], `"reason":"the phone left"}`) {
		t.Errorf("the end is %s", lines[6])
	}
}

func TestEventsAppendToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	for range 2 {
		e, err := openEvents(path, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.listening("u", 1)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e.listening("after the end", 1)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); n != 2 {
		t.Errorf("%d lines, want 2:\n%s", n, data)
	}
}

// full is a disk that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestEventsSayOnceThatTheyCannotBeWritten(t *testing.T) {
	var told sync.WaitGroup
	told.Add(1)
	e, err := openEvents("-", full{}, func(err error) {
		if !strings.Contains(err.Error(), "no space left") {
			t.Errorf("told %v", err)
		}
		told.Done() // a second call would panic
	})
	if err != nil {
		t.Fatal(err)
	}
	e.listening("u", 1)
	e.listening("u", 1)
	told.Wait()
}

func TestNoEvents(t *testing.T) {
	e, err := openEvents("", nil, nil)
	if err != nil || e != nil {
		t.Fatalf("got %v, %v", e, err)
	}
	e.listening("u", 1)
	e.Stats(new(session.Session), session.Stats{})
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
