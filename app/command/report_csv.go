package command

import (
	"encoding/csv"
	"strconv"
)

// csvReport writes a table (RFC 4180, but with plain line ends) with one line for each object.
// Boxes are in pixels of the upright picture; frame, time and id are empty where there are none:
// pictures have neither, and an object that no track took has no id.
type csvReport struct {
	out    *csv.Writer
	headed bool
}

func (r *csvReport) head() error {
	if r.headed {
		return nil
	}
	r.headed = true
	return r.out.Write([]string{
		"file", "frame", "time_s", "label", "confidence", "x", "y", "width",
		"height", "id",
	})
}

func (r *csvReport) scene(s scene) error {
	if err := r.head(); err != nil {
		return err
	}
	number := func(v float64, places int) string { return strconv.FormatFloat(v, 'f', places, 64) }
	frame, at := "", ""
	if s.video {
		frame, at = strconv.Itoa(s.frame), number(s.pts.Seconds(), 3)
	}
	for _, d := range s.found {
		id := ""
		if d.Track > 0 {
			id = strconv.Itoa(d.Track)
		}
		x, y, w, h := pixels(d.Box, s.width, s.height)
		err := r.out.Write([]string{
			s.file, frame, at, d.Label, number(float64(d.Score), 3), number(x, 2), number(y, 2),
			number(w, 2), number(h, 2), id,
		})
		if err != nil {
			return err
		}
	}
	r.out.Flush()
	return r.out.Error()
}

// end leaves the head alone where nothing was looked at.
func (r *csvReport) end() error {
	if err := r.head(); err != nil {
		return err
	}
	r.out.Flush()
	return r.out.Error()
}
