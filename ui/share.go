package ui

import (
	"fmt"
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// MostViewers is the most that may watch in a browser at once.
const MostViewers = 16

// shareCode is the side of the code in the panel.
const shareCode = 176

// sharePanel is the modal that lets others watch in a browser. It belongs to the UI goroutine.
type sharePanel struct {
	*panel
	url  string
	asks int // how often the link was asked for: only the newest answer counts
	code *qrCard
	link *widget.Label
	way  *fyne.Container // the code and the link, while there is one
	off  *kit.Button     // dismisses all
	list *fyne.Container
}

// SetViewers shows who watches in a browser. Any goroutine may call it.
func (w *Window) SetViewers(all []Viewer) {
	all = slices.Clone(all)
	w.queue.Post("viewers", func() {
		w.viewers = all
		w.live.bar.update()
		if w.share != nil {
			w.share.fill()
		}
	})
}

// sayShare shows how many watch; while somebody does, the button stays where there is little room.
func (b *toolbar) sayShare() {
	c, n := b.share, len(b.w.viewers)
	c.on = b.w.cfg.Share != nil
	c.rank, c.short = 14, ""
	c.button.Hint = kit.HintOf(c.title, c.key)
	if n > 0 {
		c.rank, c.short = 2, fmt.Sprint(n)
		c.button.Hint = kit.HintOf(
			kit.N("One watches in a browser", "{{.Count}} watch in a browser", n, nil), c.key)
	}
}

// showShare shows how others can watch in a browser, and who does.
func (w *Window) showShare() {
	if w.share != nil || w.cfg.Share == nil {
		return
	}
	s := &sharePanel{panel: newPanel(w), list: container.NewVBox()}
	w.share = s
	on := kit.NewCheck(kit.L("Let others watch in a browser"), func(on bool) {
		w.change(func(s *Settings) { s.Share = on })
		w.linkChanged()
	})
	on.Checked = w.settings.Share
	means := kit.L("Anyone with the link on this network sees the picture. While a class is " +
		"blurred, nobody gets any.")
	if w.settings.Approve == ApproveAsk {
		means = kit.L("A browser with the link sees the picture once it is let in here. While a " +
			"class is blurred, nobody gets any.")
	}
	s.off = kit.NewButton(kit.L("Dismiss all"), nil, func() { s.dismiss("", "") })
	title := container.NewBorder(nil, nil, nil, s.off, panelTitle(kit.L("Who watches now")))
	s.way = s.linkRows()
	s.way.Hide()
	for _, row := range []fyne.CanvasObject{
		on, kit.NewNote(means).Object, s.way, s.mostRow(), widget.NewSeparator(), title, s.list,
	} {
		s.body.Add(row)
	}
	s.show(kit.L("Show in a browser"), func() { w.share = nil })
	s.fill()
	w.linkChanged()
}

// linkRows are the code beside the link and what can be done with it.
func (s *sharePanel) linkRows() *fyne.Container {
	s.code = newQRCard(func(err error) {
		s.say(kit.Notice{Kind: kit.Failure, Text: kit.L("The code cannot be drawn: {{.Why}}",
			map[string]any{"Why": kit.Printable(err.Error(), kit.MaxReason)})})
	})
	s.code.least = shareCode
	s.link = widget.NewLabelWithStyle("", fyne.TextAlignLeading, fyne.TextStyle{Monospace: true})
	s.link.Selectable = true
	s.link.Wrapping = fyne.TextWrapBreak
	copyLink := kit.NewButton(kit.L("Copy the link"), theme.ContentCopyIcon(), func() {
		s.w.app.Clipboard().SetContent(s.url)
		s.say(kit.Notice{Kind: kit.Success, Text: kit.L("Link copied")})
	})
	renew := kit.NewButton(kit.L("New link"), theme.ViewRefreshIcon(), func() {
		s.act("share renew", s.w.cfg.Share.RenewLink,
			kit.L("There is a new link. The old one lets nobody in."), s.w.linkChanged)
	})
	note := kit.NewNote(
		kit.L("A new link makes the present one useless. Those who watch now stay."))
	words := container.NewVBox(s.link, container.NewHBox(copyLink, renew), note.Object)
	return container.NewBorder(nil, nil,
		container.New(layout.NewCustomPaddedLayout(0, 0, 8, 4),
			container.NewVBox(container.New(&codeSide{side: shareCode}, s.code))), nil, words)
}

func (s *sharePanel) mostRow() fyne.CanvasObject {
	names := make([]string, MostViewers)
	for i := range names {
		names[i] = kit.N("1 viewer", "{{.Count}} viewers", i+1, nil)
	}
	choice := kit.NewSelect(func(name string) {
		if i := slices.Index(names, name); i >= 0 {
			s.w.change(func(s *Settings) { s.MaxViewers = i + 1 })
		}
	})
	choice.Options = names
	choice.Selected = names[s.w.settings.MaxViewers-1]
	return panelChoice(kit.L("At most"), choice)
}

// linkChanged reads the link again, if the panel is open.
func (w *Window) linkChanged() {
	s := w.share
	if s == nil {
		return
	}
	s.asks++
	ask := s.asks
	w.tasks.Go(func() {
		url, qr := w.cfg.Share.Link()
		w.queue.Post(w.tasks.Key("share link"), func() {
			if w.share == s && s.asks == ask {
				s.setLink(url, qr)
			}
		})
	})
}

func (s *sharePanel) setLink(url string, qr func(pixels int) (image.Image, error)) {
	s.url = url
	if on := url != "" && s.w.settings.Share; on {
		s.link.SetText(url)
		s.code.set(qr)
		s.way.Show()
	} else {
		s.way.Hide()
	}
	s.fit()
}

// fill lists who watches.
func (s *sharePanel) fill() {
	s.list.RemoveAll()
	if len(s.w.viewers) == 0 {
		s.list.Add(kit.NewNote(kit.L("Nobody.")).Object)
	}
	for _, v := range s.w.viewers {
		name := viewerName(v)
		s.list.Add(panelDevice(name, viewerDetail(v, time.Now()), theme.ColorNameSuccess,
			kit.NewButton(kit.L("Dismiss"), nil, func() { s.dismiss(v.ID, name) })))
	}
	kit.SetVisible(s.off, len(s.w.viewers) > 1)
	s.fit()
}

// dismiss ends what one or, for "", everybody sees.
func (s *sharePanel) dismiss(id, name string) {
	done := kit.L("All were dismissed. A new link keeps them out for good.")
	if id != "" {
		done = kit.L("{{.Name}} was dismissed. A new link keeps it out for good.",
			map[string]any{"Name": name})
	}
	s.act("share dismiss "+id, func() error { return s.w.cfg.Share.Dismiss(id) }, done, func() {})
}

func viewerName(v Viewer) string {
	if name := kit.Printable(v.Name, kit.MaxName); name != "" {
		return name
	}
	return kit.L("A browser")
}

// viewerDetail says from where, what and since when somebody watches.
func viewerDetail(v Viewer, now time.Time) string {
	since := ""
	if !v.Since.IsZero() {
		since = kit.L("since {{.Time}}", map[string]any{"Time": kit.When(v.Since, now)})
	}
	watches := ""
	if phone := kit.Printable(v.Phone, kit.MaxName); phone != "" {
		watches = kit.L("watches {{.Name}}", map[string]any{"Name": phone})
	}
	return kit.JoinDots(kit.Printable(v.Address, kit.MaxName), watches, since)
}
