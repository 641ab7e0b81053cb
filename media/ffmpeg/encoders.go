package ffmpeg

import (
	"fmt"
	"runtime"
	"sync"
)

// encoderKind is one of FFmpeg's encoders and how we use it.
type encoderKind struct {
	name, words string
	hardware    bool
	// inBand says that it gives the parameters with its pictures only.
	inBand  bool
	threads int
	options map[string]string
}

// encoderKinds are in the order in which they are tried.
var encoderKinds = []encoderKind{
	{
		name: "h264_nvenc", words: "NVENC", hardware: true,
		options: map[string]string{"preset": "p4", "rc": "vbr", "forced-idr": "1", "delay": "0"},
	},
	{
		name: "h264_videotoolbox", words: "VideoToolbox", hardware: true,
		options: map[string]string{"realtime": "0", "allow_sw": "0"},
	},
	{name: "h264_v4l2m2m", words: "V4L2", hardware: true, inBand: true},
	{
		name: "libopenh264", words: "OpenH264", threads: threadsFor(runtime.NumCPU()),
		options: map[string]string{
			"allow_skip_frames": "0", "rc_mode": "bitrate", "profile": "high", "loopfilter": "1",
		},
	},
	{name: "mpeg4", words: "MPEG-4 Part 2", threads: threadsFor(runtime.NumCPU())},
}

// EncoderVerdict says whether an encoder works on this machine.
type EncoderVerdict struct {
	// Name is FFmpeg's, Words what people call it.
	Name, Words string
	Hardware    bool
	Works       bool
	// Why is a few words on what is wrong; "" when it works.
	Why string
}

// verdicts remembers what was proved, by encoder and size, for the life of the process.
var verdicts struct {
	sync.Mutex
	known map[string]func() EncoderVerdict
}

// Encoders tries all encoders on small pictures, best first, and says of each whether it works.
func Encoders() []EncoderVerdict {
	var all []EncoderVerdict
	for _, k := range encoderKinds {
		all = append(all,
			proved(k,
				EncoderOptions{
					Width: 640, Height: 360, FPS: 30,
					Bitrate: bitrateFor(640, 360, 30),
				}))
	}
	return all
}

// proved says whether that kind works for pictures of that size; who asks first has the work.
func proved(k encoderKind, o EncoderOptions) EncoderVerdict {
	id := fmt.Sprint(k.name, " ", o.Width, "×", o.Height)
	verdicts.Lock()
	verdict := verdicts.known[id]
	if verdict == nil {
		verdict = sync.OnceValue(func() EncoderVerdict {
			v := EncoderVerdict{Name: k.name, Words: k.words, Hardware: k.hardware, Works: true}
			if err := proveInTime(k, o); err != nil {
				v.Works, v.Why = false, err.Error()
			}
			return v
		})
		if verdicts.known == nil {
			verdicts.known = make(map[string]func() EncoderVerdict)
		}
		verdicts.known[id] = verdict
	}
	verdicts.Unlock()
	return verdict()
}
