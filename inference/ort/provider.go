package ort

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	engine "github.com/yalue/onnxruntime_go"
)

// provider is one of the engine's ways to run a model.
type provider struct {
	name, words string
	// systems are the values of GOOS that have it; none means all.
	systems []string
	// library is the stem of the file beside ONNX Runtime that contains it; "" for a provider that
	// is built in, or not.
	library string
	add     func(*engine.SessionOptions) error
}

// providers are in the order in which they are worth trying: those for a maker's own hardware
// first, the processor last.
var providers = []provider{
	{
		"tensorrt", "TensorRT",
		[]string{"linux", "windows"},
		"onnxruntime_providers_tensorrt",
		addTensorRT,
	},
	{"cuda", "CUDA", []string{"linux", "windows"}, "onnxruntime_providers_cuda", addCUDA},
	{"coreml", "Core ML", []string{"darwin"}, "", func(so *engine.SessionOptions) error {
		return so.AppendExecutionProviderCoreMLV2(map[string]string{"ModelFormat": "MLProgram"})
	}},
	{"directml", "DirectML", []string{"windows"}, "", addDirectML},
	{
		"openvino", "OpenVINO",
		[]string{"linux", "windows"},
		"onnxruntime_providers_openvino",
		func(so *engine.SessionOptions) error {
			return so.AppendExecutionProviderOpenVINO(map[string]string{"device_type": "AUTO"})
		},
	},
	{"webgpu", "WebGPU", nil, "", func(so *engine.SessionOptions) error {
		return so.AppendExecutionProvider("WebGPU", nil)
	}},
	{"cpu", "CPU", nil, "", func(*engine.SessionOptions) error { return nil }},
}

func addCUDA(so *engine.SessionOptions) error {
	o, err := engine.NewCUDAProviderOptions()
	if err != nil {
		return err
	}
	defer o.Destroy()
	return so.AppendExecutionProviderCUDA(o)
}

// addTensorRT leaves to CUDA what TensorRT cannot do.
func addTensorRT(so *engine.SessionOptions) error {
	o, err := engine.NewTensorRTProviderOptions()
	if err != nil {
		return err
	}
	defer o.Destroy()
	if err := so.AppendExecutionProviderTensorRT(o); err != nil {
		return err
	}
	return addCUDA(so)
}

// addDirectML takes the first adapter. DirectML works with neither memory patterns nor parallel
// execution.
func addDirectML(so *engine.SessionOptions) error {
	if err := so.SetMemPattern(false); err != nil {
		return err
	}
	return so.AppendExecutionProviderDirectML(0)
}

// allProviders are the plugins, which somebody has put there, and then those built in.
func allProviders() []provider { return append(pluginProviders(), providers...) }

// ProviderNames returns what [Options].Provider takes, best first, the processor last.
func ProviderNames() []string {
	var all []string
	for _, p := range allProviders() {
		all = append(all, p.name)
	}
	return all
}

// ProviderWords returns a provider's name as people write it, for example "WebGPU".
func ProviderWords(name string) string {
	if p, err := find(name); err == nil {
		return p.words
	}
	return name
}

// find takes a provider's name in any case; "" and "auto" are the processor here, since the choice
// is made above this package.
func find(name string) (provider, error) {
	name = strings.ToLower(name)
	if name == "" || name == "auto" {
		name = "cpu"
	}
	providers := allProviders()
	i := slices.IndexFunc(providers, func(p provider) bool { return p.name == name })
	if i < 0 {
		return provider{},
			fmt.Errorf("%w: %q is none of auto, %s", ErrProvider, name,
				strings.Join(ProviderNames(), ", "))
	}
	return providers[i], nil
}

// Offered tells, without starting any driver, whether it makes sense to try a provider on this
// computer; nil if it does. The error is a sentence and matches [ErrProvider].
func Offered(name string) error {
	if err := Load(); err != nil {
		return err
	}
	p, err := find(name)
	if err != nil {
		return err
	}
	return p.offered()
}

func (p provider) offered() error {
	if len(p.systems) > 0 && !slices.Contains(p.systems, runtime.GOOS) {
		return p.missing("it exists on %s only", strings.Join(p.systems, " and "))
	}
	if p.library != "" {
		file := providerLibrary(p.library)
		if dir := filepath.Dir(library.path); !isFile(filepath.Join(dir, file)) {
			return p.missing("%s does not lie beside this ONNX Runtime (%s, in %s)", file,
				engine.GetVersion(), dir)
		}
	}
	if p.name == "webgpu" && !haveVulkan() {
		return p.missing("it needs Vulkan, and libvulkan.so.1 is not on this computer")
	}
	return nil
}

// providerLibrary is the file's name on this system.
func providerLibrary(stem string) string {
	if runtime.GOOS == "windows" {
		return stem + ".dll"
	}
	return "lib" + stem + ".so"
}

func (p provider) missing(format string, args ...any) error {
	return fmt.Errorf("%w: %s: %s", ErrProvider, p.words, fmt.Sprintf(format, args...))
}

// Probe tells whether a provider is available on this computer; nil if it is. It asks the engine
// and so perhaps a driver, which may take seconds. The error is a sentence and matches
// [ErrProvider].
func Probe(name string) error {
	if err := Offered(name); err != nil {
		return err
	}
	p, _ := find(name)
	so, err := engine.NewSessionOptions()
	if err != nil {
		return p.missing("%s", shortCause("", err.Error()))
	}
	defer so.Destroy()
	return p.append(so)
}

// append adds the provider to the options of a session.
func (p provider) append(so *engine.SessionOptions) error {
	if err := p.offered(); err != nil {
		return err
	}
	add := func() error { return p.add(so) }
	var err error
	if p.name == "webgpu" {
		err = quietly(add)
	} else {
		err = add()
	}
	if err == nil {
		return nil
	}
	text := err.Error()
	switch {
	case containsAny(text, "not supported in this build", "does not support",
		"Specified provider is not supported"):
		return p.missing("this ONNX Runtime (%s, %s) was built without it", engine.GetVersion(),
			library.path)
	case strings.Contains(text, "Failed to load shared library"):
		return p.missing("its library lies there, but what that needs in turn does not load (the " +
			"maker's driver and toolkit)")
	// dml_provider_factory is where DirectML asks Direct3D 12 for a device
	case containsAny(text, "adapter", "dml_provider_factory"):
		return p.missing("there is no graphics adapter here that it can use")
	}
	return p.missing("%s", shortCause("", text))
}

func containsAny(text string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(part string) bool {
		return strings.Contains(text, part)
	})
}
