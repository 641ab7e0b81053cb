package cli

import (
	"fmt"
	"io"
	"runtime"

	"handlens/inference/ort"
	"handlens/media/ffmpeg"
)

// Version is set by the build.
var Version = "development"

// PrintVersion writes the versions of the program and of what it is made of on one line.
func PrintVersion(w io.Writer) {
	fmt.Fprintf(w, "handlens %s (%s, FFmpeg %s, ONNX Runtime %s, %s/%s)\n",
		Version, runtime.Version(), ffmpeg.Version(), ort.Version, runtime.GOOS, runtime.GOARCH)
}
