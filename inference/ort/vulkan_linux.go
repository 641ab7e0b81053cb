package ort

// #cgo LDFLAGS: -ldl
// #include <dlfcn.h>
// #include <stdlib.h>
import "C"

import (
	"sync"
	"unsafe"
)

// haveVulkan tells whether the system has Vulkan's loader. WebGPU loads it by name and complains on
// standard error when it is missing, so WebGPU is not tried then.
var haveVulkan = sync.OnceValue(func() bool {
	name := C.CString("libvulkan.so.1")
	defer C.free(unsafe.Pointer(name))
	h := C.dlopen(name, C.RTLD_LAZY)
	if h == nil {
		return false
	}
	C.dlclose(h)
	return true
})
