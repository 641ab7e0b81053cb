package command

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"handlens/app/cli"
	"handlens/inference/ort"
)

// providersRun runs the command on a data folder and returns its status and all that it says.
func providersRun(t *testing.T, data string, args ...string) (status int, said string) {
	t.Helper()
	t.Cleanup(func() { ort.UsePlugins("") })
	var out bytes.Buffer
	status = providersCommand.Run(t.Context(), append(args, "--data-dir", data), &out, &out)
	return status, out.String()
}

// wheel writes a wheel with these files.
func wheel(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plugin.whl")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// emptyPlugin compiles a plugin that loads and offers nothing.
func emptyPlugin(t *testing.T) []byte {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("how a library is compiled is known for Linux only")
	}
	dir := t.TempDir()
	source, library := filepath.Join(dir, "p.c"), filepath.Join(dir, "p.so")
	const text = `#include <stddef.h>
void *CreateEpFactories(const char *name, const void *base, const void *log, void **factories,
	size_t most, size_t *n) { *n = 0; return NULL; }
void *ReleaseEpFactory(void *factory) { return NULL; }
`
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command("cc", "-shared", "-fPIC", "-o", library,
		source).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	data, err := os.ReadFile(library)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestProvidersAreAddedAndRemoved(t *testing.T) {
	data := t.TempDir()
	file := wheel(t, map[string][]byte{
		"maker/__init__.py": nil,
		"maker/libonnxruntime_providers_test_maker_plugin.so": emptyPlugin(t),
		"maker/libneeded.so.1":                                []byte("what it needs"),
		"maker-1.0.dist-info/RECORD":                          nil,
	})
	status, said := providersRun(t, data, "add", file)
	if status != cli.Done || !strings.Contains(said, "test-maker-plugin is added, but of no use "+
		"here") {
		t.Fatalf("add: %d, %s", status, said)
	}
	folder := filepath.Join(data, "providers", "test-maker-plugin")
	if b, err := os.ReadFile(filepath.Join(folder, "libneeded.so.1")); err != nil ||
		string(b) != "what it needs" {
		t.Errorf("what lies beside it: %q, %v", b, err)
	}
	if status, said = providersRun(t, data, "add", file); status != cli.Failed ||
		!strings.Contains(said, "there is a test-maker-plugin already") {
		t.Errorf("add again: %d, %s", status, said)
	}
	if status, said = providersRun(t, data); status != cli.Done ||
		!strings.Contains(said, "test-maker-plugin  no") || !strings.Contains(said, "hardware") {
		t.Errorf("list: %d, %s", status, said)
	}
	if status, said = providersRun(t, data, "remove", "test-maker-plugin"); status != cli.Done {
		t.Errorf("remove: %d, %s", status, said)
	}
	if left, err := os.ReadDir(filepath.Dir(folder)); err != nil || len(left) != 0 {
		t.Errorf("what is left: %v, %v", left, err)
	}
}

func TestProvidersThatAreRefused(t *testing.T) {
	data := t.TempDir()
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	const library = "maker/libonnxruntime_providers_bad.so"
	for want, args := range map[string][]string{
		"it is no wheel of PyPI":        {"add", text},
		"no such file":                  {"add", filepath.Join(t.TempDir(), "none")},
		"it has no provider's library":  {"add", wheel(t, map[string][]byte{"a/b.so": nil})},
		"has no provider's library":     {"add", t.TempDir()},
		"it is no provider for ONNX":    {"add", wheel(t, map[string][]byte{library: []byte("x")})},
		"no plugin is called \"../..\"": {"remove", "../.."},
		"did you mean remove":           {"remov", "x"},
		"add takes one file or folder":  {"add"},
		"list takes nothing":            {"list", "x"},
	} {
		status, said := providersRun(t, data, args...)
		if status == cli.Done || !strings.Contains(said, want) || strings.Count(said, "\n") > 1 {
			t.Errorf("%v: %d, %s", args, status, said)
		}
	}
	if left, err := os.ReadDir(filepath.Join(data, "providers")); err != nil || len(left) != 0 {
		t.Errorf("what is left: %v, %v", left, err)
	}
}
