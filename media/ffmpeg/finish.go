package ffmpeg

// #include "shim.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/asticode/go-astiav"

	"handlens/media/atomicfile"
)

// Finish copies a recording in fragments, whole or cut off anywhere, into an ordinary MP4 with its
// index at the start, packet by packet: nothing is encoded again. The file from is left alone; to
// must not be there yet and appears whole or not at all. Progress, which may be nil, goes from 0 to
// 1.
func Finish(ctx context.Context, from, to string, progress func(float64)) error {
	temp, err := atomicfile.Temp(filepath.Dir(to), 0o644)
	if err != nil {
		return fmt.Errorf("finishing %s: %w", from, err)
	}
	temp.Close()
	defer os.Remove(temp.Name()) // after success there is nothing
	err = remux(ctx, from, temp.Name(), progress)
	if err == nil {
		err = atomicfile.Rename(temp.Name(), to)
	}
	if err != nil {
		return fmt.Errorf("finishing %s: %w", from, err)
	}
	atomicfile.SyncDir(filepath.Dir(to))
	return nil
}

// copying is a file that is read and one that is written.
type copying struct {
	in, out *C.AVFormatContext
	packet  *C.AVPacket
	// set when the writing, most of which FFmpeg does within one call at the end, is to be given up
	stop  *C.int
	begun bool
}

func (c *copying) free() {
	C.av_packet_free(&c.packet)
	defer C.av_free(unsafe.Pointer(c.stop)) // after the file that looks at it
	C.hl_close_head(&c.in)
	if c.out != nil {
		C.avio_closep(&c.out.pb)
		C.avformat_free_context(c.out)
	}
}

func remux(ctx context.Context, from, to string, progress func(float64)) error {
	st, err := os.Stat(from)
	if err != nil {
		return err
	}
	c := &copying{packet: C.av_packet_alloc(), stop: (*C.int)(C.av_mallocz(C.sizeof_int))}
	defer c.free()
	if c.packet == nil || c.stop == nil {
		return errors.New("out of memory")
	}
	defer c.stopWith(ctx)()
	err = c.copy(ctx, from, to, st.Size(), progress)
	if ctx.Err() != nil && err != nil {
		return context.Cause(ctx)
	}
	return err
}

// stopWith has the writing stop when ctx ends. The function that it returns is to be called before
// free.
func (c *copying) stopWith(ctx context.Context) func() {
	stopped := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		C.hl_stop(c.stop)
		close(stopped)
	})
	return func() {
		if !cancel() {
			<-stopped
		}
	}
}

func (c *copying) copy(ctx context.Context, from, to string, size int64,
	progress func(float64),
) error {
	if err := c.open(from, to); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n%64 == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if progress != nil && size > 0 {
				progress(min(copyShare,
					copyShare*float64(C.avio_seek(c.in.pb, 0, C.SEEK_CUR))/float64(size)))
			}
		}
		if C.av_read_frame(c.in, c.packet) < 0 {
			// A disk that cannot be read is an error. What is cut off in the middle ends like a
			// whole one: with what there is.
			if n := c.in.pb.error; n < 0 && n != C.int(astiav.ErrEof) {
				return systemError(n)
			}
			break
		}
		if c.packet.flags&C.AV_PKT_FLAG_CORRUPT != 0 {
			C.av_packet_unref(c.packet)
			continue
		}
		if err := c.write(); err != nil {
			return err
		}
	}
	if err := c.end(to); err != nil {
		return err
	}
	if progress != nil {
		progress(1)
	}
	return nil
}

// copyShare is the first pass's share of the work; in the second one everything is moved behind the
// index.
const copyShare = 0.6

// open opens both files and gives the second the tracks of the first.
func (c *copying) open(from, to string) error {
	in, out, mp4 := C.CString(from), C.CString("file:"+to), C.CString("mp4")
	defer C.free(unsafe.Pointer(in))
	defer C.free(unsafe.Pointer(out))
	defer C.free(unsafe.Pointer(mp4))
	size, err := completeBoxes(from)
	if err != nil {
		return err
	}
	if n := C.hl_open_head(&c.in, in, C.int64_t(size)); n < 0 {
		return fmt.Errorf("%w: in no known format, or cut off before its first frame (%w)",
			ErrNotVideo, systemError(n))
	}
	if n := C.avformat_find_stream_info(c.in, nil); n < 0 {
		return fmt.Errorf("%w: its streams make no sense (%w)", ErrNotVideo, systemError(n))
	}
	// To move the index to the start FFmpeg opens the file by its name once more.
	if n := C.avformat_alloc_output_context2(&c.out, nil, mp4, out); n < 0 {
		return avError(n)
	}
	for _, s := range unsafe.Slice(c.in.streams, int(c.in.nb_streams)) {
		t := C.avformat_new_stream(c.out, nil)
		if t == nil {
			return errors.New("out of memory")
		}
		if n := C.avcodec_parameters_copy(t.codecpar, s.codecpar); n < 0 {
			return avError(n)
		}
		t.codecpar.codec_tag = 0
		t.time_base, t.avg_frame_rate = s.time_base, s.avg_frame_rate
	}
	if n := C.hl_open_out(c.out, out, c.stop); n < 0 {
		return systemError(n)
	}
	return nil
}

func (c *copying) write() error {
	if !c.begun {
		if err := c.begin(); err != nil {
			return err
		}
	}
	i := c.packet.stream_index
	from, to := unsafe.Slice(c.in.streams, int(c.in.nb_streams))[i],
		unsafe.Slice(c.out.streams, int(c.out.nb_streams))[i]
	C.av_packet_rescale_ts(c.packet, from.time_base, to.time_base)
	c.packet.pos = -1
	if n := C.av_interleaved_write_frame(c.out, c.packet); n < 0 {
		return c.fault(n)
	}
	return c.check()
}

func (c *copying) begin() error {
	var d *C.AVDictionary
	defer C.av_dict_free(&d)
	if err := setOption(&d, "movflags", "faststart"); err != nil {
		return err
	}
	if n := C.avformat_write_header(c.out, &d); n < 0 {
		return c.fault(n)
	}
	c.begun = true
	return nil
}

// end writes the index and has everything reach the disk.
func (c *copying) end(to string) error {
	if !c.begun {
		return fmt.Errorf("%w: there is no complete frame in it", ErrNotVideo)
	}
	if n := C.av_write_trailer(c.out); n < 0 {
		return c.fault(n)
	}
	C.avio_flush(c.out.pb)
	if err := c.check(); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func (c *copying) check() error {
	if n := c.out.pb.error; n < 0 {
		return systemError(n)
	}
	return nil
}

func (c *copying) fault(n C.int) error {
	if err := c.check(); err != nil {
		return err
	}
	return systemError(n)
}
