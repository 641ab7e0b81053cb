package main

import (
	"fmt"
	"io"
	"runtime"

	"handlens/inference/ort"
	"handlens/media/ffmpeg"
)

func printVersion(w io.Writer) {
	fmt.Fprintf(w, "handlens %s (%s, FFmpeg %s, ONNX Runtime %s, %s/%s)\n",
		version, runtime.Version(), ffmpeg.Version(), ort.Version, runtime.GOOS, runtime.GOARCH)
}
