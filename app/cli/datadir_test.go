package cli

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestDataDir(t *testing.T) {
	if dir, err := DataDir("named"); dir != "named" || err != nil {
		t.Errorf("a named folder is %q, %v", dir, err)
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Setenv("HOME", "/home/anna")
		t.Setenv("AppData", "/home/anna")
		if dir, err := DataDir(""); filepath.Base(dir) != "Handlens" || err != nil {
			t.Errorf("it is %q, %v", dir, err)
		}
		return
	}
	for _, c := range []struct{ xdg, home, want string }{
		{"/data", "/home/anna", "/data/handlens"},
		{"relative", "/home/anna", "/home/anna/.local/share/handlens"},
		{"", "/home/anna", "/home/anna/.local/share/handlens"},
	} {
		t.Setenv("XDG_DATA_HOME", c.xdg)
		t.Setenv("HOME", c.home)
		if dir, err := DataDir(""); dir != c.want || err != nil {
			t.Errorf("%+v: it is %q, %v", c, dir, err)
		}
	}
	t.Setenv("HOME", "")
	if dir, err := DataDir(""); err == nil || !strings.Contains(err.Error(), "--data-dir") {
		t.Errorf("without a home it is %q, %v", dir, err)
	}
	if file := TuneCacheFile(""); file != "" {
		t.Errorf("without a home the verdicts are in %q", file)
	}
}
