package recording

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"handlens/inference"
	"handlens/media"
	"handlens/media/inputfile"
)

// ErrSidecar says that a file is not the sidecar of a recording.
var ErrSidecar = errors.New("this is not the data of a recording of Handlens (NAME.jsonl)")

// What a sidecar may hold, so that no file can ask for more memory.
const (
	maxLineBytes  = 4 << 20
	maxDetections = 10_000
	maxNames      = 10_000
	maxTime       = 1 << 40 // ms
	maxRuleName   = 1000    // bytes
)

// script reads a sidecar from the beginning to the end.
type sidecarReader struct {
	head    Head
	path    string
	file    *os.File
	lines   *bufio.Scanner
	number  int
	classes map[string]int
}

// openSidecar opens a sidecar and reads its head.
func openSidecar(path string) (*sidecarReader, error) {
	f, err := inputfile.Open(path)
	if err != nil {
		return nil, err
	}
	s := &sidecarReader{
		path: path, file: f, lines: bufio.NewScanner(f),
		classes: make(map[string]int),
	}
	s.lines.Buffer(nil, maxLineBytes)
	if err := s.begin(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func (s *sidecarReader) begin() error {
	if !s.lines.Scan() {
		if err := s.lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
			return err
		}
		return ErrSidecar
	}
	s.number++
	if json.Unmarshal(s.lines.Bytes(), &s.head) != nil || s.head.Handlens < 1 ||
		len(s.head.Labels) > maxNames {
		return ErrSidecar
	}
	if s.head.Handlens > version {
		return fmt.Errorf("it was written by a newer Handlens (form %d; this one reads up to %d)",
			s.head.Handlens, version)
	}
	for i, label := range s.head.Labels {
		if _, twice := s.classes[label]; !twice {
			s.classes[label] = i
		}
	}
	return nil
}

func (s *sidecarReader) close() { s.file.Close() }

// lineJSON is a Line as it stands in the file.
type lineJSON struct {
	Line
	Detections []struct {
		Box        [4]float32 `json:"box"`
		Label      string     `json:"label"`
		Confidence float32    `json:"confidence"`
		ID         int        `json:"id"`
		inference.ShapeData
	} `json:"detections"`
}

// next returns the next line, or io.EOF. A last line that is cut off, as after a fall of the
// machine, is left out.
func (s *sidecarReader) next() (Line, error) {
	if !s.lines.Scan() {
		if err := s.lines.Err(); err != nil {
			return Line{}, fmt.Errorf("%s: line %d: %w", s.path, s.number+1, err)
		}
		return Line{}, io.EOF
	}
	s.number++
	var in lineJSON
	if err := json.Unmarshal(s.lines.Bytes(), &in); err != nil {
		if !s.lines.Scan() && s.lines.Err() == nil {
			return Line{}, io.EOF
		}
		return Line{}, fmt.Errorf("%s: line %d makes no sense: %w", s.path, s.number, err)
	}
	if len(in.Detections) > maxDetections {
		return Line{},
			fmt.Errorf("%s: line %d has %d detections", s.path, s.number, len(in.Detections))
	}
	l := in.Line
	l.T = max(0, min(l.T, maxTime))
	l.Width, l.Height = max(0, min(l.Width, media.MaxSide)), max(0, min(l.Height, media.MaxSide))
	l.Rules = l.Rules[:min(len(l.Rules), maxLineMarks)]
	for i, m := range l.Rules {
		l.Rules[i].Rule = strings.ToValidUTF8(m.Rule[:min(len(m.Rule), maxRuleName)], "")
	}
	l.Detections = make([]inference.Detection, 0, len(in.Detections))
	for _, d := range in.Detections {
		b := inference.Box{
			X1: unit(d.Box[0]), Y1: unit(d.Box[1]), X2: unit(d.Box[2]),
			Y2: unit(d.Box[3]),
		}
		if !(b.X1 < b.X2 && b.Y1 < b.Y2) {
			continue
		}
		l.Detections = append(l.Detections, inference.Detection{
			Box: b, Class: s.class(d.Label), Label: d.Label, Score: unit(d.Confidence),
			Track: max(0, d.ID),
			Shape: inference.NewShape(b, d.ShapeData),
		})
	}
	return l, nil
}

// unit brings a number into 0..1.
func unit(v float32) float32 {
	if math.IsNaN(float64(v)) {
		return 0
	}
	return max(0, min(v, 1))
}

// class is the index of a label: that among the head's, or one more for each that is not there.
func (s *sidecarReader) class(label string) int {
	if i, ok := s.classes[label]; ok {
		return i
	}
	i := len(s.head.Labels)
	if i < maxNames {
		s.head.Labels = append(s.head.Labels, label)
		s.classes[label] = i
	}
	return i
}
