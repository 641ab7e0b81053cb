// Package ort runs ONNX models. It is the only package that knows ONNX Runtime: everything that
// goes in or out is a plain Go slice.
//
// # Who owns what
//
// The shared library is found and initialised once per process, by the first [Open] or [Load], and
// stays. A [Session] owns the engine's session, its input and output tensors and their memory;
// [Session.Close] frees all of it. The engine keeps the addresses of the tensors' Go memory between
// runs, so that memory is pinned from [Session.Allocate] to Close, and the slices handed out must
// not be used after that.
//
// # Which goroutine
//
// A Session is for one goroutine at a time; the caller serialises. Different Sessions are
// independent of each other.
package ort
