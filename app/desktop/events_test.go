package desktop

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
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
	e.Pairing(pairingOffer{URL: "https://192.168.1.2:8443/#token", Port: 8443})
	e.Joined(s)
	e.Video(s, media.VP8, 640, 480)
	e.Detections(s,
		inference.NewMessage(time.UnixMilli(1000), time.UnixMilli(1042), "m",
			[]inference.Detection{{
				Box: inference.Box{X1: 0.25, Y1: 0.5, X2: 0.75, Y2: 1}, Label: "person",
				Score: 0.91,
				Track: 7,
			}}))
	e.Stats(s, someStats)
	e.Fault(errors.New("a sentence"))
	e.Left(s, media.Reason{Code: media.PhoneLeft})
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}

	lines, names := splitEvents(t, out.String())
	const all = "listening phone-joined video detections stats error phone-left"
	if got := strings.Join(names, " "); got != all {
		t.Errorf("events are %s", got)
	}
	want := `"t":1000,"age":42,"model":"m","detections":[{"box":[0.25,0.5,0.75,1],"label":"person","confidence":0.91,"id":7}]}`
	if !strings.HasSuffix(lines[3], want) {
		t.Errorf("detections are\n%s, want them to end in\n%s", lines[3], want)
	}
	for _, want := range []string{
		`"fps":{"in":30,`, `"strain":"detector","sending":{`,
		`"latency":{"decode":{"p50":1.5,"p95":0}}`,
		`"drops":{"damaged":0,"decoder":0,"detector":0,"incomplete":0,"malformed":0,` +
			`"too_large":3,"unreferenced":0}`,
		`"sending":{"width":1280,"height":720,"fps":30,"bitrate":4000000,"codec":"H264",` +
			`"encode":4.21,"limited":"bandwidth"}}`,
	} {
		if !strings.Contains(lines[4], want) {
			t.Errorf("stats are %s, want %s among them", lines[4], want)
		}
	}
	if !strings.HasSuffix(lines[6], `"reason":"the phone left"}`) {
		t.Errorf("the end is %s", lines[6])
	}
}

var someStats = session.Stats{
	FPSIn: 29.97, Drops: session.Drops{TooLarge: 3},
	Stages: session.Stages{Decode: session.Latency{P50: 1500 * time.Microsecond, Samples: 1}},
	Sending: session.Sending{
		Width: 1280, Height: 720, FPS: 29.97, Bitrate: 4e6, Codec: "H264",
		Encode: 4210 * time.Microsecond, Limited: media.LimitBandwidth,
	},
	Strain: media.StrainDetector,
}

// splitEvents returns the events in out, one a line, and their names.
func splitEvents(t *testing.T, out string) (lines, names []string) {
	t.Helper()
	lines = strings.Split(strings.TrimSuffix(out, "\n"), "\n")
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
	return lines, names
}

func TestEventsAppendToAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	for range 2 {
		e, err := openEvents(path, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		e.Pairing(pairingOffer{URL: "u", Port: 1})
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		e.Pairing(pairingOffer{URL: "after the end", Port: 1})
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
	told := make(chan error, 10)
	e, err := openEvents("-", full{}, func(err error) { told <- err })
	if err != nil {
		t.Fatal(err)
	}
	e.Pairing(pairingOffer{URL: "u", Port: 1})
	err = soon(t, "the reason", told)
	want := "the events cannot be written to standard output, so they end: no space left"
	if !strings.HasPrefix(err.Error(), want) {
		t.Errorf("told is %q", err)
	}
	e.Pairing(pairingOffer{URL: "u", Port: 1})
	if err := e.Close(); err != nil || len(told) > 0 {
		t.Errorf("closing says %v, and %d more are told", err, len(told))
	}
}

// countEvents reads all events, and what they say is missing, by name.
func countEvents(t *testing.T, lines *bufio.Scanner) (count, missing map[string]int) {
	t.Helper()
	count = map[string]int{}
	missing = map[string]int{}
	for lines.Scan() {
		var v struct {
			head
			Count  int            `json:"count"`
			Events map[string]int `json:"events"`
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		count[v.Event]++
		for name, n := range v.Events {
			missing[name] += n
			v.Count -= n
		}
		if v.Count != 0 {
			t.Errorf("the counts do not agree in %s", lines.Text())
		}
	}
	return count, missing
}

// TestStalledEvents has a reader that stops after the first event while phones go on: nothing waits
// for it, and when it goes on it hears how much it missed, and every event that is rare.
func TestStalledEvents(t *testing.T) {
	reader, writer := io.Pipe()
	e, err := openEvents("-", writer, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(reader)
	e.Pairing(pairingOffer{URL: "u", Port: 1})
	if got := nextLine(t, lines); !strings.Contains(got, `"listening"`) {
		t.Fatalf("the first event is %s", got)
	}
	s := new(session.Session)
	const many = 10 * maxLines
	promptly(t, "phones", func() {
		e.Joined(s)
		for range many {
			e.Detections(s, inference.Message{})
			e.Failed(s, errors.New("the detector failed"))
		}
		e.Left(s, media.Reason{Code: media.PhoneLeft})
	})
	closed := make(chan error, 1)
	go func() {
		closed <- e.Close()
		writer.Close()
	}()
	count, missing := countEvents(t, lines)
	if err := soon(t, "the end", closed); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"detections", "error"} {
		if n := missing[name]; n < many-maxLines-1 || n+count[name] != many {
			t.Errorf("%d of %d %s are missing, and %d are there", n, many, name, count[name])
		}
	}
	rare := count["phone-joined"] == 1 && count["phone-left"] == 1
	if !rare || count["dropped"] == 0 || len(missing) != 2 {
		t.Errorf("there are %v, and missing are %v", count, missing)
	}
}

func TestNoEvents(t *testing.T) {
	if e, err := openEvents("", nil, nil); err != nil || e != nil {
		t.Fatalf("got %v, %v", e, err)
	}
}
