package ffmpeg

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"handlens/media"
)

// A disk that is full is told of within a second of recording, by that error, and closing tells of
// it again.
func TestMuxerTellsOfAFullDisk(t *testing.T) {
	var pool media.Pool
	e, err := OpenEncoder(EncoderOptions{Width: 320, Height: 240, Only: "libopenh264"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	video := func(m *Muxer, i int) error {
		f := moving(t, &pool, 320, 240, i)
		defer f.Release()
		return e.Encode(f, time.Duration(i)*time.Second/30, func(c Encoded) error {
			return m.Video(c.Data, c.Key, c.At)
		})
	}
	packets := livePackets(t, media.H264, false)
	clean := func(m *Muxer, i int) error {
		p := packets[i%len(packets)]
		return m.Video(p.Data, p.Key, time.Duration(i)*time.Second/30)
	}
	for _, c := range []struct {
		name   string
		create func(path string) (*Muxer, error)
		write  func(m *Muxer, i int) error
	}{
		{"video.mp4", func(path string) (*Muxer, error) {
			return CreateMP4(path, MuxerOptions{Encoder: e})
		}, video},
		{"clean.mkv", func(path string) (*Muxer, error) {
			return CreateMatroska(path,
				MuxerOptions{Codec: media.H264, Width: 96, Height: 64, FirstKey: packets[0].Data})
		}, clean},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkFullDisk(t, c.name, c.create, c.write)
		})
	}
}

func checkFullDisk(t *testing.T, name string, create func(path string) (*Muxer, error),
	write func(m *Muxer, i int) error,
) {
	path := filepath.Join(t.TempDir(), name)
	m, err := create(path)
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	redirect(t, path, full)
	n := 0
	for err == nil && n < 900 {
		err = write(m, n)
		n++
	}
	if !errors.Is(err, syscall.ENOSPC) || n > 70 {
		t.Errorf("a full disk gives %v with picture %d", err, n)
	}
	if err := m.Audio(silence, time.Hour); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("writing on gives %v", err)
	}
	if err := m.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("closing gives %v", err)
	}
	if err := m.Close(); err != nil {
		t.Errorf("closing again gives %v", err)
	}
}

// redirect has everything that this process writes into the file of that name go elsewhere.
func redirect(t *testing.T, path string, to *os.File) {
	t.Helper()
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, fd := range fds {
		if name, err := os.Readlink("/proc/self/fd/" + fd.Name()); err != nil || name != path {
			continue
		}
		number, err := strconv.Atoi(fd.Name())
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Dup3(int(to.Fd()), number, 0); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n == 0 {
		t.Fatal("nothing writes the file")
	}
}

// smallDisk is set in the process in which no file can be larger than four kilobytes.
const smallDisk = "HANDLENS_TEST_SMALL_DISK"

// Finishing onto a full disk tells so, and leaves nothing but the recording in fragments.
func TestFinishTellsOfAFullDisk(t *testing.T) {
	if os.Getenv(smallDisk) != "" {
		finishOnASmallDisk(t)
		return
	}
	// The limit is for all files of a process, the log of go test among them.
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), smallDisk+"=yes")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}

func finishOnASmallDisk(t *testing.T) {
	dir := t.TempDir()
	from := filepath.Join(dir, "part.mp4")
	encodeVideo(t, from, 60, false)
	// A limit on the size of files stands for the end of the disk: it, too, fails a write in the
	// middle.
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = 4096
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	err := Finish(t.Context(), from, filepath.Join(dir, "video.mp4"), nil)
	if !errors.Is(err, syscall.EFBIG) {
		t.Errorf("finishing gives %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("%d files are there, want the part alone", len(files))
	}
}
