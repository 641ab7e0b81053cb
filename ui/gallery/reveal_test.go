//go:build !darwin && !windows

package gallery

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// fakeBus is as much of a session bus as a file manager's answer takes.
type fakeBus struct {
	knows bool // there is a file manager

	mu    sync.Mutex
	asked []any // of the file manager
}

// startBus makes a fake bus the session's until the test ends.
func startBus(t *testing.T, knows bool) *fakeBus {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	b := &fakeBus{knows: knows}
	var serving sync.WaitGroup
	serving.Go(func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		if authenticate(in, conn) == nil {
			b.serve(in, conn)
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return b
}

// authenticate lets anybody in, by the D-Bus specification's SASL profile.
func authenticate(in *bufio.Reader, out io.Writer) error {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		line = strings.TrimPrefix(strings.TrimSpace(line), "\x00")
		answer := "ERROR"
		switch {
		case line == "BEGIN":
			return nil
		case strings.HasPrefix(line, "AUTH EXTERNAL"):
			answer = "OK 0123456789abcdef0123456789abcdef"
		case strings.HasPrefix(line, "AUTH"):
			answer = "REJECTED EXTERNAL"
		}
		if _, err := io.WriteString(out, answer+"\r\n"); err != nil {
			return err
		}
	}
}

// serve answers all messages until the connection ends.
func (b *fakeBus) serve(in io.Reader, out io.Writer) {
	for {
		m, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		b.answer(m)
		if err := m.EncodeTo(out, binary.LittleEndian); err != nil {
			return
		}
	}
}

// answer turns a question into its answer, since only what was read has a serial number.
func (b *fakeBus) answer(m *dbus.Message) {
	member, _ := m.Headers[dbus.FieldMember].Value().(string)
	args := m.Body
	m.Type, m.Flags, m.Body = dbus.TypeMethodReply, 0, nil
	m.Headers = map[dbus.HeaderField]dbus.Variant{
		dbus.FieldReplySerial: dbus.MakeVariant(m.Serial()),
	}
	switch member {
	case "Hello":
		m.Body = []any{":1.7"}
		m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(""))
	case "ShowItems":
		b.mu.Lock()
		b.asked = args
		b.mu.Unlock()
		if !b.knows {
			m.Type = dbus.TypeError
			m.Headers[dbus.FieldErrorName] = dbus.MakeVariant(
				"org.freedesktop.DBus.Error.ServiceUnknown")
		}
	}
}

func TestRevealAsksTheFileManager(t *testing.T) {
	bus := startBus(t, true)
	if err := Reveal(t.Context(), "/home/ada/a recording.mp4"); err != nil {
		t.Fatal(err)
	}
	bus.mu.Lock()
	defer bus.mu.Unlock()
	body := bus.asked
	if len(body) != 2 {
		t.Fatalf("asked %v", body)
	}
	if files, ok := body[0].([]string); !ok || len(files) != 1 ||
		files[0] != "file:///home/ada/a%20recording.mp4" {
		t.Errorf("asked to show %v", body[0])
	}
}

func TestRevealWithoutAFileManager(t *testing.T) {
	startBus(t, false)
	if err := Reveal(t.Context(), "/home/ada/x"); err == nil {
		t.Error("nobody shows it, and nothing is said")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if err := Reveal(t.Context(), "/home/ada/x"); err == nil {
		t.Error("there is no bus, and nothing is said")
	}
}
