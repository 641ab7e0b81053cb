package command

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/app/instance"
)

// written writes files below a folder and returns their paths.
func written(t *testing.T, dir string, names ...string) (paths []string) {
	t.Helper()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// there is how many of these files there are.
func there(paths []string) (n int) {
	for _, path := range paths {
		if _, err := os.Stat(path); err == nil {
			n++
		}
	}
	return n
}

// TestUninstall removes what the program keeps, on a clear word only and not under a running
// window, and nothing of what the user has taken.
func TestUninstall(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the folders of this test are those of Linux")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"} {
		t.Setenv(name, "")
	}
	ours := written(t, home, ".local/share/handlens/settings.json",
		".local/share/handlens/certificates/authority.pem",
		".config/fyne/app.handlens.desktop/preferences.json",
		".cache/fyne/app.handlens.desktop/a")
	theirs := written(t, home, "Pictures/Handlens/a.png", "Videos/Handlens/a.mp4",
		".local/share/other/b", ".config/fyne/another/preferences.json")
	run := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := uninstallCommand.Run(t.Context(), args, &out, &errs); got != want {
			t.Fatalf("%q ended with %d: %s", args, got, errs.String())
		}
		return out.String() + errs.String()
	}
	if said := run(cli.Done); there(ours) != len(ours) ||
		!strings.Contains(said, "would go "+filepath.Join(home, ".local/share/handlens")) ||
		!strings.Contains(said, "stays    "+filepath.Join(home, "Pictures/Handlens")) ||
		!strings.Contains(said, "--yes") {
		t.Errorf("without a word %d of %d are left, and it said %s", there(ours), len(ours), said)
	}
	claim, err := instance.Take(filepath.Join(home, ".local/share/handlens"))
	if err != nil {
		t.Fatal(err)
	}
	if said := run(cli.Failed, "--yes"); there(ours) != len(ours) ||
		!strings.Contains(said, "is running") {
		t.Errorf("under a window %d of %d are left, and it said %s", there(ours), len(ours), said)
	}
	claim.Close()
	run(cli.Done, "--yes")
	if there(ours) != 0 || there(theirs) != len(theirs) {
		t.Errorf("%d of ours are left, and %d of %d of the user's", there(ours), there(theirs),
			len(theirs))
	}
	if _, err := os.Stat(filepath.Join(home, ".cache/fyne")); err == nil {
		t.Error("an empty folder is left in the cache")
	}
	if said := run(cli.Done, "--yes"); !strings.Contains(said, "nothing to remove") {
		t.Errorf("the second time it said %s", said)
	}
}
