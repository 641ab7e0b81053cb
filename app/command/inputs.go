package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"handlens/app/cli"
	"handlens/media/filekind"
	"handlens/media/inputfile"
)

// standardInput is the argument that stands for what comes in there.
const standardInput = "-"

// input is one file to open, or why there is none.
type input struct {
	path string
	name string // what it is called in results
	err  error
}

// inputs is what the arguments of a command mean.
type inputs struct {
	files []input
	notes []error // what was left out
	spool string  // the file that holds standard input; "" for none
}

// listInputs lists the files that the arguments mean: each itself, the pictures in a folder by name
// (and its videos when asked for), and what comes in at standard input. They are listed before
// anything is written, so a run never reads its own results. The caller closes it.
func listInputs(ctx context.Context, args []string, videos bool, stdin io.Reader) *inputs {
	l := new(inputs)
	for _, arg := range args {
		if arg == standardInput {
			l.add(l.standardInput(ctx, stdin))
			continue
		}
		path := inputfile.Path(arg)
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			l.folder(path, videos)
		case err == nil:
			l.add(input{path: path, name: path})
		default:
			_, err = inputfile.Stat(path) // which knows more than the system
			l.add(input{err: plainFileError(path, err)})
		}
	}
	return l
}

func (l *inputs) add(in input) { l.files = append(l.files, in) }

func (l *inputs) close() {
	if l.spool != "" {
		_ = os.Remove(l.spool)
	}
}

// standardInput saves what comes in to a file, since films and many pictures are not read from
// front to back.
func (l *inputs) standardInput(ctx context.Context, stdin io.Reader) input {
	fail := func(err error) input { return input{err: fmt.Errorf("standard input: %w", err)} }
	if f, ok := stdin.(*os.File); ok && cli.IsTerminal(f) {
		return fail(errors.New("is the keyboard: send a picture or a video into it, as in " +
			"`handlens detect - <FILE`"))
	}
	if l.spool != "" {
		return fail(errors.New("can be read once only"))
	}
	to, err := os.CreateTemp("", "handlens-stdin-")
	if err != nil {
		return fail(err)
	}
	l.spool = to.Name()
	done := make(chan error, 1)
	go func() { // reading cannot be interrupted; it ends with the program at the latest
		_, err := io.Copy(to, stdin)
		done <- errors.Join(err, to.Close())
	}()
	select {
	case err = <-done:
	case <-ctx.Done():
		err = cli.Interrupted(ctx)
	}
	if err != nil {
		return fail(err)
	}
	return input{path: l.spool, name: standardInput}
}

// folder adds what is looked at in a folder, and notes what is not.
func (l *inputs) folder(dir string, videos bool) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		l.add(input{err: plainFileError(dir, err)})
		return
	}
	var left leftOut
	before := len(l.files)
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if left.take(path, videos) {
			l.add(input{path: path, name: path})
		}
	}
	what := "pictures"
	if videos {
		what = "pictures or videos"
	}
	switch taken := len(l.files) - before; {
	case taken == 0 && left.any():
		l.add(input{err: fmt.Errorf("%s: there are no %s in this folder; it has %s", dir, what,
			left.words())})
	case taken == 0:
		l.add(input{err: fmt.Errorf("%s: there are no %s in this folder: it is empty", dir, what)})
	case left.any():
		l.notes = append(l.notes,
			fmt.Errorf("%s: looks at %d of %d files; left out: %s", dir, taken,
				len(entries), left.words()))
	}
}

// leftOut counts what a folder has that is not looked at.
type leftOut struct {
	videos, folders, hidden, special int
	unread                           []string // pictures in formats that are not read
	other                            []string // the endings of the names of all other files
	others                           int
}

// take says whether a file in a folder is looked at.
func (l *leftOut) take(path string, videos bool) bool {
	name := filepath.Base(path)
	if strings.HasPrefix(name, ".") {
		l.hidden++
		return false
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		l.folders++
		return false
	case err == nil && !info.Mode().IsRegular():
		l.special++
		return false
	}
	switch kind := kindOf(path); {
	case kind.Class == filekind.Film:
		if !videos {
			l.videos++
		}
		return videos
	case kind.Class == filekind.Unread && kind.Still:
		l.unread = append(l.unread, name+" is "+kind.Name)
		return false
	case kind.Class == filekind.Picture || filekind.NamedPicture(path):
		return true // what is wrong with it is told when its turn comes
	}
	l.others++
	if end := strings.ToLower(filepath.Ext(name)); end != "" && !slices.Contains(l.other, end) {
		l.other = append(l.other, end)
	}
	return false
}

// kindOf looks into a file. What cannot be opened is of no kind.
func kindOf(path string) filekind.Kind {
	f, err := inputfile.Open(path)
	if err != nil {
		return filekind.Kind{}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return filekind.Kind{}
	}
	return filekind.Of(f, info.Size(), path)
}

func (l *leftOut) any() bool {
	return l.videos+l.folders+l.hidden+l.special+len(l.unread)+l.others > 0
}

// maxNamed is how many names a sentence lists.
const maxNamed = 4

func (l *leftOut) words() string {
	var all []string
	say := func(n int, one, many, more string) {
		if n > 0 {
			all = append(all, counted(n, one, many)+more)
		}
	}
	say(l.videos, "video", "videos", " (--with-videos looks at those, too)")
	say(len(l.unread), "picture in a format that is not read",
		"pictures in formats that are not read", " ("+few(l.unread)+")")
	say(l.folders, "folder", "folders", "")
	say(l.hidden, "hidden file", "hidden files", "")
	say(l.special, "file that is no ordinary one", "files that are no ordinary ones", "")
	kinds := ""
	if len(l.other) > 0 {
		kinds = " (" + few(l.other) + ")"
	}
	say(l.others, "file that is no picture", "files that are no pictures", kinds)
	return strings.Join(all, ", ")
}

func few(names []string) string {
	if len(names) > maxNamed {
		return strings.Join(names[:maxNamed], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// plainFileError names the file once and says in plain words what is wrong with it.
func plainFileError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: permission denied", path)
	}
	if where, ok := errors.AsType[*fs.PathError](err); ok {
		err = where.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}
