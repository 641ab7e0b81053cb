package detector

import "handlens/inference/ort"

// engine is a model that is loaded, with its tensors: an [ort.Session], or one on a server.
type engine interface {
	Inputs() []ort.Info
	Outputs() []ort.Info
	Metadata() map[string]string
	Provider() string
	Threads() int
	Allocate(shapes ...[]int64) error
	Allocated() bool
	Input(i int) *ort.Tensor
	Output(i int) *ort.Tensor
	Fill(i int, values ...float32) error
	Run() error
	Close()
}

var (
	_ engine = (*ort.Session)(nil)
	_ engine = (*remoteSession)(nil)
)

// fork returns another session on the same model, with tensors of its own.
func fork(e engine) engine {
	if s, ok := e.(*ort.Session); ok {
		return s.Fork()
	}
	return e.(*remoteSession).fork()
}
