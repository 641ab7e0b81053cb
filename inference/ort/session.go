package ort

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path/filepath"
	"runtime"

	engine "github.com/yalue/onnxruntime_go"

	"handlens/media/inputfile"
	"handlens/models/sniff"
)

// Options says how a model is run. The zero value is the default.
type Options struct {
	// Provider is one of [ProviderNames]; "" and "auto" are the processor.
	Provider string
	// Threads bounds the engine's threads, the caller's own included; 0 means [DefaultThreads].
	Threads int
}

// Info describes one input or output of a model.
type Info struct {
	Name string
	Type Type
	// Shape has one entry for each axis; -1 stands for a dynamic one.
	Shape []int64
}

// Session is one loaded model with its tensors.
type Session struct {
	path     string
	threads  int
	provider provider
	inputs   []Info
	outputs  []Info
	metadata map[string]string

	session *engine.DynamicAdvancedSession
	binding *engine.IoBinding
	pinner  runtime.Pinner
	in, out []*Tensor
	// dynamic is set when the outputs' sizes depend on the frame: the engine then allocates them in
	// each run.
	dynamic bool
	// lent is set when the engine's session belongs to another Session.
	lent bool
}

// DefaultThreads is the number of threads before anything was measured: half of the logical
// processors, which on most computers is the number of physical cores, at least 1 and at most 8, so
// that decoding and painting have room. Package detector measures what suits a model.
func DefaultThreads() int { return min(max(runtime.NumCPU()/2, 1), 8) }

// maxThreads bounds [Options].Threads.
const maxThreads = 256

// Open loads the model in a file. A damaged or unsupported one gives a [ModelError], a provider
// that is not available an error that matches [ErrProvider].
func Open(path string, o Options) (*Session, error) {
	if err := Load(); err != nil {
		return nil, err
	}
	if err := checkFile(path); err != nil {
		return nil, err
	}
	return open(path, o, source{
		info: func(so *engine.SessionOptions) ([]engine.InputOutputInfo, []engine.InputOutputInfo,
			error,
		) {
			return engine.GetInputOutputInfoWithOptions(path, so)
		},
		session: func(in, out []string, so *engine.SessionOptions) (*engine.DynamicAdvancedSession,
			error,
		) {
			return engine.NewDynamicAdvancedSession(path, in, out, so)
		},
	})
}

// OpenBytes loads a model from memory; the name stands for a file name in errors. The data is not
// needed after the call.
func OpenBytes(name string, data []byte, o Options) (*Session, error) {
	if err := Load(); err != nil {
		return nil, err
	}
	if err := checkData(name, data); err != nil {
		return nil, err
	}
	return open(name, o, source{
		info: func(*engine.SessionOptions) ([]engine.InputOutputInfo, []engine.InputOutputInfo,
			error,
		) {
			return engine.GetInputOutputInfoWithONNXData(data)
		},
		session: func(in, out []string, so *engine.SessionOptions) (*engine.DynamicAdvancedSession,
			error,
		) {
			return engine.NewDynamicAdvancedSessionWithONNXData(data, in, out, so)
		},
	})
}

// source is where a model's bytes come from: the binding has one pair of functions for files and
// one for memory.
type source struct {
	info    func(*engine.SessionOptions) (inputs, outputs []engine.InputOutputInfo, err error)
	session func(inputs, outputs []string,
		so *engine.SessionOptions) (*engine.DynamicAdvancedSession, error)
}

func open(path string, o Options, src source) (*Session, error) {
	p, err := find(o.Provider)
	if err != nil {
		return nil, err
	}
	if o.Threads < 0 || o.Threads > maxThreads {
		return nil, fmt.Errorf("%d threads are outside 0..%d", o.Threads, maxThreads)
	}
	s := &Session{path: path, threads: o.Threads, provider: p}
	if s.threads == 0 {
		s.threads = DefaultThreads()
	}
	if err := s.load(src); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Session) load(src source) error {
	// The binding tells names and shapes only through a session that it makes for that purpose;
	// without optimisation that one costs little.
	plain, err := sessionOptions(1, engine.GraphOptimizationLevelDisableAll)
	if err != nil {
		return newModelError(s.path, "load", err)
	}
	defer plain.Destroy()
	in, out, err := src.info(plain)
	if err != nil {
		return newModelError(s.path, "load", err)
	}
	if s.inputs, err = describe(in); err == nil {
		s.outputs, err = describe(out)
	}
	if err != nil {
		return newModelError(s.path, "load", err)
	}
	so, err := sessionOptions(s.threads, engine.GraphOptimizationLevelEnableAll)
	if err != nil {
		return newModelError(s.path, "load", err)
	}
	defer so.Destroy()
	if err := s.provider.append(so); err != nil {
		return err
	}
	if s.session, err = src.session(names(s.inputs), names(s.outputs), so); err != nil {
		return newModelError(s.path, "load", err)
	}
	if s.metadata, err = readMetadata(s.session); err != nil {
		return newModelError(s.path, "load", err)
	}
	return nil
}

// sessionOptions are for one frame at a time on a computer that has other work.
func sessionOptions(threads int, level engine.GraphOptimizationLevel) (*engine.SessionOptions,
	error,
) {
	so, err := engine.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	steps := []func() error{
		func() error { return so.SetIntraOpNumThreads(threads) },
		func() error { return so.SetInterOpNumThreads(1) },
		func() error { return so.SetExecutionMode(engine.ExecutionModeSequential) },
		func() error { return so.SetGraphOptimizationLevel(level) },
		func() error { return so.SetLogSeverityLevel(engine.LoggingLevelFatal) },
		// Shapes are fixed after Allocate, so the arena reaches its size in the first run.
		func() error { return so.SetCpuMemArena(true) },
		func() error { return so.SetMemPattern(true) },
		// Threads that spin between runs take the processor from the decoder.
		func() error { return so.AddSessionConfigEntry("session.force_spinning_stop", "1") },
		// Denormal numbers make some graphs ten times slower on dark frames.
		func() error { return so.AddSessionConfigEntry("session.set_denormal_as_zero", "1") },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			so.Destroy()
			return nil, err
		}
	}
	return so, nil
}

// maxAxes bounds a tensor's rank; detectors have at most 5.
const maxAxes = 8

func describe(list []engine.InputOutputInfo) ([]Info, error) {
	out := make([]Info, 0, len(list))
	for _, e := range list {
		if e.OrtValueType != engine.ONNXTypeTensor {
			return nil, fmt.Errorf("%q is not a tensor", e.Name)
		}
		if len(e.Dimensions) > maxAxes {
			return nil, fmt.Errorf("%q has %d axes", e.Name, len(e.Dimensions))
		}
		info := Info{
			Name: e.Name, Type: typeOf(e.DataType),
			Shape: make([]int64, len(e.Dimensions)),
		}
		for i, n := range e.Dimensions {
			info.Shape[i] = max(n, -1)
		}
		out = append(out, info)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("it has no inputs or no outputs")
	}
	return out, nil
}

func names(list []Info) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.Name
	}
	return out
}

func readMetadata(s *engine.DynamicAdvancedSession) (map[string]string, error) {
	m, err := s.GetModelMetadata()
	if err != nil {
		return nil, err
	}
	defer m.Destroy()
	keys, err := m.GetCustomMetadataMapKeys()
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(keys))
	for _, k := range keys {
		v, ok, err := m.LookupCustomMetadataMap(k)
		if err != nil {
			return nil, err
		}
		if ok {
			out[k] = v
		}
	}
	return out, nil
}

// Inputs describes the model's inputs. The slice belongs to the Session.
func (s *Session) Inputs() []Info { return s.inputs }

// Outputs describes the outputs as the model declares them; the real ones are in [Session.Output].
// The slice belongs to the Session.
func (s *Session) Outputs() []Info { return s.outputs }

// Metadata returns a copy of the model's own key and value pairs.
func (s *Session) Metadata() map[string]string { return maps.Clone(s.metadata) }

// Threads returns how many threads the engine uses.
func (s *Session) Threads() int { return s.threads }

// Provider names what runs the model, for example "CPU". What a provider cannot do, the engine
// leaves to the processor.
func (s *Session) Provider() string { return s.provider.words }

// Close frees everything. The tensors must not be used after it. It may be called more than once.
func (s *Session) Close() {
	s.free()
	if s.session != nil && !s.lent {
		s.session.Destroy()
	}
	s.session = nil
}

// maxElements bounds one tensor: 64 Mi elements are a frame of 4096 × 4096 pixels with room to
// spare.
const maxElements = 64 << 20

// elements returns the number of elements of a shape, and refuses dynamic, negative and absurd
// ones.
func elements(shape []int64) (int, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 || d > math.MaxInt32 {
			return 0, fmt.Errorf("the shape %v is not a size", shape)
		}
		if n *= d; n > maxElements {
			return 0, fmt.Errorf("the shape %v is larger than %d elements", shape, maxElements)
		}
	}
	return int(n), nil
}

// checkFile refuses a file that is no ONNX model or lacks its weights, before the engine sees it.
func checkFile(path string) error {
	_, err := sniff.File(path)
	if where, ok := errors.AsType[*fs.PathError](err); ok {
		if errors.Is(err, inputfile.ErrNotFile) {
			return &ModelError{
				File: filepath.Base(path), Doing: "load",
				Cause: "it " + where.Err.Error(), Err: err,
			}
		}
		return fmt.Errorf("open the model: %w", err)
	}
	return refused(path, err)
}

// checkData is checkFile for a model in memory, which has no folder for more files.
func checkData(name string, data []byte) error {
	external, err := sniff.Check(bytes.NewReader(data), int64(len(data)), name)
	if err == nil && len(external) > 0 {
		err = &sniff.Refusal{Code: sniff.DataMissing, File: external[0].Location}
	}
	return refused(name, err)
}

// refused makes a [ModelError] of what keeps a file from being loaded; nil of nil.
func refused(path string, err error) error {
	if err == nil {
		return nil
	}
	return &ModelError{File: filepath.Base(path), Doing: "load", Cause: err.Error(), Err: err}
}
