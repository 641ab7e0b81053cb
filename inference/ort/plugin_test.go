package ort

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	engine "github.com/yalue/onnxruntime_go"

	"handlens/inference/testmodel"
)

// pluginFolder has a plugin whose library is that text, and counts for the test.
func pluginFolder(t *testing.T, file, text string) (library string) {
	t.Helper()
	folder := t.TempDir()
	library = filepath.Join(folder, "pretend-plugin", file+libraryEnding())
	if err := os.Mkdir(filepath.Dir(library), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(library, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	UsePlugins(folder)
	t.Cleanup(func() { UsePlugins("") })
	return library
}

func TestPluginsAreProviders(t *testing.T) {
	before := ProviderNames()
	library := pluginFolder(t, "libonnxruntime_providers_pretend_plugin", "no library")
	if got := ProviderNames(); !slices.Equal(got, append([]string{"pretend-plugin"}, before...)) {
		t.Fatalf("the providers are %v", got)
	}
	if name, found, err := PluginIn(filepath.Dir(library)); name != "pretend-plugin" ||
		found != library || err != nil {
		t.Errorf("it is found as %q, %q, %v", name, found, err)
	}
	if err := Offered("pretend-plugin"); err != nil {
		t.Error("a plugin is not worth a try:", err)
	}
	err := Probe("pretend-plugin")
	if !errors.Is(err, ErrProvider) ||
		!strings.Contains(err.Error(), "pretend plugin: it is no provider for ONNX Runtime") {
		t.Errorf("what is no library gives %v", err)
	}
	UsePlugins("")
	if got := ProviderNames(); !slices.Equal(got, before) {
		t.Errorf("without the folder the providers are %v", got)
	}
}

func TestFoldersWithoutAPlugin(t *testing.T) {
	library := pluginFolder(t, "libonnxruntime_providers_shared", "")
	if _, _, err := PluginIn(filepath.Dir(library)); err == nil || len(Plugins()) != 0 {
		t.Errorf("the error is %v, the plugins are %v", err, Plugins())
	}
	// A folder that is not called as its plugin is counts for nothing, such as one in the making.
	pluginFolder(t, "libonnxruntime_providers_other", "")
	if got := Plugins(); len(got) != 0 {
		t.Errorf("the plugins are %v", got)
	}
}

// TestPluginRunsAModel runs a model on the devices of a plugin, for which the engine's own device
// stands in: no plugin that has one for every computer is at hand.
func TestPluginRunsAModel(t *testing.T) {
	if err := Load(); err != nil {
		t.Fatal(err)
	}
	pluginFolder(t, "libonnxruntime_providers_pretend", "")
	devices, err := engine.GetEpDevices()
	if err != nil || len(devices) == 0 {
		t.Fatal(devices, err)
	}
	registered.mu.Lock()
	registered.devices = map[string][]engine.EpDevice{"pretend-plugin": devices[:1]}
	registered.mu.Unlock()
	t.Cleanup(func() { registered.devices = nil })
	data, err := testmodel.Build("yolov8", 64)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenBytes("patches.onnx", data, Options{Provider: "pretend-plugin"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Allocate([]int64{1, 3, 64, 64}); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil || s.Provider() != "pretend plugin" {
		t.Errorf("on %s it gives %v", s.Provider(), err)
	}
}

func TestReasonsWithoutAPath(t *testing.T) {
	if got := shortCause("", "it has no adapter"); got != "it has no adapter" {
		t.Errorf("it is %q", got)
	}
}
