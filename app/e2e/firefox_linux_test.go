package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"handlens/media/visit"
	"handlens/media/waittest"
)

// firefoxSettings give it a camera and let it use this machine's own addresses.
const firefoxSettings = `user_pref("marionette.port", 0);
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("media.peerconnection.ice.loopback", true);
user_pref("media.peerconnection.ice.obfuscate_host_addresses", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
`

// TestFirefoxPublishes has Firefox send its own camera, of 640 by 480 at 30, whole and at once, at
// more than the ten frames a second that it begins with when it is to balance size and rate.
func TestFirefoxPublishes(t *testing.T) {
	a := sharedApp(t)
	m := startFirefox(t)
	m.do("WebDriver:Navigate", map[string]any{"url": a.url})
	key := m.key()
	m.do("WebDriver:Refresh", map[string]any{})
	if again := m.key(); key == "" || again != key {
		t.Errorf("its key is %q, and after a reload %q", key, again)
	}
	m.run(`document.querySelector('#start').click()`)
	joined := a.wait(t, "phone-joined", nil)
	if !strings.Contains(joined.Name, "Firefox") {
		t.Errorf("it is called %q", joined.Name)
	}
	video := a.wait(t, "video", func(e event) bool { return e.Session == joined.Session })
	if video.Width != 640 || video.Height != 480 {
		t.Errorf("its first frame is %d by %d", video.Width, video.Height)
	}
	sends := func(e event) bool {
		return e.Session == joined.Session && e.Sending.Width == 640 && e.Sending.FPS >= 15
	}
	a.wait(t, "stats", sends)
	way := a.ladder(t, visit.Box)
	t.Logf("%s", inMilliseconds(way))
	if box := way[visit.Box]; box.Session != joined.Session || box.Problem != "" {
		t.Errorf("the last rung is told as %+v", box)
	}
	m.until("boxes", `document.querySelector('#found-text').innerText === 'detecting'`)

	// The controls are those of other browsers.
	m.run(`document.querySelector('#pause').click()`)
	m.until("a pause", `document.documentElement.dataset.state === 'paused' &&
		!document.querySelector('#video').srcObject`)
	mark := a.mark()
	m.run(`document.querySelector('#pause').click()`)
	m.until("the page to be live", `document.documentElement.dataset.state === 'live'`)
	a.waitSince(t, mark, "stats", sends)
	m.run(`document.querySelector('#more').click()`)
	m.until("the details", `document.querySelector('#stats').innerText.includes('640 × 480') &&
		document.querySelector('#lens-list button[aria-pressed="true"]') &&
		document.activeElement.id === 'details'`)
	m.run(`const size = document.querySelector('#size');
		size.selectedIndex = 1;
		size.dispatchEvent(new Event('change'))`)
	// Its camera for tests has one size.
	m.until("the size that was asked for",
		`document.querySelector('#size').value === '640 360 30' &&
		document.querySelector('#notice').innerText === ''`)
	m.run(`document.querySelector('#stop').click()`)
	a.wait(t, "phone-left", func(e event) bool { return e.Session == joined.Session })
}

// run runs a script in the page and returns what it returns.
func (m *marionette) run(script string) json.RawMessage {
	m.test.Helper()
	var answer struct{ Value json.RawMessage }
	result := m.do("WebDriver:ExecuteScript", map[string]any{"script": script, "args": []any{}})
	if err := json.Unmarshal(result, &answer); err != nil {
		m.test.Fatalf("%s: %s", script, result)
	}
	return answer.Value
}

// until waits for a script to be true. A page that is just leaving answers nothing.
func (m *marionette) until(what, script string) {
	m.test.Helper()
	waittest.Until(m.test, what, func() bool {
		answer, fault := m.try("WebDriver:ExecuteScript", map[string]any{
			"script": "return Boolean(" + script + ")", "args": []any{},
		})
		return fault == "" && strings.Contains(string(answer), "true")
	})
}

// TestFirefoxWatches has Firefox show what a phone sends, with boxes on it.
func TestFirefoxWatches(t *testing.T) {
	a := sharedApp(t)
	phone := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	phone.start()
	phone.state("live")
	a.found(t, 0, a.wait(t, "phone-joined", nil).Session, landscape)
	m := startFirefox(t)
	m.do("WebDriver:Navigate", map[string]any{"url": a.waitSince(t, 0, "sharing", nil).URL})
	waittest.Until(t, "boxes lie on the patches", func() bool {
		var result struct{ Value *float64 }
		text := m.do("WebDriver:ExecuteScript", map[string]any{
			"script": "return " + boxesAgree + ".catch(() => null)", "args": []any{},
		})
		return json.Unmarshal(text, &result) == nil && result.Value != nil && *result.Value < 4
	})
}

// marionette commands a Firefox by its own protocol: LENGTH:[0, id, command, parameters], which is
// answered by LENGTH:[1, id, error, result].
type marionette struct {
	test *testing.T
	conn net.Conn
	read *bufio.Reader
	id   int
}

// startFirefox starts a Firefox with a profile of its own, which ends with the test. It takes any
// certificate.
func startFirefox(t *testing.T) *marionette {
	t.Helper()
	return launchFirefox(t, t.TempDir(), map[string]any{"acceptInsecureCerts": true})
}

// launchFirefox starts one with that profile and those capabilities.
func launchFirefox(t *testing.T, profile string, capabilities map[string]any) *marionette {
	t.Helper()
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(firefoxSettings),
		0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("firefox-esr", "--headless", "--no-remote", "--marionette", "--profile",
		profile)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v (make setup-test installs Firefox)", err)
	}
	m := &marionette{test: t}
	t.Cleanup(func() {
		if m.conn != nil {
			m.do("Marionette:Quit", map[string]any{"flags": []string{"eForceQuit"}})
			m.conn.Close()
		} else {
			_ = cmd.Process.Kill()
		}
		_ = cmd.Wait() // how it ends is its own affair
	})
	var port []byte
	waittest.Until(t, "Firefox says where it listens", func() bool {
		var err error
		port, err = os.ReadFile(filepath.Join(profile, "MarionetteActivePort"))
		return err == nil && len(port) > 0
	})
	conn, err := net.Dial("tcp", "127.0.0.1:"+strings.TrimSpace(string(port)))
	if err != nil {
		t.Fatal(err)
	}
	m.conn, m.read = conn, bufio.NewReader(conn)
	m.receive() // its greeting
	m.do("WebDriver:NewSession", capabilities)
	return m
}

// do has Firefox do something, and waits until it is done.
func (m *marionette) do(command string, parameters map[string]any) json.RawMessage {
	m.test.Helper()
	result, fault := m.try(command, parameters)
	if fault != "" {
		m.test.Fatalf("%s: %s", command, fault)
	}
	return result
}

// try does as do, and returns the result, and what Firefox says when it fails.
func (m *marionette) try(command string, parameters map[string]any) (json.RawMessage, string) {
	m.test.Helper()
	m.id++
	text, err := json.Marshal([]any{0, m.id, command, parameters})
	if err != nil {
		m.test.Fatal(err)
	}
	if _, err := fmt.Fprintf(m.conn, "%d:%s", len(text), text); err != nil {
		m.test.Fatalf("%s: %v", command, err)
	}
	var answer []json.RawMessage
	if err := json.Unmarshal(m.receive(), &answer); err != nil || len(answer) != 4 {
		m.test.Fatalf("%s: an answer of %d parts, %v", command, len(answer), err)
	}
	if fault := string(answer[2]); fault != "null" {
		return nil, fault
	}
	return answer[3], ""
}

// key is the key by which the page is known again.
func (m *marionette) key() string {
	m.test.Helper()
	var result struct{ Value string }
	if err := json.Unmarshal(m.do("WebDriver:ExecuteScript", map[string]any{
		"script": "return import('/key.js').then((k) => k.proofOf('')).then((h) => " +
			"h['Handlens-Key'])",
		"args": []any{},
	}), &result); err != nil {
		m.test.Fatal(err)
	}
	return result.Value
}

// receive reads one message.
func (m *marionette) receive() []byte {
	m.test.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		m.test.Fatal(err)
	}
	var length int
	if _, err := fmt.Fscanf(m.read, "%d:", &length); err != nil || length < 0 || length > 1<<20 {
		m.test.Fatalf("Firefox announces %d bytes, %v", length, err)
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(m.read, text); err != nil {
		m.test.Fatal(err)
	}
	return text
}
