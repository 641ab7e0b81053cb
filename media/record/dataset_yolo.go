package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"handlens/media/atomicfile"
)

// yamlBegin is the first line of our data.yaml. One that begins otherwise is the user's own and
// left alone.
const yamlBegin = "# Written by Handlens for training with YOLO; change this line to keep your " +
	"own.\n"

// ownYAML says whether data.yaml is the user's own.
func (d Dataset) ownYAML() (bool, error) {
	old, err := readStart(filepath.Join(d.Dir, yamlFile), len(yamlBegin))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return string(old) != yamlBegin, err
}

// writeYAML brings our data.yaml up to date. Without a path in it, what it names is beside it.
func (d Dataset) writeYAML(s split, classes []string) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%snc: %d\nnames:", yamlBegin, s.yaml(), len(classes))
	if len(classes) == 0 {
		b.WriteString(" {}")
	}
	b.WriteString("\n")
	for i, name := range classes {
		quoted, err := json.Marshal(name) // a JSON string is a YAML string
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "  %d: %s\n", i, quoted)
	}
	path := filepath.Join(d.Dir, yamlFile)
	old, err := readStart(path, b.Len()+1)
	if err == nil && bytes.Equal(old, b.Bytes()) {
		return nil
	}
	return atomicfile.Replace(path, 0o644, atomicfile.Bytes(b.Bytes()))
}

// yoloLines writes labels as YOLO has them. Boxes are cut to the picture; what is nothing then is
// left out.
func yoloLines(classes []string, labels []Label) []byte {
	var b bytes.Buffer
	for _, l := range labels {
		x1, y1, x2, y2 := inside(l.X1), inside(l.Y1), inside(l.X2), inside(l.Y2)
		if !(x2 > x1 && y2 > y1) {
			continue
		}
		fmt.Fprintf(&b, "%d %.6f %.6f %.6f %.6f\n", slices.Index(classes, l.name()), (x1+x2)/2,
			(y1+y2)/2, x2-x1, y2-y1)
	}
	return b.Bytes()
}

func inside(v float32) float64 { return max(0, min(float64(v), 1)) }

// yoloBox is one line of a file of labels.
type yoloBox struct {
	class      int
	x, y, w, h float64 // the middle and the size
}

// parseYOLO reads what is a label of one of so many classes; other lines are left out.
func parseYOLO(text string, classes int) (boxes []yoloBox) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 5 {
			continue
		}
		class, err := strconv.Atoi(fields[0])
		if err != nil || class < 0 || class >= classes {
			continue
		}
		var v [4]float64
		ok := true
		for i, f := range fields[1:] {
			v[i], err = strconv.ParseFloat(f, 64)
			ok = ok && err == nil && v[i] >= 0 && v[i] <= 1
		}
		if ok && v[2] > 0 && v[3] > 0 {
			boxes = append(boxes, yoloBox{class, v[0], v[1], v[2], v[3]})
		}
	}
	return boxes
}
