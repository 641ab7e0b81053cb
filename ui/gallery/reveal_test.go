//go:build !darwin && !windows

package gallery

import (
	"bufio"
	"encoding/binary"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
)

// fakeBus is as much of a session bus as a file manager's answer takes. It returns what was asked
// of the file manager.
func fakeBus(t *testing.T, knows bool) (asked func() []any) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	var mu sync.Mutex
	var body []any
	var serving sync.WaitGroup
	serving.Go(func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimPrefix(strings.TrimSpace(line), "\x00")
			answer := "ERROR"
			switch {
			case line == "BEGIN":
				answer = ""
			case strings.HasPrefix(line, "AUTH EXTERNAL"):
				answer = "OK 0123456789abcdef0123456789abcdef"
			case strings.HasPrefix(line, "AUTH"):
				answer = "REJECTED EXTERNAL"
			}
			if answer == "" {
				break
			}
			if _, err := conn.Write([]byte(answer + "\r\n")); err != nil {
				return
			}
		}
		for {
			m, err := dbus.DecodeMessage(in)
			if err != nil {
				return
			}
			member, _ := m.Headers[dbus.FieldMember].Value().(string)
			args := m.Body
			// The answer takes the question's place, since only what was read has a serial number.
			m.Type, m.Flags, m.Body = dbus.TypeMethodReply, 0, nil
			m.Headers = map[dbus.HeaderField]dbus.Variant{dbus.FieldReplySerial: dbus.MakeVariant(
				m.Serial())}
			switch member {
			case "Hello":
				m.Body = []any{":1.7"}
				m.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(""))
			case "ShowItems":
				mu.Lock()
				body = args
				mu.Unlock()
				if !knows {
					m.Type = dbus.TypeError
					m.Headers[dbus.FieldErrorName] = dbus.MakeVariant(
						"org.freedesktop.DBus.Error.ServiceUnknown")
				}
			}
			if err := m.EncodeTo(conn, binary.LittleEndian); err != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		l.Close()
		serving.Wait()
	})
	return func() []any {
		mu.Lock()
		defer mu.Unlock()
		return body
	}
}

func TestRevealAsksTheFileManager(t *testing.T) {
	asked := fakeBus(t, true)
	if err := revealFile(t.Context(), "/home/ada/a film.mp4"); err != nil {
		t.Fatal(err)
	}
	body := asked()
	if len(body) != 2 {
		t.Fatalf("asked %v", body)
	}
	if files, ok := body[0].([]string); !ok || len(files) != 1 ||
		files[0] != "file:///home/ada/a%20film.mp4" {
		t.Errorf("asked to show %v", body[0])
	}
}

func TestRevealWithoutAFileManager(t *testing.T) {
	fakeBus(t, false)
	if err := revealFile(t.Context(), "/home/ada/x"); err == nil {
		t.Error("nobody shows it, and nothing is said")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if err := revealFile(t.Context(), "/home/ada/x"); err == nil {
		t.Error("there is no bus, and nothing is said")
	}
}
