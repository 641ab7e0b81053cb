package ffmpeg

// #include <libavutil/avutil.h>
import "C"

import "github.com/asticode/go-astiav"

// FFmpeg writes its complaints to standard error by itself, where one line is promised for one
// failure. All of them come back as errors anyway, so only what is about to end the program is left
// to it. (The binding's log callback is no way out: it leaks in v0.43.)
func init() { astiav.SetLogLevel(astiav.LogLevelPanic) }

// Version returns the release of the FFmpeg linked into the program, for example "9.0.2".
func Version() string { return C.GoString(C.av_version_info()) }
