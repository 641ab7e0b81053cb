package browserbench

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestQuantiles(t *testing.T) {
	if got := quantilesOf(nil); got != (Quantiles{}) || got.String() != "unknown" {
		t.Errorf("of nothing: %+v, %s", got, got)
	}
	got := quantilesOf([]float64{5, 1, 4, 2, 3, 10, 9, 8, 7, 6.04})
	if got != (Quantiles{N: 10, P50: 5, P95: 10}) || got.String() != "5 / 10" {
		t.Errorf("of ten: %+v, %s", got, got)
	}
}

func TestLoad(t *testing.T) {
	at := time.Now()
	before := usage{at: at, cpu: 1}
	if got := load(phone, before, usage{at: at.Add(2 * time.Second), cpu: 2, memory: 7}); got !=
		(Load{Device: phone, CPU: 0.5, Memory: 7}) {
		t.Errorf("half a processor is %+v", got)
	}
	// A process of the browser may have ended between the two.
	if got := load(phone, before, usage{at: at.Add(time.Second), cpu: 0.5}); got.CPU != 0 {
		t.Errorf("less than before is %+v", got)
	}
	if got := load(computer, usage{at: at}, usage{at: at.Add(time.Second)}); got.CPU >= 0 {
		t.Errorf("what is unknown is %+v", got)
	}
}

func TestMeasurementCountsWhatIsKnown(t *testing.T) {
	var m measurement
	err := json.Unmarshal([]byte(`[{"known":10,"drawn":20,"took":{"prepare":1,"run":5,"decode":2}},
		{"known":null,"drawn":null,"took":{"prepare":1,"run":7,"decode":2}},
		{"known":30,"drawn":null,"took":{"prepare":1,"run":6,"decode":2}}]`), &m.noted)
	if err != nil {
		t.Fatal(err)
	}
	m.began = time.Now()
	m.ended = m.began.Add(2 * time.Second)
	a := m.architecture(phone, "")
	if a.Rate != 1.5 || a.Known != (Quantiles{2, 10, 30}) || a.Drawn != (Quantiles{1, 20, 20}) {
		t.Errorf("%+v", a)
	}
	if engine, whole := m.web(); engine != 6 || whole != 9 {
		t.Errorf("the engine takes %v, all of it %v", engine, whole)
	}
}

func TestMeasurementReadsTheProgramsFigures(t *testing.T) {
	p := &program{more: make(chan struct{})}
	m := measurement{program: p, mark: 1}
	for _, line := range []string{
		`{"event":"stats","latency":{"engine":{"p50":99}}}`, // before the mark
		`not JSON at all`,
		`{"event":"stats","latency":{"preprocess":{"p50":1},"engine":{"p50":4},
			"postprocess":{"p50":0.5}}}`,
		`{"event":"stats","latency":{}}`, // a second without any
	} {
		p.told([]byte(line))
	}
	if engine, whole := m.native(); engine != 4 || whole != 5.5 {
		t.Errorf("the engine takes %v, all of it %v", engine, whole)
	}
}

func TestTable(t *testing.T) {
	r := Result{
		Model: "starter", Source: "street.mp4", Browser: "Chrome 1", CPUs: 2, Busy: 1.5,
		Seconds: 15,
		Architectures: []Architecture{
			{
				Name: "I", Infer: computer, By: "CPU", Known: Quantiles{9, 20, 40}, Engine: 5.25,
				Whole: 6, Rate: 30, Leaves: []string{"the video"},
				Loads: []Load{{computer, 0.5, 90e6}, {phone, -1, 0}},
				Flows: []Flow{{phone, 250e3, 0}, {computer, 4000, 2500}},
			},
			{
				Name: "II viewer", Infer: viewer, By: "WASM", Loads: []Load{{viewer, 1.25, 3e8}},
			},
		},
	}
	var out bytes.Buffer
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"capture → box known": {"20 / 40", "unknown"}, "detect, of which": {"6.0, 5.2", "0.0, 0.0"},
		"kept busy, computer": {"0.50", "–"}, "kept busy, phone": {"unknown", "–"},
		"kept busy, viewer": {"–", "1.25"}, "memory, computer": {"90 MB", "–"},
		"memory, phone": {"unknown", "–"}, "leaves the phone": {"250.0 (0.0)", "–"},
		"leaves the computer": {"4.0 (2.5)", "–"},
	}
	for line := range strings.Lines(out.String()) {
		for title, cells := range want {
			if !strings.Contains(line, title) {
				continue
			}
			delete(want, title)
			if rest := strings.Fields(strings.Join(cells, " ")); !strings.HasSuffix(
				strings.Join(strings.Fields(line), " "), strings.Join(rest, " ")) {
				t.Errorf("%q does not end in %q", line, cells)
			}
		}
	}
	for title := range want {
		t.Errorf("no %q in\n%s", title, out.String())
	}
	if !strings.Contains(out.String(), "I\n   the video\n") {
		t.Errorf("it does not say what leaves:\n%s", out.String())
	}
}
