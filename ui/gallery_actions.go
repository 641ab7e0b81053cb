package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// open plays or shows the chosen item in the system's program; of a burst or a data set it opens
// the folder.
func (g *gallery) open() {
	item, ok := g.choice()
	if !ok {
		return
	}
	path := item.Path
	if item.Folder != "" {
		path = item.Folder
	}
	g.w.background(func() { g.w.openFile(path) })
}

// find shows where the chosen item lies.
func (g *gallery) find() {
	item, ok := g.choice()
	if !ok {
		return
	}
	g.w.background(func() {
		if g.reveal(g.ctx, item.Path) != nil {
			g.w.openFile(folderOf(g.lib, item)) // without the item marked in it
		}
	})
}

// remove deletes the chosen item, and says how to have it back.
func (g *gallery) remove() {
	item, ok := g.choice()
	if !ok {
		return
	}
	w := g.w
	words := map[string]any{"Name": plain(item.Name, maxReason)}
	w.once("delete "+item.Path, func() {
		undo, err := g.lib.Delete(item)
		if err != nil {
			words["Why"] = plain(err.Error(), maxReason)
			w.Notice(Notice{Kind: Failure, Text: L("{{.Name}} was not deleted: {{.Why}}", words)})
			return
		}
		g.look()
		w.Notice(Notice{
			Kind: Info, Text: L("{{.Name}} was deleted", words), ActionLabel: L("Undo"),
			Action: func() {
				if err := undo(); err != nil {
					words["Why"] = plain(err.Error(), maxReason)
					w.Notice(Notice{
						Kind: Failure,
						Text: L("{{.Name}} could not be brought back: {{.Why}}", words),
					})
					return
				}
				g.look()
				g.post("gallery choice", func() { g.chosen = item.Path; g.show() })
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
func (g *gallery) rename() {
	item, ok := g.choice()
	if !ok {
		return
	}
	w := g.w
	var s *sheet
	entry := &nameEntry{leave: func() { s.close() }}
	entry.ExtendBaseWidget(entry)
	entry.SetText(item.Name)
	problem := newNote("")
	problem.set("", theme.ColorNameError)
	apply := func() {
		name := strings.TrimSpace(entry.Text)
		if name == item.Name {
			s.close()
			return
		}
		w.once("rename "+item.Path, func() {
			changed, err := g.lib.Rename(item, name)
			if err != nil {
				why := plain(err.Error(), maxReason)
				g.post("rename failed", func() {
					problem.set(why, theme.ColorNameError)
					s.pop.Refresh()
				})
				return
			}
			g.look()
			g.post("renamed", func() {
				s.close()
				g.chosen = changed.Path
				g.show()
			})
		})
	}
	entry.OnSubmitted = func(string) { apply() }
	cancel := newKeyedButton(w, L("Cancel"), nil, func() { s.close() })
	confirm := newKeyedButton(w, L("Rename"), nil, apply)
	confirm.Importance = widget.HighImportance
	s = w.openSheet(L("Rename"), 440, container.NewVBox(entry, problem.object), g.focus, cancel,
		confirm)
	w.win.Canvas().Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// offer shows what can be done with the chosen item.
func (g *gallery) offer(at fyne.Position) {
	item := func(text string, icon fyne.Resource, f func()) *fyne.MenuItem {
		m := fyne.NewMenuItem(text, f)
		m.Icon = icon
		return m
	}
	menu := fyne.NewMenu("",
		item(L("Open"), theme.MediaPlayIcon(), g.open),
		item(L("Show in the folder"), theme.FolderOpenIcon(), g.find),
		item(L("Rename"), theme.DocumentCreateIcon(), g.rename),
		item(L("Delete"), theme.DeleteIcon(), g.remove))
	widget.ShowPopUpMenuAtPosition(menu, g.w.win.Canvas(), at)
}
