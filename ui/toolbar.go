package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
	"handlens/ui/tile"
)

// command is one thing that can be done: a button in the bar, or a line in its menu where the bar
// is too narrow.
type command struct {
	title, key string // the key that does the same; shown only, see [Window.typedKey]
	icon       fyne.Resource
	do         func()
	button     *kit.ToolButton
	// words are shown beside the icon where there is room, short even where there is none.
	words, short string
	// rank says who makes room: the higher it is, the earlier the words, and then the button, are
	// left out.
	rank int
	// gap is the space before the button, right says that it belongs to the right end.
	gap   float32
	right bool
	// on says that the command makes sense now, busy that it is running.
	on, busy bool
	folded   bool // into the menu
	measured map[string]float32
}

// toolbar is the row of commands below the pictures. It belongs to the UI goroutine.
type toolbar struct {
	object   *fyne.Container
	w        *Window
	v        *liveView
	commands []*command // from left to right

	sidebar, record, problem, replay, shot, pause *command
	camera, flip, torch, out, in                  *command
	all, gallery, pair, full, disconnect, help    *command
	share                                         *command
	more                                          *command
	// by phone: the recording problem that the user has seen
	read map[string]string
}

func newToolbar(w *Window, v *liveView) *toolbar {
	b := &toolbar{w: w, v: v, read: make(map[string]string)}
	b.addCommands()
	for _, c := range []*command{
		b.record, b.replay, b.shot, b.pause, b.camera, b.gallery, b.pair, b.all,
		b.disconnect,
	} {
		c.words = c.title
	}
	for _, c := range []*command{b.record, b.camera, b.all} {
		c.gap = groupGap
	}
	for _, c := range []*command{
		b.gallery, b.share, b.pair, b.disconnect, b.full, b.help, b.more,
	} {
		c.right = true
	}
	b.shot.button.Importance = widget.HighImportance
	b.problem.button.Importance = widget.WarningImportance
	b.object = container.New(&toolLayout{b})
	for _, c := range b.commands {
		b.object.Add(c.button)
	}
	b.update()
	return b
}

// addCommands makes the commands, from left to right.
func (b *toolbar) addCommands() {
	w, v, add := b.w, b.v, b.add
	b.sidebar = add(kit.L("Sidebar"), "B", iconSidebar, 3, w.toggleSidebar)
	b.record = add(kit.L("Record"), "R", redDot(), 1, w.toggleRecording)
	b.problem = add(kit.L("Recording ended"), "", theme.WarningIcon(), 2, b.readProblem)
	b.replay = add(kit.L("Save replay"), "L", iconReplay, 5, w.askReplay)
	b.shot = add(kit.L("Screenshot"), "S", theme.MediaPhotoIcon(), 4, func() {
		w.takeShot(OneShot)
	})
	b.pause = add(kit.L("Pause"), kit.L("Space"), theme.MediaPauseIcon(), 6, w.togglePause)
	b.camera = add(kit.L("Camera"), "V", theme.MediaVideoIcon(), 10, func() {
		v.camera.show(!v.camera.object.Visible())
	})
	b.flip = add(kit.L("Other camera"), "C", iconFlip, 11, w.flipCamera)
	b.torch = add(kit.L("Torch"), "T", iconTorch, 12, w.toggleTorch)
	b.out = add(kit.L("Zoom out"), "[", theme.ZoomOutIcon(), 13, func() { w.zoomBy(1 / zoomStep) })
	b.in = add(kit.L("Zoom in"), "]", theme.ZoomInIcon(), 13, func() { w.zoomBy(zoomStep) })
	b.all = add(kit.L("All phones"), "Esc", theme.GridIcon(), 8, func() { v.enlarge(v.large) })
	b.gallery = add(kit.L("Gallery"), "G", iconGallery, 7, w.showGallery)
	b.share = add(kit.L("Show in a browser"), "O", theme.VisibilityIcon(), 14, w.showShare)
	b.pair = add(kit.L("Pair a phone"), "P", theme.ContentAddIcon(), 9, func() {
		w.showPairing(!v.side.Visible())
	})
	b.disconnect = add(kit.L("Disconnect"), "", theme.LogoutIcon(), 16, w.disconnect)
	b.full = add(kit.L("Full screen"), "F", theme.ViewFullScreenIcon(), 14, w.toggleFullScreen)
	b.help = add(kit.L("Keys and looks"), "?", theme.HelpIcon(), 15, w.showKeys)
	b.more = add(kit.L("More"), "", theme.MoreHorizontalIcon(), 0, b.showMore)
}

// add makes one command. The key is only shown; see [Window.typedKey].
func (b *toolbar) add(title, key string, icon fyne.Resource, rank int, do func()) *command {
	c := &command{
		title: title, key: key, icon: icon, rank: rank, do: do, on: true,
		measured: make(map[string]float32),
	}
	c.button = kit.NewToolButton(b.w.hints, kit.HintOf(title, key), icon, do)
	b.commands = append(b.commands, c)
	return c
}

// update shows the commands that make sense now, and the phones' status.
func (b *toolbar) update() {
	all := b.v.chosenStatus()
	b.all.on = b.v.large != "" && len(b.v.phones) > 1
	b.disconnect.on = len(all) == 1
	b.gallery.on = b.w.cfg.Library != nil
	b.sayShare()
	b.sayRecording(all)
	b.sayPause(all)
	b.sayCamera(all)
	b.object.Refresh()
}

// sayPause shows whether the phones are paused.
func (b *toolbar) sayPause(all []phoneStatus) {
	b.pause.set(kit.L("Pause"), theme.MediaPauseIcon(), widget.MediumImportance)
	if len(all) > 0 && !slices.ContainsFunc(all, func(f phoneStatus) bool { return !f.held }) {
		b.pause.set(kit.L("Go on"), theme.MediaPlayIcon(), widget.HighImportance)
	}
	b.pause.words = b.pause.title
}

// sayCamera offers what the phones' cameras can do.
func (b *toolbar) sayCamera(all []phoneStatus) {
	flip, torch, lit, zoom := false, false, false, false
	for _, f := range all {
		flip = flip || f.camera.Known
		torch = torch || f.camera.Known && f.camera.HasTorch
		lit = lit || f.camera.Torch
		zoom = zoom || f.camera.Zooms()
	}
	b.camera.on, b.flip.on, b.torch.on, b.in.on, b.out.on = flip, flip, torch, zoom, zoom
	b.torch.set(kit.L("Torch"), iconTorch, widget.MediumImportance)
	if lit {
		b.torch.set(kit.L("Torch off"), iconTorch, widget.HighImportance)
	}
	b.in.short = ""
	if z := zoomOf(all); zoom && z > 0 {
		b.in.short = fmt.Sprintf("%.1f×", z)
	}
}

func (c *command) set(title string, icon fyne.Resource, i widget.Importance) {
	c.title, c.icon = title, icon
	c.button.Hint = kit.HintOf(title, c.key)
	c.button.SetStyle(icon, i)
}

// sayRecording shows the recordings: time and size of one, of several their number and the longest.
func (b *toolbar) sayRecording(all []phoneStatus) {
	r := b.record
	sum, running, ending := recordings(all)
	r.short, r.words, r.busy = "", kit.L("Record"), false
	switch {
	case running > 0:
		r.set(kit.L("Stop recording"), theme.MediaStopIcon(), widget.DangerImportance)
		r.short = kit.Duration(sum.Length)
		if running > 1 {
			r.short = fmt.Sprintf("%d × %s", running, r.short)
		}
		if sum.Dropped > 0 {
			r.short += " · " + kit.N("1 dropped", "{{.Count}} dropped", sum.Dropped, nil)
		}
		r.words = r.short + " · " + kit.Bytes(sum.Bytes)
		if sum.Encoder != "" {
			r.button.Hint += " · " + kit.Printable(sum.Encoder, kit.MaxName)
		}
	case ending > 0:
		r.set(kit.L("Finishing the recording"), redDot(), widget.MediumImportance)
		r.words, r.short, r.busy = kit.L("Finishing…"), "…", true
	default:
		r.set(kit.L("Record"), redDot(), widget.MediumImportance)
	}
	if r.busy != r.button.Disabled() {
		if r.busy {
			r.button.Disable()
		} else {
			r.button.Enable()
		}
	}
	text := b.unread()
	b.problem.on = text != "" && running == 0
	b.problem.button.Hint = text
	b.problem.words = kit.L("Recording ended")
}

// recordings adds up what is being recorded: the longest time, all bytes, all drops.
func recordings(all []phoneStatus) (sum tile.RecordingState, running, ending int) {
	for _, f := range all {
		r := f.recording
		switch {
		case r.Ending:
			ending++
		case r.On:
			running++
			sum.Length = max(sum.Length, r.Length)
			sum.Bytes += r.Bytes
			sum.Dropped += r.Dropped
			sum.Encoder = r.Encoder // the same for all but where canvases differ
		}
	}
	return sum, running, ending
}

// unread is the first problem of a recording that the user has not yet read by pressing the badge.
func (b *toolbar) unread() string {
	for _, s := range b.v.chosen() {
		if p := recordingWords(s.status.recording); p != "" && b.read[s.id] != p {
			return kit.Printable(p, kit.MaxReason)
		}
	}
	return ""
}

// readProblem says in full why a recording ended, and hides the badge.
func (b *toolbar) readProblem() {
	for _, s := range b.v.chosen() {
		p := recordingWords(s.status.recording)
		if p != "" && b.read[s.id] != p {
			b.w.toasts.add(kit.Notice{
				Kind: kit.Failure,
				Text: s.tile.Name() + ": " + kit.Printable(p, kit.MaxReason),
			})
			b.read[s.id] = p
		}
	}
	b.update()
}

// showMore opens the menu with what has no button, and what has no room for one.
func (b *toolbar) showMore() {
	menu := fyne.NewMenu("")
	item := func(title string, icon fyne.Resource, key string, do func()) {
		i := fyne.NewMenuItem(kit.HintOf(title, key), do)
		i.Icon = icon
		menu.Items = append(menu.Items, i)
	}
	for _, c := range b.commands {
		if c.on && c.folded && !c.busy {
			item(c.title, c.icon, c.key, c.do)
		}
	}
	if len(menu.Items) > 0 {
		menu.Items = append(menu.Items, fyne.NewMenuItemSeparator())
	}
	item(kit.L("Ten screenshots in a second"), theme.MediaPhotoIcon(), kit.L("Shift+S"), func() {
		b.w.takeShot(BurstShot)
	})
	item(kit.L("Picture with labels for training"), theme.MediaPhotoIcon(), "D", func() {
		b.w.takeShot(DatasetShot)
	})
	item(kit.L("Reset the counts"), theme.ViewRefreshIcon(), "0", b.w.resetCounts)
	if b.w.cfg.Share != nil && !b.share.folded {
		item(b.share.title, b.share.icon, b.share.key, b.share.do)
	}
	item(kit.L("Who may join"), iconGuard, "", b.w.showGuard)
	if b.w.cfg.Broker != nil {
		item(kit.L("Home Assistant and MQTT"), theme.HomeIcon(), "", b.w.showBroker)
	}
	if b.w.cfg.Forwarder != nil {
		item(kit.L("Send the video on"), theme.MailForwardIcon(), "", b.w.showForward)
	}
	if b.w.cfg.MeasureDelay != nil {
		item(kit.L("Measure the delay"), theme.HistoryIcon(), "", b.w.measureDelay)
	}
	item(kit.L("Connection doctor"), theme.SearchIcon(), "W", b.w.showDoctor)
	item(b.w.figuresTitle(), theme.InfoIcon(), "H", b.w.nextFigures)
	b.w.popUp(menu, b.more.button)
}
