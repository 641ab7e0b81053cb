package ui

import (
	"fmt"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

var recordInk = color.NRGBA{R: 0xff, G: 0x45, B: 0x3a, A: 0xff}

const (
	recordDot    = 10
	recordIndent = recordDot + 8
)

// recordBadge says on the picture that it is being recorded, and for how long: seen in full screen,
// too.
type recordBadge struct {
	badge
	dot *canvas.Circle
}

func newRecordBadge() *recordBadge {
	b := &recordBadge{
		badge: *newBadge(overlayGround, overlayInk, overlayQuiet),
		dot:   canvas.NewCircle(recordInk),
	}
	b.dot.Hide()
	return b
}

func (b *recordBadge) objects() []fyne.CanvasObject { return append(b.badge.objects(), b.dot) }

func (b *recordBadge) set(r RecordingState) {
	show(b.dot, r.On)
	if !r.On {
		b.badge.set()
		return
	}
	text := []string{clock(r.Length)}
	if r.Ending {
		text = []string{L("Finishing the film")}
	}
	if r.Dropped > 0 {
		text = append(text, L("{{.Count}} dropped", map[string]any{"Count": r.Dropped}))
	}
	b.badge.set(text...)
	b.size.Width += recordIndent
}

func (b *recordBadge) place(x, y float32) {
	b.badge.place(x, y)
	if b.used == 0 {
		return
	}
	for _, t := range b.text[:b.used] {
		t.Move(t.Position().AddXY(recordIndent, 0))
	}
	first := b.text[0]
	move(b.dot, x+hudPadX, first.Position().Y+(first.Size().Height-recordDot)/2, recordDot,
		recordDot)
}

// clock is a length of time as players write it, for example "2:05" or "1:02:05".
func clock(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
