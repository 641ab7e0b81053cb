package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// takenAtMinutes are the entries of pictures that were taken so many minutes after noon.
func takenAtMinutes(minutes ...float64) map[string]indexEntry {
	lines := map[string]indexEntry{}
	for i, m := range minutes {
		at := noon.Add(time.Duration(m * float64(time.Minute)))
		if i%2 == 0 {
			lines[fmt.Sprintf("%s (%d).png", takenName(at.Local(), ""), i+1)] = indexEntry{}
			continue
		}
		// one of the user's, whose file says when
		lines[fmt.Sprintf("own %d.png", i)] = indexEntry{changed: [2]int64{at.UnixNano()}}
	}
	return lines
}

func TestSplitByTime(t *testing.T) {
	for _, c := range []struct {
		minutes    []float64
		train, val int
		after      float64
	}{
		{nil, 0, 0, 0},
		{[]float64{0}, 1, 0, 0},
		{[]float64{0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8}, 8, 0, 0}, // one visit
		{[]float64{5, 0}, 1, 1, 5},
		{[]float64{0, 5, 5.5}, 3, 0, 0}, // most would be for validation
		{[]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 8, 2, 8},
		{[]float64{0, 0.2, 3, 3.2, 3.3, 3.4, 3.5, 9, 9.2, 9.4}, 7, 3, 9},
	} {
		s := splitByTime(takenAtMinutes(c.minutes...))
		if len(s.train) != c.train || len(s.val) != c.val {
			t.Errorf("%v are split into %q and %q, want %d and %d", c.minutes, s.train, s.val,
				c.train, c.val)
		}
		at := noon.Add(time.Duration(c.after * float64(time.Minute)))
		if c.val > 0 && !s.from.Equal(at) {
			t.Errorf("%v are split at %v, want %v", c.minutes, s.from, at)
		}
	}
}

// The lists follow the pictures that are there, and data.yaml says which they are.
func TestDatasetIsSplitByTime(t *testing.T) {
	d := Dataset{Dir: t.TempDir()}
	var last Saved
	for i := range 5 {
		at := noon.Add(time.Duration(i) * time.Hour).Local()
		var err error
		if last, err = d.Add(at, "", gradient(8, 8),
			[]Label{{Name: "cup", X2: 1, Y2: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	yaml := readText(t, d.Dir, yamlFile)
	for _, want := range []string{
		"\ntrain: split-train.txt\nval: split-val.txt\nnc: 1\n", "train has the first 4 pictures",
		"val the 1 from " + noon.Add(4*time.Hour).Local().Format(time.DateTime),
	} {
		if !strings.Contains(yaml, want) {
			t.Errorf("data.yaml is\n%s", yaml)
		}
	}
	if got, want := readText(t, d.Dir, valFile), "./images/"+filepath.Base(last.Clean)+"\n"; got !=
		want {
		t.Errorf("for validation are %q, want %q", got, want)
	}
	for line := range strings.Lines(readText(t, d.Dir, trainFile)) {
		if _, err := os.Stat(filepath.Join(d.Dir, strings.TrimSpace(line))); err != nil {
			t.Error(err)
		}
	}

	// Of what is left after the user took most of it out nothing is for validation.
	for _, path := range files(t, filepath.Join(d.Dir, "images")) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Add(noon, "", gradient(8, 8), nil); err != nil {
		t.Fatal(err)
	}
	yaml = readText(t, d.Dir, yamlFile)
	if !strings.Contains(yaml, "There is no split") ||
		!strings.Contains(yaml, "\ntrain: images\nval: images\n") {
		t.Errorf("data.yaml is\n%s", yaml)
	}
	if _, err := os.Stat(filepath.Join(d.Dir, valFile)); err == nil {
		t.Error("a list is left that nothing names")
	}
}
