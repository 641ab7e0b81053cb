package ui

import (
	"fmt"
	"regexp"
	"slices"
	"unicode"
	"unicode/utf8"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// cameraSizes are the sizes and rates on offer, beside the automatic one. The phone's page offers
// the same (assets/web/camera.js); a camera that lacks one comes as close as it can.
var cameraSizes = []tile.CameraSize{
	{Width: 640, Height: 360, FPS: 30},
	{Width: 1280, Height: 720, FPS: 30},
	{Width: 1280, Height: 720, FPS: 60},
	{Width: 1920, Height: 1080, FPS: 30},
}

// sizesFor are the sizes to choose from: the automatic one, those on offer, and the one that the
// phone's user asked for where it is another.
func sizesFor(c tile.CameraState) []tile.CameraSize {
	sizes := append([]tile.CameraSize{{}}, cameraSizes...)
	if !slices.Contains(sizes, c.Size) {
		sizes = append(sizes, c.Size)
	}
	return sizes
}

// sizeWords names a size and rate.
func sizeWords(s tile.CameraSize) string {
	if s == (tile.CameraSize{}) {
		return kit.L("Automatic")
	}
	return kit.JoinDots(fmt.Sprintf("%d × %d", s.Width, s.Height),
		kit.L("{{.Rate}} fps", map[string]any{"Rate": fmt.Sprintf("%.0f", s.FPS)}))
}

// bareName is what Chromium on Android calls a camera: nothing that a person would.
var bareName = regexp.MustCompile(`(?i)^(camera2?)? ?\d+(, facing \w+)?$`)

// lensNames are what to call a phone's cameras: their own names where they have some, else where
// they look, with a number where several would have the same name.
func lensNames(lenses []tile.Lens) []string {
	names := make([]string, len(lenses))
	for i, l := range lenses {
		names[i] = kit.Printable(l.Label, kit.MaxName)
		if names[i] == "" || bareName.MatchString(names[i]) {
			names[i] = sideName(l)
		}
	}
	return numbered(names)
}

// numbered gives a number to each of the names that are the same.
func numbered(names []string) []string {
	of, number := make(map[string]int), make(map[string]int)
	for _, name := range names {
		of[name]++
	}
	for i, name := range names {
		if of[name] > 1 {
			number[name]++
			names[i] = fmt.Sprintf("%s %d", name, number[name])
		}
	}
	return names
}

// sentence begins a text with a capital letter.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[n:]
}

func sideName(l tile.Lens) string {
	switch {
	case l.Front:
		return kit.L("Front camera")
	case l.Rear:
		return kit.L("Rear camera")
	}
	return kit.L("Camera")
}
