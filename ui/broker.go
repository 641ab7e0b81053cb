package ui

import (
	"errors"
	"net"
	"net/url"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// brokerPanel is the modal in which an MQTT broker is named. It belongs to the UI goroutine.
type brokerPanel struct {
	*panel
	address, user *kit.Entry
	password      *secretEntry
	tls           *kit.Check
	authority     *kit.Entry
	authorityRow  fyne.CanvasObject // while it is encrypted
	state         *kit.StatusLine
	use, off      *kit.Button
}

// showBroker shows which MQTT broker is told, and how that gets on.
func (w *Window) showBroker() {
	if w.broker != nil || w.cfg.Broker == nil {
		return
	}
	b := &brokerPanel{
		panel: newPanel(w), state: kit.NewStatusLine(),
		address: kit.NewEntry("homeassistant.local"), user: kit.NewEntry(""),
		password:  newSecretEntry(),
		authority: kit.NewEntry(kit.L("the system's, or a file (.pem)")),
	}
	w.broker = b
	b.authorityRow = panelChoice(kit.L("CA certificate"), b.authority)
	b.tls = kit.NewCheck(kit.L("Encrypted (TLS)"), func(on bool) {
		kit.SetVisible(b.authorityRow, on)
		b.fit()
	})
	b.fill(w.settings.Broker, w.settings.BrokerCA)
	b.use = kit.NewButton(kit.L("Connect"), theme.ConfirmIcon(), b.connect)
	b.use.Importance = widget.HighImportance
	b.off = kit.NewButton(kit.L("Switch off"), nil, func() { b.exchange("") })
	for _, e := range []*kit.Entry{b.address, b.user, b.password.Entry, b.authority} {
		e.OnSubmitted = func(string) { b.connect() }
	}
	for _, o := range []fyne.CanvasObject{
		kit.NewNote(kit.L("Home Assistant then shows by itself what phones see: it finds their " +
			"names, counts, zones and rules at an MQTT broker. The broker gets no " +
			"picture.")).Object,
		panelChoice(kit.L("Address"), b.address), panelChoice(kit.L("User"), b.user),
		panelChoice(kit.L("Password"), b.password.Entry), panelChoice("", b.tls),
		b.authorityRow,
		container.NewBorder(nil, nil, nil, middled(container.NewHBox(b.off, b.use)),
			b.state.Object),
	} {
		b.body.Add(o)
	}
	b.sayState(BrokerState{})
	b.show(kit.L("Home Assistant and MQTT"), func() { w.broker = nil })
	b.watch(b.look)
}

// fill shows a broker's address in its parts, and the file of its authority.
func (b *brokerPanel) fill(address, authority string) {
	b.authority.SetText(authority)
	b.authorityRow.Hide()
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return
	}
	b.address.SetText(u.Host)
	b.user.SetText(u.User.Username())
	b.tls.Checked = u.Scheme == "mqtts"
	kit.SetVisible(b.authorityRow, b.tls.Checked)
}

// brokerAddress puts an address together: HOST, HOST:PORT, or one that is whole.
func brokerAddress(address, user string, tls bool) (string, error) {
	address, user = strings.TrimSpace(address), strings.TrimSpace(user)
	if address == "" {
		return "", errors.New(kit.L("the broker's address is missing"))
	}
	if !strings.Contains(address, "://") {
		scheme := "mqtt://"
		if tls {
			scheme = "mqtts://"
		}
		if ip := net.ParseIP(address); ip != nil && ip.To4() == nil {
			address = "[" + address + "]"
		}
		address = scheme + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "mqtt" && u.Scheme != "mqtts" {
		return "", errors.New(kit.L("a broker's address is a name or an IP address, with or " +
			"without a port"))
	}
	if user != "" {
		u.User = url.User(user)
	}
	return u.String(), nil
}

// connect has the broker told that the entries name.
func (b *brokerPanel) connect() {
	address, err := brokerAddress(b.address.Text, b.user.Text, b.tls.Checked)
	if err != nil {
		b.say(kit.Notice{Kind: kit.Failure, Text: err.Error()})
		return
	}
	b.exchange(address)
}

// exchange has another broker told, or none.
func (b *brokerPanel) exchange(address string) {
	password, w := b.password.wanted(address == ""), b.w
	authority := ""
	if strings.HasPrefix(address, "mqtts:") {
		authority = strings.TrimSpace(b.authority.Text)
	}
	b.panel.exchange("broker", func() error {
		return w.cfg.Broker.Use(address, authority, password)
	}, func() {
		b.password.typed = false
		w.change(func(s *Settings) { s.Broker, s.BrokerCA = address, authority })
		w.tasks.Go(b.look)
	})
}

// look looks how telling gets on.
func (b *brokerPanel) look() {
	st := b.w.cfg.Broker.State()
	b.w.queue.Post("broker state", func() {
		if !b.closed {
			b.sayState(st)
		}
	})
}

// sayState shows how telling gets on.
func (b *brokerPanel) sayState(st BrokerState) {
	host := map[string]any{"Host": kit.Printable(st.Host, kit.MaxReason)}
	detail := ""
	switch {
	case st.Err != nil:
		b.state.Set(kit.L("{{.Host}} cannot be reached", host), theme.ColorNameError)
		detail = whyWords(st.Err)
	case st.Host == "":
		b.state.Set(kit.L("Nobody is told"), theme.ColorNamePlaceHolder)
	case st.Connected:
		b.state.Set(kit.L("{{.Host}} is told", host), theme.ColorNameSuccess)
	default:
		b.state.Set(kit.L("Connecting to {{.Host}}…", host), theme.ColorNameWarning)
	}
	b.state.SetDetail(detail, theme.ColorNamePlaceHolder)
	b.password.sayKept(st.Password)
	kit.SetVisible(b.off, st.Host != "")
	b.fit()
}
