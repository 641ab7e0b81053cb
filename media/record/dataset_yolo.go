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
// left out. With a rotated box among them all are written by their corners: trainers take a file of
// either kind, and none with both.
func yoloLines(classes []string, labels []Label) []byte {
	byCorners := slices.ContainsFunc(labels, func(l Label) bool { return len(l.Corners) == 4 })
	var b bytes.Buffer
	for _, l := range labels {
		x1, y1, x2, y2 := inside(l.X1), inside(l.Y1), inside(l.X2), inside(l.Y2)
		if !(x2 > x1 && y2 > y1) {
			continue
		}
		fmt.Fprintf(&b, "%d", slices.Index(classes, l.name()))
		numbers := []float64{(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1}
		switch {
		case len(l.Corners) == 4:
			numbers = numbers[:0]
			for _, p := range l.Corners {
				numbers = append(numbers, inside(p[0]), inside(p[1]))
			}
		case byCorners:
			numbers = []float64{x1, y1, x2, y1, x2, y2, x1, y2}
		}
		for _, v := range numbers {
			fmt.Fprintf(&b, " %.6f", v)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func inside(v float32) float64 { return max(0, min(float64(v), 1)) }

// yoloBox is one line of a file of labels.
type yoloBox struct {
	class      int
	x, y, w, h float64   // the middle and the size
	corners    []float64 // x and y of the four corners of a rotated box; nil for an upright one
}

// parseYOLO reads what is a label of one of so many classes; other lines are left out.
func parseYOLO(text string, classes int) (boxes []yoloBox) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 5 && len(fields) != 9 {
			continue
		}
		class, err := strconv.Atoi(fields[0])
		if err != nil || class < 0 || class >= classes {
			continue
		}
		v := make([]float64, len(fields)-1)
		ok := true
		for i, f := range fields[1:] {
			v[i], err = strconv.ParseFloat(f, 64)
			ok = ok && err == nil && v[i] >= 0 && v[i] <= 1
		}
		if !ok {
			continue
		}
		box := yoloBox{class: class, x: v[0], y: v[1], w: v[2], h: v[3]}
		if len(v) == 8 {
			box = boxAround(class, v)
		}
		if box.w > 0 && box.h > 0 {
			boxes = append(boxes, box)
		}
	}
	return boxes
}

// boxAround is a rotated box by its corners, with the upright one around them.
func boxAround(class int, corners []float64) yoloBox {
	x1, y1, x2, y2 := 1.0, 1.0, 0.0, 0.0
	for i := 0; i < len(corners); i += 2 {
		x1, x2 = min(x1, corners[i]), max(x2, corners[i])
		y1, y2 = min(y1, corners[i+1]), max(y2, corners[i+1])
	}
	return yoloBox{class, (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1, corners}
}
