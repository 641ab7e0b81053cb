package ffmpeg

import (
	"fmt"
	"runtime"
	"sync"
)

// encoderKind is one of FFmpeg's encoders and how we use it.
type encoderKind struct {
	name, label string
	hardware    bool
	// inBand says that it gives the parameters with its frames only.
	inBand bool
	// live is what it calls the baseline profile; "" for one that makes no streams for browsers.
	live    string
	threads int
	options map[string]string
}

// encoderKinds are in the order in which they are tried.
var encoderKinds = []encoderKind{
	{
		name: "h264_nvenc", label: "NVENC", hardware: true, live: "baseline",
		options: map[string]string{"preset": "p4", "rc": "vbr", "forced-idr": "1", "delay": "0"},
	},
	{
		name: "h264_videotoolbox", label: "VideoToolbox", hardware: true,
		live:    "constrained_baseline",
		options: map[string]string{"realtime": "0", "allow_sw": "0"},
	},
	{name: "h264_v4l2m2m", label: "V4L2", hardware: true, inBand: true},
	{
		name: "libopenh264", label: "OpenH264", threads: threadsFor(runtime.NumCPU()),
		live: "constrained_baseline",
		options: map[string]string{
			"allow_skip_frames": "0", "rc_mode": "bitrate", "profile": "high", "loopfilter": "1",
		},
	},
	{name: "mpeg4", label: "MPEG-4 Part 2", threads: threadsFor(runtime.NumCPU())},
}

// fits says whether that kind is one of those that are asked for.
func (k encoderKind) fits(o EncoderOptions) bool {
	return (o.Only == "" || o.Only == k.name) && (!o.Live || k.live != "")
}

// EncoderStatus says whether an encoder works on this machine.
type EncoderStatus struct {
	// Name is FFmpeg's, Words what people call it.
	Name, Label string
	Hardware    bool
	Works       bool
	// Why is a few words on what is wrong; "" when it works.
	Why string
}

// encoderStatuses remembers what was proved, by encoder and size, for the life of the process.
var encoderStatuses struct {
	sync.Mutex
	known map[string]func() EncoderStatus
}

// Encoders tries all encoders on small frames, best first, and says of each whether it works.
func Encoders() []EncoderStatus {
	var all []EncoderStatus
	for _, k := range encoderKinds {
		all = append(all,
			encoderStatus(k,
				EncoderOptions{
					Width: 640, Height: 360, FPS: 30,
					Bitrate: Bitrate(640, 360, 30),
				}))
	}
	return all
}

// encoderStatus says whether that kind works for frames of that size; who asks first has the work.
func encoderStatus(k encoderKind, o EncoderOptions) EncoderStatus {
	id := fmt.Sprint(k.name, " ", o.Width, "×", o.Height)
	encoderStatuses.Lock()
	verdict := encoderStatuses.known[id]
	if verdict == nil {
		verdict = sync.OnceValue(func() EncoderStatus {
			v := EncoderStatus{Name: k.name, Label: k.label, Hardware: k.hardware, Works: true}
			if err := selfTestInTime(k, o); err != nil {
				v.Works, v.Why = false, err.Error()
			}
			return v
		})
		if encoderStatuses.known == nil {
			encoderStatuses.known = make(map[string]func() EncoderStatus)
		}
		encoderStatuses.known[id] = verdict
	}
	encoderStatuses.Unlock()
	return verdict()
}
