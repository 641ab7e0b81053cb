package record

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestPicturesDir(t *testing.T) {
	home := t.TempDir()
	config := filepath.Join(home, "config")
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", config)
	for _, c := range []struct{ name, file, want string }{
		{"no file", "", home + "/Pictures/Handlens"},
		{
			"in the home folder",
			"# a comment\nXDG_DESKTOP_DIR=\"$HOME/Desktop\"\nXDG_PICTURES_DIR=\"$HOME/Bilder\"\n",
			home + "/Bilder/Handlens",
		},
		{"absolute", "XDG_PICTURES_DIR=\"/mnt/photos\"\n", "/mnt/photos/Handlens"},
		{
			"with a quoted quote", "XDG_PICTURES_DIR=\"$HOME/my \\\"best\\\"\"\n",
			home + "/my \"best\"/Handlens",
		},
		{"switched off", "XDG_PICTURES_DIR=\"$HOME/\"\n", home + "/Pictures/Handlens"},
		{"relative", "XDG_PICTURES_DIR=\"Bilder\"\n", home + "/Pictures/Handlens"},
		{"not quoted", "XDG_PICTURES_DIR=$HOME/Bilder\n", home + "/Pictures/Handlens"},
		{"another variable", "XDG_PICTURES_DIR=\"$HOMER/Bilder\"\n", home + "/Pictures/Handlens"},
	} {
		if err := os.WriteFile(filepath.Join(config, "user-dirs.dirs"), []byte(c.file),
			0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := PicturesDir(); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestVideosDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	if err := os.MkdirAll(filepath.Join(home, ".config"), 0o700); err != nil {
		t.Fatal(err)
	}
	usual := "Videos"
	if runtime.GOOS == "darwin" {
		usual = "Movies"
	}
	if got, err := VideosDir(); err != nil || got != filepath.Join(home, usual, "Handlens") {
		t.Errorf("recordings go to %q, %v", got, err)
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return
	}
	file := "XDG_PICTURES_DIR=\"$HOME/Bilder\"\nXDG_VIDEOS_DIR=\"$HOME/Filme\"\n"
	if err := os.WriteFile(filepath.Join(home, ".config", "user-dirs.dirs"), []byte(file),
		0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := VideosDir(); err != nil || got != home+"/Filme/Handlens" {
		t.Errorf("recordings go to %q, %v", got, err)
	}
}

func TestPicturesDirWithoutHome(t *testing.T) {
	t.Setenv("HOME", "")
	if dir, err := PicturesDir(); err == nil {
		t.Errorf("without a home folder pictures go to %q", dir)
	}
	if dir, err := VideosDir(); err == nil {
		t.Errorf("without a home folder recordings go to %q", dir)
	}
}
