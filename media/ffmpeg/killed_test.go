package ffmpeg

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media"
)

// recordUntilKilled is what TestKilled runs in another process: it records into the file, tells how
// far it is, and does not end by itself.
func recordUntilKilled(path string) error {
	if strings.HasSuffix(path, ".mp4") {
		return recordMP4(path)
	}
	return recordMatroska(path)
}

// timeOf is the time of a frame, at 30 a second.
func timeOf(i int) time.Duration { return time.Duration(i) * time.Second / 30 }

func recordMP4(path string) error {
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: "libopenh264"})
	if err != nil {
		return err
	}
	m, err := CreateMP4(path, MuxerOptions{Encoder: e, Audio: true})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		f, err := pool.Get(320, 240, media.I420)
		if err != nil {
			return err
		}
		for y := range f.Plane[0] {
			f.Plane[0][y] = byte(i + y/320)
		}
		if err := e.Encode(f, timeOf(i), func(c Encoded) error {
			return m.Video(c.Data, c.Key, c.At)
		}); err != nil {
			return err
		}
		f.Release()
		if err := m.Audio(silence, timeOf(i)); err != nil {
			return err
		}
		fmt.Println(timeOf(i))
	}
}

func recordMatroska(path string) error {
	clip, err := os.ReadFile("testdata/h264.h264")
	if err != nil {
		return err
	}
	pictures := splitAnnexB(clip)
	m, err := CreateMatroska(path,
		MuxerOptions{Codec: media.H264, Width: 96, Height: 64, FirstKey: pictures[0], Audio: true})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		n := i % len(pictures)
		if err := m.Video(pictures[n], n%clipKeys == 0, timeOf(i)); err != nil {
			return err
		}
		if err := m.Audio(silence, timeOf(i)); err != nil {
			return err
		}
		fmt.Println(timeOf(i))
	}
}

// killedVariable names the file for the process that is to be killed.
const killedVariable = "HANDLENS_TEST_RECORD_UNTIL_KILLED"

// What was recorded can be read up to the last two seconds when the process is killed without a
// word.
func TestKilled(t *testing.T) {
	if path := os.Getenv(killedVariable); path != "" {
		t.Fatal(recordUntilKilled(path))
	}
	for _, name := range []string{"video.mp4", "clean.mkv"} {
		t.Run(name, func(t *testing.T) {
			checkKilled(t, filepath.Join(t.TempDir(), name))
		})
	}
}

// checkKilled has another process record into the file, kills it, and reads what is there.
func checkKilled(t *testing.T, path string) {
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), killedVariable+"="+path)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var reached time.Duration
	killed := false
	// also what it still said before it died
	for lines := bufio.NewScanner(out); lines.Scan(); {
		at, err := time.ParseDuration(lines.Text())
		if err != nil && !killed {
			t.Fatalf("the other process says %q", lines.Text())
		}
		reached = max(reached, at)
		if reached > 7500*time.Millisecond && !killed {
			killed = true
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed
	if !killed {
		t.Fatalf("the other process ended by itself at %v", reached)
	}
	checkReadable(t, path, reached)
}

// checkReadable checks a file that was recorded up to that time.
func checkReadable(t *testing.T, path string, reached time.Duration) {
	info, err := Probe(path)
	if err != nil || info.Length < reached-2*time.Second ||
		info.AudioLength < reached-2*time.Second {
		t.Fatalf("of %v there is %+v, %v", reached, info, err)
	}
	var pool media.Pool
	r, err := OpenFile(path, &pool)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for ; ; n++ {
		f, err := r.Next()
		if err != nil {
			break
		}
		f.Release()
	}
	if n < info.Frames-1 || r.Damaged() > 1 {
		t.Errorf("%d of %d pictures can be decoded, %d are damaged", n, info.Frames,
			r.Damaged())
	}
}
