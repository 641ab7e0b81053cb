package ort

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	engine "github.com/yalue/onnxruntime_go"
)

// A plugin is a provider in a library of its own, made for any release of ONNX Runtime whose
// interface it knows. It lies in the plugins' folder, in a folder of its own with what it needs,
// and is called as its library is: libonnxruntime_providers_openvino_plugin.so is
// "openvino-plugin". It is loaded when it is first tried, since it may crash.

// plugins are the providers in the folder.
var plugins struct {
	mu     sync.Mutex
	folder string
}

// pluginLibrary matches the library of a plugin, without a version after its name.
var pluginLibrary = regexp.MustCompile(
	`^(?:lib)?onnxruntime_providers_([A-Za-z0-9_]{1,40})\.(?:so|dylib|dll)$`)

// UsePlugins names the folder with the plugins.
func UsePlugins(folder string) {
	plugins.mu.Lock()
	defer plugins.mu.Unlock()
	plugins.folder = folder
}

// PluginIn finds the library of a plugin in a folder, and says what that is called.
func PluginIn(folder string) (name, library string, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return "", "", err
	}
	var all []string
	for _, f := range files {
		base := f.Name()
		if m := pluginLibrary.FindStringSubmatch(base); m != nil && m[1] != "shared" &&
			filepath.Ext(base) == libraryEnding() {
			all, name = append(all, base), strings.TrimSuffix(m[1], "_plugin")
		}
	}
	if len(all) != 1 {
		return "", "",
			fmt.Errorf("%s has no provider's library (onnxruntime_providers_NAME%s) for "+
				"this system, or several", folder, libraryEnding())
	}
	name = strings.ReplaceAll(strings.ToLower(name), "_", "-") + "-plugin"
	return name, filepath.Join(folder, all[0]), nil
}

func libraryEnding() string {
	switch runtime.GOOS {
	case "windows":
		return ".dll"
	case "darwin":
		return ".dylib"
	}
	return ".so"
}

// pluginProviders are those in the folder, by name.
func pluginProviders() (all []provider) {
	plugins.mu.Lock()
	folder := plugins.folder
	plugins.mu.Unlock()
	if folder == "" {
		return nil
	}
	folders, err := os.ReadDir(folder)
	if err != nil {
		return nil // there are none
	}
	for _, f := range folders {
		name, library, err := PluginIn(filepath.Join(folder, f.Name()))
		if err == nil && f.Name() == name {
			all = append(all, pluginProvider(name, library))
		}
	}
	return all
}

// Plugins are the names of those in the folder.
func Plugins() (names []string) {
	for _, p := range pluginProviders() {
		names = append(names, p.name)
	}
	return names
}

func pluginProvider(name, library string) provider {
	return provider{
		name: name, words: strings.TrimSuffix(name, "-plugin") + " plugin",
		add: func(so *engine.SessionOptions) error {
			devices, err := pluginDevices(name, library)
			if err != nil {
				return err
			}
			return so.AppendExecutionProviderV2(devices, nil)
		},
	}
}

// ProbePlugin loads the plugin in a folder, wherever that is, and says what of this computer it can
// use. A plugin that loads and can use nothing gives an error that matches [ErrNoDevice].
func ProbePlugin(name, library string) error {
	if err := Load(); err != nil {
		return err
	}
	_, err := pluginDevices(name, library)
	return err
}

// ErrNoDevice says that a plugin has nothing for this computer.
var ErrNoDevice = errors.New("it loads, and offers nothing for this computer's hardware")

// registered are the devices of the plugins that were loaded, by name.
var registered struct {
	mu      sync.Mutex
	devices map[string][]engine.EpDevice
}

// pluginDevices loads a plugin, once, and returns what it offers: those devices that were not there
// before, of its first provider.
func pluginDevices(name, library string) ([]engine.EpDevice, error) {
	registered.mu.Lock()
	defer registered.mu.Unlock()
	devices, known := registered.devices[name]
	if !known {
		before, err := engine.GetEpDevices()
		if err != nil {
			return nil, err
		}
		if err := engine.RegisterExecutionProviderLibrary(name, library); err != nil {
			return nil, fmt.Errorf("it is no provider for ONNX Runtime %s: %s", engine.GetVersion(),
				shortCause("", err.Error()))
		}
		all, err := engine.GetEpDevices()
		if err != nil {
			return nil, err
		}
		devices = slices.DeleteFunc(all, func(d engine.EpDevice) bool {
			return slices.Contains(before, d)
		})
		if len(devices) > 0 {
			first := devices[0].EpName()
			devices = slices.DeleteFunc(devices, func(d engine.EpDevice) bool {
				return d.EpName() != first
			})
		}
		if registered.devices == nil {
			registered.devices = make(map[string][]engine.EpDevice)
		}
		registered.devices[name] = devices
	}
	if len(devices) == 0 {
		return nil, ErrNoDevice
	}
	return devices, nil
}
