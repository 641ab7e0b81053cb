package gallery

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"handlens/ui/kit"
)

// open plays or shows the chosen item in the system's program; of a burst or a data set it opens
// the folder.
func (g *Gallery) open() {
	item, ok := g.chosenItem()
	if !ok {
		return
	}
	path := item.Path
	if item.Folder != "" {
		path = item.Folder
	}
	g.cfg.Tasks.Go(func() { g.cfg.OpenFile(path) })
}

// showInFolder shows where the chosen item lies.
func (g *Gallery) showInFolder() {
	item, ok := g.chosenItem()
	if !ok {
		return
	}
	g.cfg.Tasks.Go(func() {
		if g.reveal(g.ctx, item.Path) != nil {
			g.cfg.OpenFile(folderOf(g.cfg.Library, item)) // without selecting the item
		}
	})
}

// report shows the page about what happened in the chosen recording.
func (g *Gallery) report() {
	item, ok := g.chosenItem()
	if !ok || !item.hasData() {
		return
	}
	words := map[string]any{"Name": kit.Printable(item.Name, kit.MaxReason)}
	g.cfg.Tasks.Once("report "+item.Path, func() {
		g.cfg.Notify(kit.Notice{
			Kind: kit.Info,
			Text: kit.L("What happened in {{.Name}} opens in the browser", words),
		})
		path, err := g.cfg.Library.Report(g.ctx, item)
		if err != nil {
			words["Why"] = kit.ErrorWords(err)
			g.cfg.Notify(kit.Notice{
				Kind: kit.Failure,
				Text: kit.L("The page about {{.Name}} was not written: {{.Why}}", words),
			})
			return
		}
		g.reload()
		g.cfg.OpenFile(path)
	})
}

// delete deletes the chosen item, and offers to undo that.
func (g *Gallery) delete() {
	item, ok := g.chosenItem()
	if !ok {
		return
	}
	words := map[string]any{"Name": kit.Printable(item.Name, kit.MaxReason)}
	g.cfg.Tasks.Once("delete "+item.Path, func() {
		undo, err := g.cfg.Library.Delete(item)
		if err != nil {
			words["Why"] = kit.ErrorWords(err)
			g.cfg.Notify(kit.Notice{
				Kind: kit.Failure,
				Text: kit.L("{{.Name}} was not deleted: {{.Why}}", words),
			})
			return
		}
		g.reload()
		g.cfg.Notify(kit.Notice{
			Kind: kit.Info, Text: kit.L("{{.Name}} was deleted", words), ActionLabel: kit.L("Undo"),
			Action: func() {
				if err := undo(); err != nil {
					words["Why"] = kit.ErrorWords(err)
					g.cfg.Notify(kit.Notice{
						Kind: kit.Failure,
						Text: kit.L("{{.Name}} could not be brought back: {{.Why}}", words),
					})
					return
				}
				g.reload()
				g.post("gallery choice", func() { g.chosenPath = item.Path; g.show() })
			},
		})
	})
}

// nameEntry is the field for a new name: Esc leaves it.
type nameEntry struct {
	widget.Entry
	leave func()
}

// TypedKey leaves at Esc.
func (e *nameEntry) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape {
		e.leave()
		return
	}
	e.Entry.TypedKey(ev)
}

// rename asks for another name of the chosen item.
func (g *Gallery) rename() {
	item, ok := g.chosenItem()
	if !ok {
		return
	}
	var s *kit.Modal
	entry := &nameEntry{leave: func() { s.Close() }}
	entry.ExtendBaseWidget(entry)
	entry.SetText(item.Name)
	problem := kit.NewNote("")
	problem.Set("", theme.ColorNameError)
	apply := func() {
		name := strings.TrimSpace(entry.Text)
		if name == item.Name {
			s.Close()
			return
		}
		g.cfg.Tasks.Once("rename "+item.Path, func() {
			changed, err := g.cfg.Library.Rename(item, name)
			if err != nil {
				why := kit.ErrorWords(err)
				g.post("rename failed", func() {
					problem.Set(why, theme.ColorNameError)
					s.Refresh()
				})
				return
			}
			g.reload()
			g.post("renamed", func() {
				s.Close()
				g.chosenPath = changed.Path
				g.show()
			})
		})
	}
	entry.OnSubmitted = func(string) { apply() }
	cancel := kit.NewButton(kit.L("Cancel"), nil, func() { s.Close() })
	confirm := kit.NewButton(kit.L("Rename"), nil, apply)
	confirm.Importance = widget.HighImportance
	s = g.cfg.Modals.Show(kit.L("Rename"), 440, container.NewVBox(entry, problem.Object), g.focus,
		cancel,
		confirm)
	g.cfg.Canvas.Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// showMenu shows what can be done with the chosen item.
func (g *Gallery) showMenu(at fyne.Position) {
	item := func(text string, icon fyne.Resource, f func()) *fyne.MenuItem {
		m := fyne.NewMenuItem(text, f)
		m.Icon = icon
		return m
	}
	menu := fyne.NewMenu("",
		item(kit.L("Open"), theme.MediaPlayIcon(), g.open),
		item(kit.L("Show in the folder"), theme.FolderOpenIcon(), g.showInFolder),
		item(kit.L("What happened"), theme.DocumentIcon(), g.report),
		item(kit.L("Rename"), theme.DocumentCreateIcon(), g.rename),
		item(kit.L("Delete"), theme.DeleteIcon(), g.delete))
	if chosen, _ := g.chosenItem(); !chosen.hasData() {
		menu.Items = slices.Delete(menu.Items, 2, 3)
	}
	widget.ShowPopUpMenuAtPosition(menu, g.cfg.Canvas, at)
}
