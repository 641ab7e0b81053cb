package record

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"handlens/media"
)

// smallDisk mounts a disk in memory that is large enough for recordings to begin; shrink then
// leaves so many bytes free. A user who may not mount runs the test once more in a namespace of
// their own, where they may: then ok is false and nothing is left to be done. Where that is not
// allowed either, the tests without a disk of their own stand in: TestNoMoreRoomForTheFile,
// TestKeep, TestLinesOnAFullDisk.
func smallDisk(t *testing.T) (dir string, shrink func(left int64), ok bool) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("handlens-test", dir, "tmpfs", 0, "size=400m")
	if (errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES)) &&
		os.Getenv(namespaceVariable) == "" {
		againInNamespace(t)
		return "", nil, false
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil { // fails when a file is still open
			t.Errorf("taking the small disk away: %v", err)
		}
	})
	return dir, func(left int64) {
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			t.Fatal(err)
		}
		size := int64(st.Blocks-st.Bfree)*st.Bsize + left
		if err := syscall.Mount("handlens-test", dir, "tmpfs", syscall.MS_REMOUNT,
			fmt.Sprintf("size=%d", size)); err != nil {
			t.Fatal(err)
		}
	}, true
}

// namespaceVariable says that this is the test that runs once more.
const namespaceVariable = "HANDLENS_RECORD_NAMESPACE"

func againInNamespace(t *testing.T) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run", "^"+t.Name()+"$", "-test.count=1")
	cmd.Env = append(os.Environ(), namespaceVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Logf("no right to mount a small disk, nor to have a namespace of one's own (%v)", err)
		return
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("in a namespace of its own: %v\n%s", err, &out)
	}
}

func TestRecordingOnASmallDisk(t *testing.T) {
	dir, shrink, ok := smallDisk(t)
	if !ok {
		return
	}
	f := newMP4(t, MP4Options{Dir: dir, Name: "video"})
	at, full := fillDisk(t, f, shrink)
	if !errors.Is(full, ErrFull) || !strings.Contains(full.Error(), dir) ||
		strings.Contains(full.Error(), "\n") {
		t.Errorf("the sentence is %q", full)
	}
	if err := f.Add(Frame{Image: &media.Frame{}, At: at + time.Hour}); !errors.Is(err, ErrFull) {
		t.Errorf("after that: %v", err)
	}
	if err := f.Audio(opusPacket, at+time.Hour); !errors.Is(err, ErrFull) {
		t.Errorf("and sound: %v", err)
	}
	path, err := f.Close(t.Context(), nil)
	if err != nil || path != filepath.Join(dir, "video.mp4") {
		t.Fatalf("closing on a full disk gave %q, %v", path, err)
	}
	checkFiles(t, dir, "video.mp4")
	info := probe(t, path)
	if !info.Fragmented || at-info.Length > 2*time.Second {
		t.Errorf("of %v the recording has %+v", at, info)
	}
	checkChildPictures(t, path, info.Frames)
	if whole, err := trimFragments(path); err != nil || !whole || probe(t, path) != info {
		t.Errorf("there is something behind the last fragment: %v", err)
	}

	if _, err := CreateMP4(MP4Options{
		Dir: dir, Name: "more",
		Canvas: testCanvas,
	}); !errors.Is(err, ErrFull) || strings.Contains(err.Error(), "\n") {
		t.Errorf("beginning another recording: %v", err)
	}
	if _, err := CreateMKV(dir, "more", false); !errors.Is(err, ErrFull) {
		t.Errorf("beginning a stream: %v", err)
	}
	checkFiles(t, dir, "video.mp4")
}

// fillDisk records until the disk is full. It returns the time of the last frame and the error.
func fillDisk(t *testing.T, f *MP4Writer, shrink func(int64)) (at time.Duration, full error) {
	t.Helper()
	for i := 0; full == nil; i++ {
		p, err := childPicture(i)
		if err != nil {
			t.Fatal(err)
		}
		at = time.Duration(i) * time.Second / 25
		full = f.Add(Frame{Image: p, At: at, Draw: drawRed})
		p.Release()
		if i == 100 {
			shrink(200_000)
		}
		if i > 10_000 {
			t.Fatal("there is no end to the disk")
		}
	}
	return at, full
}

// With room for what is recorded but none for a copy, the recording ends as it is.
func TestRecordingWithoutRoomForItsCopy(t *testing.T) {
	dir, shrink, ok := smallDisk(t)
	if !ok {
		return
	}
	f := newMP4(t, MP4Options{Dir: dir, Name: "video"})
	for i := range 100 {
		p, err := childPicture(i)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Add(Frame{
			Image: p, At: time.Duration(i) * time.Second / 25,
			Draw: drawRed,
		}); err != nil {
			t.Fatal(err)
		}
		p.Release()
	}
	shrink(300_000)
	path := closeMP4(t, f)
	checkFiles(t, dir, "video.mp4")
	if info := probe(t, path); !info.Fragmented {
		t.Errorf("the recording is %+v", info)
	}
	checkChildPictures(t, path, 100)
}

func TestStreamAndLinesOnASmallDisk(t *testing.T) {
	dir, shrink, ok := smallDisk(t)
	if !ok {
		return
	}
	s, err := CreateMKV(dir, "video", false)
	if err != nil {
		t.Fatal(err)
	}
	l, err := CreateJSONL(dir, "video", "")
	if err != nil {
		t.Fatal(err)
	}
	packets := clip(t, media.VP8, "vp8.ivf")
	shrink(500_000)
	var full error
	pictures, lines := 0, 0
	for ; full == nil && pictures < 100_000; pictures++ {
		full = s.Video(packets[pictures%8], time.Duration(pictures)*40*time.Millisecond)
	}
	if !errors.Is(full, ErrFull) {
		t.Errorf("the stream: %v", full)
	}
	for full = nil; full == nil && lines < 100_000; lines++ {
		full = l.Write(testLine{N: lines, Text: strings.Repeat("x", 100)})
	}
	if !errors.Is(full, ErrFull) {
		t.Errorf("the lines: %v", full)
	}
	paths, err := s.Close()
	if !errors.Is(err, ErrFull) || len(paths) != 1 {
		t.Errorf("closing the stream gave %v, %v", paths, err)
	}
	if err := l.Close(); !errors.Is(err, ErrFull) {
		t.Errorf("closing the lines gave %v", err)
	}
	readLines(t, l.Path())
	if info := probe(t, paths[0]); info.Frames < pictures-100 || info.Frames == 0 {
		t.Errorf("of %d pictures the stream has %d", pictures, info.Frames)
	}
	if _, err := os.Stat(l.Path()); err != nil {
		t.Error(err)
	}
}
