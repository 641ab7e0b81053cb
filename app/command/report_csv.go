package command

import "handlens/app/recording"

// csvReport writes the table that render writes of recordings as well.
type csvReport struct{ table *recording.Table }

func (r csvReport) scene(s scene) error {
	row := recording.TableFrame{File: s.file, Width: s.width, Height: s.height}
	if s.video {
		row.Video, row.Frame, row.At = true, s.frame, s.pts
	}
	if err := r.table.Add(row, s.found); err != nil {
		return err
	}
	return r.table.Flush()
}

func (r csvReport) end() error { return r.table.Flush() }
