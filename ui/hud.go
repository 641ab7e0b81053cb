package ui

import (
	"fmt"
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// The HUD and the badges lie over pictures of any colour: light text on a dark, nearly opaque
// ground, whatever the theme.
var (
	overlayGround = color.NRGBA{R: 0x0b, G: 0x0f, B: 0x13, A: 0xc0}
	overlayInk    = color.NRGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	overlayQuiet  = color.NRGBA{R: 0xc8, G: 0xd2, B: 0xdb, A: 0xff}
	staleGround   = color.NRGBA{R: 0xff, G: 0xb0, B: 0x20, A: 0xf0}
	staleInk      = color.NRGBA{R: 0x2a, G: 0x1a, B: 0x00, A: 0xff}
	stageGround   = color.NRGBA{R: 0x0b, G: 0x0d, B: 0x10, A: 0xff}
)

const (
	hudTextSize = 12.5
	hudPadX     = 10
	hudPadY     = 7
	hudMargin   = 10
	hudRadius   = 8
)

// hudLines are the figures in words: a first line for all, more for who has the room, and on wish
// where the age comes from. What is unknown is left out.
func hudLines(s Stats, full, stages bool) []string {
	first := dotted(
		figure(s.FPS > 0, "%s",
			L("{{.Rate}} fps", map[string]any{"Rate": fmt.Sprintf("%.0f", s.FPS)})),
		figure(s.Age > 0, "%s", L("{{.Time}} old", map[string]any{"Time": millis(s.Age)})),
	)
	if !full {
		return lines(first)
	}
	detector := dotted(
		figure(s.DetectTime > 0, "%s",
			L("detector {{.Time}}", map[string]any{"Time": millis(s.DetectTime)})),
		figure(s.DetectFPS > 0, "%.0f/s", s.DetectFPS),
		s.Provider,
	)
	network := dotted(
		connectionWords(s.Quality),
		figure(s.Bitrate > 0, "%s", rate(s.Bitrate)),
		figure(s.Bitrate > 0 || s.Loss > 0, "%s",
			L("{{.Percent}} % lost", map[string]any{"Percent": fmt.Sprintf("%.1f", 100*s.Loss)})),
	)
	video := dotted(figure(s.Width > 0 && s.Height > 0, "%d × %d", s.Width, s.Height), s.Codec)
	if !stages {
		return lines(first, detector, video, network)
	}
	part := func(name string, d time.Duration) string {
		return figure(d > 0, "%s %s", name, millis(d))
	}
	return lines(first, detector, video, network,
		dotted(part(L("network"), s.NetworkTime), part(L("decoder"), s.DecodeTime)),
		dotted(part(L("boxes known after"), s.FoundTime),
			part(L("on the screen after"), s.PaintTime)))
}

// connectionWords say how good the connection is.
func connectionWords(quality string) string {
	switch quality {
	case "good":
		return L("good connection")
	case "fair":
		return L("fair connection")
	case "weak":
		return L("weak connection")
	}
	return plain(quality, maxReason)
}

func figure(known bool, format string, args ...any) string {
	if !known {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

func dotted(parts ...string) string {
	return strings.Join(lines(parts...), "  ·  ")
}

// lines leaves out what is empty.
func lines(all ...string) []string {
	kept := all[:0]
	for _, l := range all {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// badge is a few lines of text on a rounded ground, laid over the video.
type badge struct {
	ground *canvas.Rectangle
	text   [6]*canvas.Text
	used   int
	size   fyne.Size
}

func newBadge(ground, first, rest color.Color) *badge {
	b := &badge{ground: canvas.NewRectangle(ground)}
	b.ground.CornerRadius = hudRadius
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
	all := []fyne.CanvasObject{b.ground}
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
		b.ground.Hide()
		b.size = fyne.Size{}
		return
	}
	b.ground.Show()
	b.size = fyne.NewSize(w+2*hudPadX, h+2*hudPadY)
}

// place puts the badge's top left corner at x, y.
func (b *badge) place(x, y float32) {
	move(b.ground, x, y, b.size.Width, b.size.Height)
	y += hudPadY
	for _, t := range b.text[:b.used] {
		m := t.MinSize()
		move(t, x+hudPadX, y, m.Width, m.Height)
		y += m.Height
	}
}
