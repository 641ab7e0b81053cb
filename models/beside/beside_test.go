package beside

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{nil, ""},
		{map[string]string{"other.txt": "a", "readme.md": "b"}, ""},
		{map[string]string{"Labels.TXT": "a"}, "Labels.TXT"},
		{map[string]string{"labels.txt": "a", "Best.names": "b", "classes.txt": "c"}, "Best.names"},
		{map[string]string{"labels.txt": " \n", "classes.txt": "c"}, "classes.txt"},
		{map[string]string{"data.yaml": "train: x\nnc: 2\n"}, ""},
		{map[string]string{"data.yaml": "nc: 2\nnames: ['a', 'b']\n"}, "data.yaml"},
		{map[string]string{"best.yml": "names:\n  0: a\n"}, "best.yml"},
		{map[string]string{"config.json": `{"hidden": 3}`}, ""},
		{map[string]string{"config.json": `{"id2label": {"0": "a"}}`}, "config.json"},
		{map[string]string{"helmets.names": "a"}, "helmets.names"},
		{map[string]string{"helmets.names": "a", "dogs.names": "b"}, ""},
		{map[string]string{"labels.txt": string(make([]byte, maxNames+1))}, ""},
	} {
		dir := t.TempDir()
		for name, text := range c.files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		file, text := Names(filepath.Join(dir, "Best.onnx"))
		if file != c.want || text != c.files[file] {
			t.Errorf("of %q it takes %q", c.files, file)
		}
	}
	if file, _ := Names(filepath.Join(t.TempDir(), "none", "x.onnx")); file != "" {
		t.Errorf("in no folder there is %q", file)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "labels.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	if file, _ := Names(filepath.Join(dir, "x.onnx")); file != "" {
		t.Errorf("a folder has the names: %q", file)
	}
}
