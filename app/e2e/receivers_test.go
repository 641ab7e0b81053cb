package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"testing"

	"github.com/pion/webrtc/v4"
)

// receiversVariable has the program of the tests be no test, but what receives what Handlens sends:
// a process of its own, of the lowest priority.
const receiversVariable = "HANDLENS_TEST_RECEIVERS"

// lowest is the priority of what receives all that is sent. Elsewhere it would not run on this
// computer at all.
const lowest = 19

// receivers are the addresses of what takes all and keeps nothing.
type receivers struct {
	Webhook string // HTTP
	Forward string // WHIP
}

// startReceivers starts them for one test.
func startReceivers(t *testing.T) (to receivers) {
	t.Helper()
	cmd := exec.Command("nice", "-n", fmt.Sprint(lowest), os.Args[0])
	cmd.Env = append(os.Environ(), receiversVariable+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // its end is that of this process
		t.Fatal(err)
	}
	runBeside(t, cmd)
	if err := json.NewDecoder(out).Decode(&to); err != nil {
		t.Fatalf("the receivers do not start: %v", err)
	}
	return to
}

// receive writes the addresses to standard output and takes what comes, until standard input ends.
func receive() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	http.HandleFunc("/webhook", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // nothing is kept
	})
	http.HandleFunc("POST /whip/", func(w http.ResponseWriter, r *http.Request) {
		if _, err := answerOffer(w, r, drain); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	})
	http.HandleFunc("DELETE /whip/", func(http.ResponseWriter, *http.Request) {})
	at := "http://" + l.Addr().String()
	err = json.NewEncoder(os.Stdout).Encode(receivers{at + "/webhook", at + "/whip"})
	if err != nil {
		return err
	}
	go http.Serve(l, nil)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// drain takes a track and closes its connection at its end.
func drain(pc *webrtc.PeerConnection, track *webrtc.TrackRemote) {
	defer pc.Close()
	for buf := make([]byte, 1500); ; {
		if _, _, err := track.Read(buf); err != nil {
			return
		}
	}
}
