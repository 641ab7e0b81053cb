package tile

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/media"
	"handlens/ui/kit"
)

var recordInk = color.NRGBA{R: 0xff, G: 0x45, B: 0x3a, A: 0xff}

const (
	recordDot    = 10
	recordIndent = recordDot + 8
)

// recordingBadge shows on the picture that it is being recorded, and for how long, and where it is
// sent on to; in full screen too.
type recordingBadge struct {
	badge
	dot *canvas.Circle
}

func newRecordingBadge() *recordingBadge {
	b := &recordingBadge{
		badge: *newBadge(overlayBackground, overlayInk, overlayQuiet),
		dot:   canvas.NewCircle(recordInk),
	}
	b.dot.Hide()
	return b
}

func (b *recordingBadge) objects() []fyne.CanvasObject { return append(b.badge.objects(), b.dot) }

func (b *recordingBadge) set(r RecordingState, f media.Forward) {
	kit.SetVisible(b.dot, r.On)
	sent := kit.NonEmpty(ForwardWords(f))
	if !r.On {
		b.badge.set(sent...)
		return
	}
	text := []string{kit.Duration(r.Length)}
	if r.Ending {
		text = []string{kit.L("Finishing the recording")}
	}
	if r.Dropped > 0 {
		text = append(text, kit.N("1 dropped", "{{.Count}} dropped", r.Dropped, nil))
	}
	b.badge.set(append(text, sent...)...)
	b.size.Width += recordIndent
}

func (b *recordingBadge) place(x, y float32) {
	b.badge.place(x, y)
	if b.used == 0 || b.dot.Hidden {
		return
	}
	for _, t := range b.text[:b.used] {
		t.Move(t.Position().AddXY(recordIndent, 0))
	}
	first := b.text[0]
	kit.SetBounds(b.dot, x+hudPadX, first.Position().Y+(first.Size().Height-recordDot)/2, recordDot,
		recordDot)
}
