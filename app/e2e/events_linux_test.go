package e2e

import (
	"fmt"
	"syscall"
	"testing"
)

// countDetections makes the page count the messages that tell it of detections.
const countDetections = `(() => {
	window.messages = 0;
	const real = RTCPeerConnection.prototype.createDataChannel;
	RTCPeerConnection.prototype.createDataChannel = function (label, options) {
		const channel = real.call(this, label, options);
		if (label === 'detections') {
			channel.addEventListener('message', () => { window.messages++; });
		}
		return channel;
	};
})()`

// shrink makes the pipe of the events as small as the system can: one page.
func (a *app) shrink(t *testing.T) {
	t.Helper()
	conn, err := a.stdout.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed syscall.Errno
	err = conn.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETPIPE_SZ, 4096)
	})
	if err != nil || failed != 0 {
		t.Fatal(err, failed)
	}
}

// TestStalledEvents stops reading the events: the phone goes on to hear what is found, far more
// than the pipe holds. When the reader goes on it is told how many events it missed, and hears new
// ones.
func TestStalledEvents(t *testing.T) {
	a := startApp(t, 0, nil, "--no-window")
	a.shrink(t)
	p := startBrowser(t, landscape, allowed).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, countDetections)
	p.start()
	p.state("live")
	joined := a.wait(t, "phone-joined", nil)
	a.found(t, 0, joined.Session, landscape)

	a.stall.Lock()
	// As many wait for the reader; a few more are in the pipe.
	const waiting = 256
	n := evaluate[int](p, `messages`)
	p.until("detections while nobody reads the events", fmt.Sprintf("messages > %d", n+waiting+50))
	mark := a.mark()
	a.stall.Unlock()
	dropped := a.waitSince(t, mark, "dropped", nil)
	if dropped.Count < 1 {
		t.Errorf("the event tells %+v", dropped)
	}
	a.found(t, mark, joined.Session, landscape)
}
