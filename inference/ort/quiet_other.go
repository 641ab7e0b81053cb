//go:build !linux && !windows

package ort

// quietly calls f: WebGPU says nothing elsewhere.
func quietly(f func() error) error { return f() }
