package ui

// #cgo LDFLAGS: -framework CoreFoundation -lobjc
// void handlens_watch_opened(void);
import "C"

import "context"

// opened has the files that the system has handed over. What starts the program with a file does so
// before anybody listens, so that they wait here.
var opened = make(chan string, 8)

// The class that is told of them is there before main begins, and asked once the toolkit starts.
func init() { C.handlens_watch_opened() }

//export handlensOpened
func handlensOpened(path *C.char) {
	select {
	case opened <- C.GoString(path):
	default: // more files at once than anybody wants to be asked about
	}
}

// OnOpenFile calls do with each file that the system hands to this program until ctx is done: macOS
// names them in no argument, it tells the program that runs. do must not wait.
func OnOpenFile(ctx context.Context, do func(path string)) {
	go func() {
		for {
			select {
			case path := <-opened:
				do(path)
			case <-ctx.Done():
				return
			}
		}
	}()
}
