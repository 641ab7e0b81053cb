package desktop

import (
	"handlens/app/session"
	"handlens/ui"
)

// display says which detections are shown under these settings.
func display(v ui.Settings) session.Display {
	set := func(names []string) map[string]bool {
		m := make(map[string]bool, len(names))
		for _, n := range names {
			m[n] = true
		}
		return m
	}
	return session.Display{
		Confidence: float32(v.Confidence), Hidden: set(v.Hidden), Blurred: set(v.Blurred),
		Regions: v.Counted, Keep: v.Replay, Clean: v.KeepClean,
		Boxes: v.Boxes, Labels: v.Labels, IDs: v.IDs, Lines: v.Regions,
		DetectOn: session.Place(v.DetectOn),
	}
}

// display is that, with what the command line says.
func (p *program) display(v ui.Settings) session.Display {
	d := display(v)
	d.IoU = float32(p.options.IoU)
	d.Keep = max(d.Keep, longestClip(v.Rules))
	return d
}
