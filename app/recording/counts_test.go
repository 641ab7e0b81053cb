package recording

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// walkers is a sidecar in which a person walks over a line and through a zone within four seconds,
// and a cat that is hardly one sits in the zone.
func walkers(t *testing.T, regions string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b,
		`{"handlens":1,"labels":["person","cat"],"canvas":[640,360],`+
			`"start":"2026-01-02T15:04:05Z","film":"x.mp4"%s}`+"\n", regions)
	for i := range 60 {
		x := 0.1 + 0.2*float64(i)/15
		fmt.Fprintf(&b,
			`{"t":%d,"at":1,"w":64,"h":48,"looked":%v,`+
				`"detections":[{"box":[%.3f,0.4,%.3f,0.6],"label":"person","confidence":0.9},`+
				`{"box":[0.45,0.3,0.5,0.4],"label":"cat","confidence":0.3}]}`+"\n", i*1000/15,
			i%2 == 0, x-0.05, x+0.05)
	}
	path := filepath.Join(t.TempDir(), "x.jsonl")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const someRegions = `,"regions":[{"name":"Door","points":[{"x":0.5,"y":0.8},{"x":0.5,"y":0.2}]},` +
	`{"name":"Hall","points":[{"x":0.3,"y":0.1},{"x":0.7,"y":0.1},{"x":0.7,"y":0.9},{"x":0.3,"y":0.9}]},` +
	`{"name":"odd","points":[{"x":7}]}]`

func TestExportCounts(t *testing.T) {
	path := walkers(t, someRegions)
	for _, c := range []struct {
		confidence float32
		want       []string
	}{
		{0, []string{"Door,line,person,1,0,,,", "Hall,zone,person,1,1,0,2.", "odd,zone,,0,0,0,,"}},
		{
			0.2,
			[]string{
				"Door,line,person,1,0,,,", "Hall,zone,cat,1,0,1,,",
				"Hall,zone,person,1,1,0,2.", "odd,zone,,0,0,0,,",
			},
		},
	} {
		var b bytes.Buffer
		if err := Export(t.Context(), path,
			ExportOptions{Format: "counts", Filter: Filter{Confidence: c.confidence}},
			&b); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if lines[0] != "region,kind,label,in,out,inside,dwell_mean,dwell_longest" ||
			len(lines) != len(c.want)+1 {
			t.Fatalf("with %v: %s", c.confidence, b.String())
		}
		for i, want := range c.want {
			if !strings.HasPrefix(lines[i+1], want) {
				t.Errorf("with %v line %d is %q, want %q", c.confidence, i+1, lines[i+1], want)
			}
		}
	}
	var b bytes.Buffer
	if err := Export(t.Context(), walkers(t, ""), ExportOptions{Format: "counts"},
		&b); !errors.Is(err, ErrNoRegions) || b.Len() > 0 {
		t.Errorf("without regions: %v, %q", err, b.String())
	}
	if err := Export(t.Context(), walkers(t, `,"regions":7`), ExportOptions{Format: "counts"},
		&b); !errors.Is(err, ErrSidecar) {
		t.Errorf("with regions that are none: %v", err)
	}
}
