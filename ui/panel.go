package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// panel is a modal of rows that scroll, over a line that says how the last deed went. It belongs to
// the UI goroutine.
type panel struct {
	w      *Window
	modal  *kit.Modal
	body   *fyne.Container
	scroll *container.Scroll
	width  float32
	said   *kit.Note
	closed bool
	left   chan struct{} // closed with the panel
}

const (
	panelWidth  = 520
	panelNames  = 150 // width of the names before the choices
	panelScroll = 12  // is left free for the scroll bar
)

func newPanel(w *Window) *panel {
	p := &panel{
		w: w, body: container.NewVBox(), said: kit.NewNote(""), left: make(chan struct{}),
	}
	p.width = min(panelWidth, w.win.Canvas().Size().Width-modalMargin)
	p.scroll = container.NewVScroll(
		container.New(layout.NewCustomPaddedLayout(0, 0, 0, panelScroll), p.body))
	p.said.Set("", theme.ColorNameSuccess)
	return p
}

// show opens the panel with the rows that it has by now.
func (p *panel) show(title string, closed func()) {
	done := kit.NewButton(kit.L("Close"), nil, func() { p.modal.Close() })
	p.modal = p.w.modals.Show(title, 0,
		container.NewBorder(nil, p.said.Object, nil, nil, p.scroll), func() {
			p.closed = true
			close(p.left)
			closed()
		}, done)
	p.w.win.Canvas().Focus(done)
	p.fit()
}

// lookEvery is how often an open panel looks at what changes by itself.
const lookEvery = time.Second

// watch calls look, off the UI goroutine, now and then until the panel is closed.
func (p *panel) watch(look func()) {
	p.w.tasks.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			look()
			select {
			case <-tick.C:
			case <-p.left:
				return
			case <-p.w.tasks.Context().Done():
				return
			}
		}
	})
}

// exchange has another server used, off the UI goroutine, one at a time; when that went well, then
// is called.
func (p *panel) exchange(name string, use func() error, then func()) {
	w := p.w
	w.tasks.Once(name, func() {
		err := use()
		w.queue.Post(w.tasks.Key(name), func() {
			if err != nil {
				p.say(kit.Notice{Kind: kit.Failure, Text: whyWords(err)})
				return
			}
			p.said.Set("", theme.ColorNameSuccess)
			then()
		})
	})
}

// fit makes the panel as high as it needs to be, and no higher than the window.
func (p *panel) fit() {
	// wrapped texts know their height only once they know their width
	p.body.Resize(fyne.NewSize(p.width-panelScroll, 0))
	room := p.w.win.Canvas().Size().Height - modalChrome
	if p.said.Object.Visible() {
		p.said.Object.Resize(fyne.NewSize(p.width, 0))
		room -= p.said.Object.MinSize().Height
	}
	p.scroll.SetMinSize(fyne.NewSize(p.width, min(p.body.MinSize().Height, room)))
	if p.modal != nil {
		p.modal.Refresh()
	}
}

// act does something off the UI goroutine, one such deed at a time, says how it went, and calls
// then.
func (p *panel) act(name string, do func() error, done string, then func()) {
	w := p.w
	w.tasks.Once(name, func() {
		err := do()
		w.queue.Post(w.tasks.Key(name), func() {
			if err != nil {
				p.say(kit.Notice{Kind: kit.Failure, Text: whyWords(err)})
			} else {
				p.say(kit.Notice{Kind: kit.Success, Text: done})
			}
			then()
		})
	})
}

// say says how something went: in the panel, which a notice would lie behind, while it is open.
func (p *panel) say(n kit.Notice) {
	if p.closed {
		p.w.toasts.add(n)
		return
	}
	c := theme.ColorNameSuccess
	if n.Kind == kit.Failure {
		c = theme.ColorNameError
	}
	p.said.Set(kit.Printable(n.Text, 2*kit.MaxReason), c)
	p.fit()
}

// panelChoice is a choice after its name.
func panelChoice(name string, choice fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, kit.MinWidth(panelNames, widget.NewLabel(name)), nil,
		choice)
}

// panelDeed is a button after what it does.
func panelDeed(words string, deed *kit.Button) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, middled(deed), kit.NewNote(words).Object)
}

// panelDevice is one of a list of devices: its name, what is known of it, and what can be done
// about it.
func panelDevice(name, detail string, c fyne.ThemeColorName, deed *kit.Button) fyne.CanvasObject {
	state := kit.NewStatusLine()
	state.Label.Wrapping = fyne.TextWrapOff
	state.Label.Truncation = fyne.TextTruncateEllipsis
	state.Set(name, c)
	state.SetDetail(detail, theme.ColorNamePlaceHolder)
	return container.NewBorder(nil, nil, nil, middled(deed), state.Object)
}

// panelTitle is the title of a part of the panel.
func panelTitle(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

// middled sets an object in the middle of the height.
func middled(o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewVBox(layout.NewSpacer(), o, layout.NewSpacer())
}
