package detector

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"handlens/inference/layout"
)

// hardwareID describes what results of tuning are valid for: the processor, the number of its
// cores, and the graphics devices with their driver as far as the system tells. What it does not
// tell (the devices of Windows and macOS) does not invalidate results.
var hardwareID = sync.OnceValue(func() string {
	parts := []string{
		runtime.GOOS + "/" + runtime.GOARCH,
		fmt.Sprintf("%d × %s", runtime.NumCPU(), processor()),
	}
	cards, _ := filepath.Glob("/sys/class/drm/card*/device")
	var devices []string
	for _, dir := range cards {
		// card0-HDMI-A-1 is one of its sockets.
		if !strings.Contains(filepath.Base(filepath.Dir(dir)), "-") {
			devices = append(devices,
				firstLine(filepath.Join(dir, "vendor"))+":"+firstLine(filepath.Join(dir, "device")))
		}
	}
	slices.Sort(devices)
	parts = append(parts, devices...)
	if v := firstLine("/sys/module/nvidia/version"); v != "" {
		parts = append(parts, "NVIDIA "+v)
	}
	// These select another Vulkan driver.
	for _, name := range []string{"VK_DRIVER_FILES", "VK_ICD_FILENAMES"} {
		if v := os.Getenv(name); v != "" {
			parts = append(parts, name+"="+v)
		}
	}
	return strings.Join(parts, ", ")
})

// processor is the processor's name, where the system tells it in a file.
func processor() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return os.Getenv("PROCESSOR_IDENTIFIER") // Windows
	}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return layout.Printable(value, maxWord)
		}
	}
	return ""
}

func firstLine(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return layout.Printable(line, maxWord)
}
