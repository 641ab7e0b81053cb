package ui

import (
	"errors"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/media"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// forwardPanel is the modal in which a server is named that the video of phones is sent on to. It
// belongs to the UI goroutine.
type forwardPanel struct {
	*panel
	address  *kit.Entry
	token    *secretEntry
	boxes    *kit.Check
	state    *kit.StatusLine
	use, off *kit.Button
}

// showForward shows which server gets the video of phones, and how that gets on.
func (w *Window) showForward() {
	if w.forward != nil || w.cfg.Forwarder == nil {
		return
	}
	f := &forwardPanel{
		panel: newPanel(w), state: kit.NewStatusLine(),
		address: kit.NewEntry("https://…/{phone}/whip"), token: newSecretEntry(),
	}
	w.forward = f
	f.boxes = kit.NewCheck(kit.L("With boxes"), nil)
	f.address.SetText(w.settings.Forward)
	f.boxes.Checked = w.settings.ForwardBoxes
	f.use = kit.NewButton(kit.L("Send"), theme.ConfirmIcon(), f.send)
	f.use.Importance = widget.HighImportance
	f.off = kit.NewButton(kit.L("Switch off"), nil, func() { f.exchange("") })
	for _, e := range []*kit.Entry{f.address, f.token.Entry} {
		e.OnSubmitted = func(string) { f.send() }
	}
	for _, o := range []fyne.CanvasObject{
		kit.NewNote(kit.L("A server that speaks WHIP (MediaMTX, LiveKit, Cloudflare Stream) gets " +
			"the video of phones and shows it to any number of people. {phone} in the address " +
			"stands for the phone's name. No sound is sent.")).Object,
		panelChoice(kit.L("Address"), f.address), panelChoice(kit.L("Token"), f.token.Entry),
		panelChoice("", f.boxes),
		container.NewBorder(nil, nil, nil, middled(container.NewHBox(f.off, f.use)),
			f.state.Object),
	} {
		f.body.Add(o)
	}
	f.sayState(ForwardState{})
	f.show(kit.L("Send the video on"), func() { w.forward = nil })
	f.watch(f.look)
}

// send has the video sent to the server that the entries name.
func (f *forwardPanel) send() {
	address := strings.TrimSpace(f.address.Text)
	u, err := url.Parse(strings.ReplaceAll(address, "{phone}", "phone"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		err = errors.New(kit.L("a server's address begins with https:// or http://"))
		f.say(kit.Notice{Kind: kit.Failure, Text: err.Error()})
		return
	}
	f.exchange(address)
}

// exchange has the video sent to another server, or to none.
func (f *forwardPanel) exchange(address string) {
	token, boxes, w := f.token.wanted(address == ""), f.boxes.Checked, f.w
	use := func() error { return w.cfg.Forwarder.Use(address, boxes, token) }
	f.panel.exchange("forward", use, func() {
		f.token.typed = false
		w.change(func(s *Settings) { s.Forward, s.ForwardBoxes = address, boxes })
		w.tasks.Go(f.look)
	})
}

// look looks how sending gets on.
func (f *forwardPanel) look() {
	st := f.w.cfg.Forwarder.State()
	f.w.queue.Post("forward state", func() {
		if !f.closed {
			f.sayState(st)
		}
	})
}

// sayState shows how sending gets on: with the phone that has most trouble, if any has.
func (f *forwardPanel) sayState(st ForwardState) {
	host := map[string]any{"Host": kit.Printable(st.Host, kit.MaxReason)}
	text, c := kit.L("Nothing is sent on"), theme.ColorNamePlaceHolder
	if st.Host != "" {
		text, c = kit.L("Phones that come are sent to {{.Host}}", host), theme.ColorNameSuccess
	}
	worst := media.ForwardOff
	for _, p := range st.Phones {
		if st.Host == "" || p.Code < worst || p.Code == media.ForwardOff {
			continue
		}
		worst, text, c = p.Code, tile.ForwardWords(p), theme.ColorNameWarning
		switch {
		case p.Code.Failing():
			c = theme.ColorNameError
		case p.Code == media.ForwardLive:
			c = theme.ColorNameSuccess
		}
	}
	f.state.Set(text, c)
	f.token.sayKept(st.Token)
	kit.SetVisible(f.off, st.Host != "")
	f.fit()
}
