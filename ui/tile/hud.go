package tile

import (
	"fmt"
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/media"
	"handlens/ui/kit"
)

// The HUD and the badges lie over pictures of any colour: light text on a dark, nearly opaque
// background, whatever the theme.
var (
	overlayBackground = color.NRGBA{R: 0x0b, G: 0x0f, B: 0x13, A: 0xc0}
	overlayInk        = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	overlayQuiet      = color.NRGBA{R: 0xc8, G: 0xd2, B: 0xdb, A: 0xff}
	staleBackground   = color.NRGBA{R: 0xff, G: 0xb0, B: 0x20, A: 0xf0}
	staleInk          = color.NRGBA{R: 0x2a, G: 0x1a, B: 0x00, A: 0xff}
	Backdrop          = color.NRGBA{R: 0x0b, G: 0x0d, B: 0x10, A: 0xff}
)

const (
	hudTextSize = 12.5
	hudPadX     = 10
	hudPadY     = 7
	hudMargin   = 10
	hudRadius   = 8
)

// hudLines are the figures in words: a first line for all, more where there is room, and on request
// where the age comes from. Unknown figures are left out. limited says what keeps the phone from
// sending more.
func hudLines(s Stats, limited string, full, stages bool) []string {
	first := kit.JoinDots(
		kit.FormatIf(s.FPS > 0, "%s",
			kit.L("{{.Rate}} fps", map[string]any{"Rate": fmt.Sprintf("%.0f", s.FPS)})),
		kit.FormatIf(s.Age > 0, "%s",
			kit.L("{{.Time}} old", map[string]any{"Time": kit.Millis(s.Age)})),
		kit.FormatIf(s.Strain == media.StrainPicture, "%s",
			kit.L("computer busy: not every picture is shown")),
	)
	if !full {
		return kit.NonEmpty(first)
	}
	name := kit.L("detector {{.Time}}", map[string]any{"Time": kit.Millis(s.DetectTime)})
	if s.DetectOn == OnPhone {
		name = kit.L("phone's detector {{.Time}}",
			map[string]any{"Time": kit.Millis(s.DetectTime)})
	}
	load := s.Figures().Load
	detector := kit.JoinDots(
		kit.FormatIf(s.DetectTime > 0, "%s", name),
		kit.FormatIf(s.DetectFPS > 0, "%.0f/s", s.DetectFPS),
		providerText(s),
		kit.FormatIf(stages && load > 0, "%s", kit.L("{{.Percent}} % busy",
			map[string]any{"Percent": fmt.Sprintf("%.0f", 100*load)})),
		kit.FormatIf(s.Strain == media.StrainDetector, "%s",
			kit.L("computer busy: not every picture is looked at")),
	)
	network := kit.JoinDots(
		connectionText(s.Quality),
		kit.FormatIf(s.Bitrate > 0, "%s", kit.Bitrate(s.Bitrate)),
		kit.FormatIf(s.Bitrate > 0 || s.Loss > 0, "%s",
			kit.L("{{.Percent}} % lost",
				map[string]any{"Percent": fmt.Sprintf("%.1f", 100*s.Loss)})),
	)
	video := kit.JoinDots(kit.FormatIf(s.Width > 0 && s.Height > 0, "%d × %d", s.Width, s.Height),
		s.Codec, kit.FormatIf(s.Efficient, "%s", kit.L("encoded in hardware")), limited)
	if !stages {
		return kit.NonEmpty(first, detector, video, network)
	}
	part := func(name string, d time.Duration) string {
		return kit.FormatIf(d > 0, "%s %s", name, kit.Millis(d))
	}
	return kit.NonEmpty(first, detector, video, network,
		kit.JoinDots(part(kit.L("encoder"), s.EncodeTime), part(kit.L("network"), s.NetworkTime),
			part(kit.L("decoder"), s.DecodeTime)),
		kit.JoinDots(part(kit.L("boxes known after"), s.FoundTime),
			part(kit.L("on the screen after"), s.PaintTime)),
		fromText(s.From))
}

// providerText is what runs the detector; of a server, with how far away it is.
func providerText(s Stats) string {
	return kit.JoinDots(s.Provider, kit.FormatIf(s.RoundTrip > 0, "%s",
		kit.L("{{.Time}} there and back", map[string]any{"Time": kit.Millis(s.RoundTrip)})))
}

// fromText says from where the ages are counted.
func fromText(from AgeFrom) string {
	switch from {
	case FromCamera:
		return kit.L("age counted from the camera")
	case FromBrowser:
		return kit.L("age counted from the phone's browser")
	case FromArrival:
		return kit.L("age counted from the arrival here")
	}
	return ""
}

// connectionText says how good the connection is.
func connectionText(quality string) string {
	switch quality {
	case "good":
		return kit.L("good connection")
	case "fair":
		return kit.L("fair connection")
	case "weak":
		return kit.L("weak connection")
	}
	return kit.Printable(quality, kit.MaxReason)
}

// badge is a few lines of text on a rounded background, laid over the video.
type badge struct {
	background *canvas.Rectangle
	text       [7]*canvas.Text
	used       int
	size       fyne.Size
}

func newBadge(background, first, rest color.Color) *badge {
	b := &badge{background: canvas.NewRectangle(background)}
	b.background.CornerRadius = hudRadius
	for i := range b.text {
		ink := rest
		if i == 0 {
			ink = first
		}
		b.text[i] = canvas.NewText("", ink)
		b.text[i].TextSize = hudTextSize
		b.text[i].TextStyle.Bold = i == 0
	}
	b.set()
	return b
}

func (b *badge) objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{b.background}
	for _, t := range b.text {
		all = append(all, t)
	}
	return all
}

// set gives the badge its lines; without any it is hidden.
func (b *badge) set(text ...string) {
	b.used = min(len(text), len(b.text))
	var w, h float32
	for i, t := range b.text {
		if i >= b.used {
			t.Hide()
			continue
		}
		if t.Text != text[i] {
			t.Text = text[i]
			t.Refresh()
		}
		t.Show()
		m := t.MinSize()
		w, h = max(w, m.Width), h+m.Height
	}
	if b.used == 0 {
		b.background.Hide()
		b.size = fyne.Size{}
		return
	}
	b.background.Show()
	b.size = fyne.NewSize(w+2*hudPadX, h+2*hudPadY)
}

// place puts the badge's top left corner at x, y.
func (b *badge) place(x, y float32) {
	kit.SetBounds(b.background, x, y, b.size.Width, b.size.Height)
	y += hudPadY
	for _, t := range b.text[:b.used] {
		m := t.MinSize()
		kit.SetBounds(t, x+hudPadX, y, m.Width, m.Height)
		y += m.Height
	}
}
