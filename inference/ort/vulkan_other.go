//go:build !linux

package ort

// haveVulkan is true where WebGPU is built on Metal or Direct3D 12.
func haveVulkan() bool { return true }
