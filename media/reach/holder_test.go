package reach

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestPortHolder finds this process by a port that it has, by TCP and by UDP.
func TestPortHolder(t *testing.T) {
	if runtime.GOOS != "linux" && runtime.GOOS != "darwin" {
		t.Skip("the system is not asked here")
	}
	tcp, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	port := tcp.Addr().(*net.TCPAddr).Port
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	want := Holder{Name: filepath.Base(exe), PID: os.Getpid()}
	if got, ok := PortHolder(t.Context(), port); !ok || got != want {
		t.Errorf("%+v, %v; want %+v", got, ok, want)
	}
	tcp.Close()
	if got, ok := PortHolder(t.Context(), port); ok {
		t.Errorf("of a free port it says %+v", got)
	}
	if runtime.GOOS == "linux" {
		udp, err := net.ListenPacket("udp", ":0")
		if err != nil {
			t.Fatal(err)
		}
		defer udp.Close()
		port := udp.LocalAddr().(*net.UDPAddr).Port
		if got, ok := PortHolder(t.Context(), port); !ok || got != want {
			t.Errorf("by UDP: %+v, %v; want %+v", got, ok, want)
		}
	}
}

func TestLSOF(t *testing.T) {
	got, ok := parseLSOF("p4711\nchandlens\nf7\n")
	if !ok || got != (Holder{Name: "handlens", PID: 4711}) {
		t.Errorf("%+v, %v", got, ok)
	}
	if got, ok := parseLSOF(""); ok {
		t.Errorf("of nothing: %+v", got)
	}
}
