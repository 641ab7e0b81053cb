package tile

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"handlens/ui/kit"
)

const (
	// maxMarks bounds the marks that are drawn, the newest ones.
	maxMarks   = 100
	markWidth  = 3
	markHeight = 16
	// markCatch is how near to a mark, in Fyne's units, a click goes to it.
	markCatch = 7
	// markSpan is how near the moment that is shown must be to a mark for its words to stand there.
	markSpan = 300 * time.Millisecond
	// markWords is how high those stand over the bar.
	markWords = 24
)

var markInk = color.NRGBA{R: 0xff, G: 0xb4, B: 0x3b, A: 0xff}

// scrubMarks are what happened in the past that a scrubBar shows: a stroke over the rail for each,
// and the words of the one that is being looked at.
type scrubMarks struct {
	all     []Mark
	strokes []*canvas.Rectangle
	pill    *canvas.Rectangle
	words   *canvas.Text
}

func newScrubMarks() scrubMarks {
	m := scrubMarks{
		pill: canvas.NewRectangle(overlayBackground), words: canvas.NewText("", overlayInk),
	}
	m.pill.CornerRadius = hudRadius
	m.words.TextSize, m.words.TextStyle.Bold = hudTextSize, true
	m.words.Alignment = fyne.TextAlignCenter
	return m
}

// set shows these marks, with the words of the one that is at that moment.
func (m *scrubMarks) set(all []Mark, at time.Duration) {
	m.all = all[max(0, len(all)-maxMarks):]
	for len(m.strokes) < len(m.all) {
		stroke := canvas.NewRectangle(markInk)
		stroke.CornerRadius = markWidth / 2
		m.strokes = append(m.strokes, stroke)
	}
	m.words.Text = ""
	nearest := markSpan
	for _, k := range m.all {
		if d := (k.At - at).Abs(); d < nearest {
			nearest, m.words.Text = d, kit.Printable(k.Text, kit.MaxName)
		}
	}
}

// objects are those that are drawn.
func (m *scrubMarks) objects() (all []fyne.CanvasObject) {
	for _, s := range m.strokes {
		all = append(all, s)
	}
	return append(all, m.pill, m.words)
}

// place puts the strokes at the middle of a bar of that size, and the words over the knob.
func (m *scrubMarks) place(size fyne.Size, middle, knob float32, x func(time.Duration) float32) {
	for i, s := range m.strokes {
		kit.SetVisible(s, i < len(m.all))
		if i < len(m.all) {
			kit.SetBounds(s, x(m.all[i].At)-markWidth/2, middle-markHeight/2, markWidth, markHeight)
		}
	}
	kit.SetVisible(m.pill, m.words.Text != "")
	kit.SetVisible(m.words, m.words.Text != "")
	if m.words.Text == "" {
		return
	}
	words := m.words.MinSize()
	w := words.Width + 2*scrubPad
	left := max(0, min(knob-w/2, size.Width-w))
	kit.SetBounds(m.pill, left, -markWords-4, w, markWords)
	kit.SetBounds(m.words, left, -markWords-4+(markWords-words.Height)/2, w, words.Height)
}

// near is the moment of the nearest mark within that distance, or else the moment itself.
func (m *scrubMarks) near(at, within time.Duration) time.Duration {
	to := at
	for _, k := range m.all {
		if d := (k.At - at).Abs(); d < within {
			within, to = d, k.At
		}
	}
	return to
}

// beside is the next mark after a moment, or the last one before it.
func (m *scrubMarks) beside(at time.Duration, onward bool) (time.Duration, bool) {
	if onward {
		i := slices.IndexFunc(m.all, func(k Mark) bool { return k.At > at })
		if i < 0 {
			return 0, false
		}
		return m.all[i].At, true
	}
	for _, k := range slices.Backward(m.all) {
		if k.At < at {
			return k.At, true
		}
	}
	return 0, false
}
