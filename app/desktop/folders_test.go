package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"handlens/app/recording"
	"handlens/media/record"
)

func TestFolders(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	dir := t.TempDir()
	t.Chdir(dir)
	o, err := parseOptions([]string{"--videos", "v/w", "--pictures=p", "--data-dir", "d"})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.folders.check(); err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]func() (string, error){
		"v/w": o.folders.videos, "p": o.folders.pictures,
	} {
		got, err := of()
		if st, e := os.Stat(got); err != nil || got != filepath.Join(dir, name) || e != nil ||
			!st.IsDir() {
			t.Errorf("%s is %q, %v, %v", name, got, err, e)
		}
	}
	usual, err := record.VideosDir()
	if got, e := new(folders).videos(); err != nil || e != nil || got != usual {
		t.Errorf("without an option it is %q, %v, want %q, %v", got, e, usual, err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	bad := folders{forPictures: file}
	if err := bad.check(); err == nil || !strings.HasPrefix(err.Error(), "--pictures: ") {
		t.Errorf("a file as a folder: %v", err)
	}
}

// What is told of a finished recording is what its file says.
func TestMeasured(t *testing.T) {
	video := filepath.Join("..", "command", "testdata", "patch.mp4")
	st := measured(recording.State{Dropped: 3, Length: 1}, video)
	if st.Dropped != 3 || st.Length < 100_000_000 || st.Bytes == 0 {
		t.Errorf("it is %+v", st)
	}
	for _, none := range []string{"", "missing.mp4"} {
		if got := measured(recording.State{Length: 1}, none); got.Length != 1 || got.Bytes != 0 {
			t.Errorf("of %q it is %+v", none, got)
		}
	}
}
