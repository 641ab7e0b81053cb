package recording

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"time"

	"handlens/inference"
)

// Table writes detections as CSV (RFC 4180, but with plain line ends): a line of column names, then
// a line for each object. Boxes are left, top, width and height in pixels of the upright frame, of
// the size that stands at the end of the line; times are seconds. Frame, time and id are empty
// where there are none: pictures have neither, and an object that is not tracked has no id.
type Table struct {
	out    *csv.Writer
	headed bool
}

// tableColumns are the names of the columns.
var tableColumns = []string{
	"file", "frame", "time_s", "label", "confidence", "x", "y", "width", "height", "id",
	"frame_width", "frame_height",
}

// TableFrame is the picture, or the frame of a video, that detections belong to.
type TableFrame struct {
	File          string
	Width, Height int // in pixels
	// Video says that there are a number, counted from 0, and a time.
	Video bool
	Frame int
	At    time.Duration
}

// NewTable begins a table.
func NewTable(w io.Writer) *Table { return &Table{out: csv.NewWriter(w)} }

// Add writes what was found in one frame.
func (t *Table) Add(f TableFrame, found []inference.Detection) error {
	if err := t.head(); err != nil {
		return err
	}
	number := func(v float64, places int) string { return strconv.FormatFloat(v, 'f', places, 64) }
	frame, at := "", ""
	if f.Video {
		frame, at = strconv.Itoa(f.Frame), number(f.At.Seconds(), 3)
	}
	w, h := float64(f.Width), float64(f.Height)
	for _, d := range found {
		id := ""
		if d.Track > 0 {
			id = strconv.Itoa(d.Track)
		}
		err := t.out.Write([]string{
			f.File, frame, at, d.Label, number(float64(d.Score), 3),
			number(float64(d.Box.X1)*w, 2), number(float64(d.Box.Y1)*h, 2),
			number(float64(d.Box.X2-d.Box.X1)*w, 2), number(float64(d.Box.Y2-d.Box.Y1)*h, 2), id,
			strconv.Itoa(f.Width), strconv.Itoa(f.Height),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Flush writes what is buffered; of an empty table the names of the columns.
func (t *Table) Flush() error {
	if err := t.head(); err != nil {
		return err
	}
	t.out.Flush()
	return t.out.Error()
}

func (t *Table) head() error {
	if t.headed {
		return nil
	}
	t.headed = true
	return t.out.Write(tableColumns)
}

// Round rounds to so many decimal places.
func Round(v float64, places int) float64 {
	step := math.Pow10(places)
	return math.Round(v*step) / step
}
