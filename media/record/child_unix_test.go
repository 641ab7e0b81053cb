//go:build linux || darwin

package record

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"os/signal"
	"syscall"
	"time"

	"handlens/media"
)

// childSize is the size of the frames that a child records.
const childWidth, childHeight = 240, 320

var sizeOfChild = image.Pt(childWidth, childHeight)

// childLimit is how large a file may become in the "limited" child.
const childLimit = 200_000

func init() { child = record }

// record records without end, or until it is told that there is no room, and returns the
// exit status. It prints the time of each frame once it has been added.
func record(work, dir string) int {
	if work == "limited" {
		// Otherwise the system ends the program where it should say that the file is too large.
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE,
			&syscall.Rlimit{Cur: childLimit, Max: childLimit}); err != nil {
			return complain(err)
		}
	}
	video, err := CreateMP4(MP4Options{Dir: dir, Name: "video", Canvas: testCanvas})
	if err != nil {
		return complain(err)
	}
	for at := time.Duration(0); at < time.Hour; at += time.Second / 25 {
		frame, err := childPicture(int(at / (time.Second / 25)))
		if err != nil {
			return complain(err)
		}
		err = video.Add(Frame{Image: frame, At: at, Draw: drawRed})
		frame.Release()
		if err != nil {
			if work == "limited" && errors.Is(err, ErrFull) {
				return childClose(video, err)
			}
			return complain(err)
		}
		fmt.Println(at.Microseconds())
	}
	return complain(errors.New("an hour has passed"))
}

var childPool media.Pool

// childPicture has the marker, and noise that no encoder can make small.
func childPicture(n int) (*media.Frame, error) {
	f, err := childPool.Get(childWidth, childHeight, media.I420)
	if err != nil {
		return nil, err
	}
	m := markerIn(f.Bounds())
	seed := uint32(n)*2654435761 + 1
	for y := range f.Height {
		row := f.Plane[0][y*f.Stride[0]:][:f.Width]
		for x := range row {
			seed ^= seed << 13
			seed ^= seed >> 17
			seed ^= seed << 5
			row[x] = 80
			if y > 3*f.Height/4 {
				row[x] = uint8(16 + seed%200)
			}
		}
		if y >= m.Min.Y && y < m.Max.Y {
			for x := m.Min.X; x < m.Max.X; x++ {
				row[x] = 235
			}
		}
	}
	for i := range f.Plane[1] {
		f.Plane[1][i], f.Plane[2][i] = 128, 128
	}
	return f, nil
}

// childClose prints what the error was, how many frames there were, and where the recording is.
func childClose(video *MP4Writer, full error) int {
	pictures := video.Frames()
	path, err := video.Close(context.Background(), nil)
	if err != nil {
		return complain(err)
	}
	fmt.Printf("full\t%s\t%d\t%s\n", full, pictures, path)
	return 0
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}
