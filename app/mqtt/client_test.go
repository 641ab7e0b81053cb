package mqtt

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"handlens/media/waittest"
)

// broker is mosquitto, and what mosquitto_sub hears of it.
type broker struct {
	port   int
	config string
	server *exec.Cmd

	mu    sync.Mutex
	heard []string // "TOPIC PAYLOAD"
}

const user, password = "handlens", "secret"

// startBroker starts mosquitto with a user, a listener, and what else its configuration is to have.
// The test is skipped where there is none.
func startBroker(t *testing.T, more ...string) *broker {
	t.Helper()
	for _, tool := range []string{"mosquitto", "mosquitto_passwd", "mosquitto_sub"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s, which make setup-test installs on Debian", tool)
		}
	}
	dir := t.TempDir()
	b := &broker{port: freePort(t), config: filepath.Join(dir, "mosquitto.conf")}
	passwords := filepath.Join(dir, "passwords")
	if out, err := exec.Command("mosquitto_passwd", "-b", "-c", passwords, user,
		password).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	me := os.Getenv("USER")
	if os.Geteuid() == 0 {
		me = "root"
	}
	config := fmt.Sprintf("listener %d 127.0.0.1\npassword_file %s\nuser %s\n", b.port, passwords,
		me)
	config += strings.Join(more, "\n") + "\n"
	if err := os.WriteFile(b.config, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	b.start(t)
	sub := exec.Command("mosquitto_sub", "-p", fmt.Sprint(b.port), "-u", user, "-P", password,
		"-v", "-t", "#", "-q", "1")
	out, err := sub.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := sub.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sub.Process.Kill()
		_ = sub.Wait()
		b.stop()
	})
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			b.mu.Lock()
			b.heard = append(b.heard, lines.Text())
			b.mu.Unlock()
		}
	}()
	return b
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (b *broker) start(t *testing.T) {
	t.Helper()
	b.server = exec.Command("mosquitto", "-c", b.config)
	if err := b.server.Start(); err != nil {
		t.Fatal(err)
	}
	waittest.Until(t, "the broker", func() bool {
		c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", b.port))
		if err != nil {
			return false
		}
		c.Close()
		return true
	})
}

func (b *broker) stop() {
	_ = b.server.Process.Kill()
	_ = b.server.Wait()
}

// waitFor waits until a message on a topic has been heard whose body holds a text.
func (b *broker) waitFor(t *testing.T, topic, text string) string {
	t.Helper()
	body := ""
	waittest.Until(t, topic+" with "+text, func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, line := range b.heard {
			at, said, _ := strings.Cut(line, " ")
			if at == topic && strings.Contains(said, text) {
				body = said
				return true
			}
		}
		return false
	})
	return body
}

func (b *broker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = nil
}

// faults are what a client tells.
type faults struct {
	mu  sync.Mutex
	all []string
}

func (f *faults) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, err.Error())
}

func (f *faults) get() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all
}

func openClient(t *testing.T, b *broker, who string) (*Client, *faults) {
	t.Helper()
	f := new(faults)
	c, err := Open(Config{
		URL: fmt.Sprintf("mqtt://%s@127.0.0.1:%d", who, b.port), Computer: "Desk top", Version: "1",
		Failed: f.add,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, f
}

// Home Assistant is told what there is, and then its state; what is gone is taken back.
func TestABrokerIsTold(t *testing.T) {
	b := startBroker(t)
	c, f := openClient(t, b, user+":"+password)
	c.Phone(Phone{
		Name: "Pixel 7", Connected: true, Objects: map[string]int{"person": 2, "猫'}}": 1},
		Regions: []Region{{Name: "Zone 1", Inside: 1, In: 3}, {Name: "Line 1", Line: true, Out: 4}},
	})
	c.Rules([]string{"Gate"})
	b.waitFor(t, "handlens/desk_top/status", "online")
	var state phoneJSON
	body := b.waitFor(t, "handlens/desk_top/phone/pixel_7", `"connected":true`)
	if err := json.Unmarshal([]byte(body), &state); err != nil || state.Name != "Pixel 7" ||
		state.Objects["person"] != 2 || *state.Zones["zone_1"].Inside != 1 ||
		state.Lines["line_1"].Out != 4 {
		t.Errorf("the state is %s, %v", body, err)
	}
	var e entity
	body = b.waitFor(t, "homeassistant/sensor/handlens_desk_top_pixel_7_object_person/config", "{")
	if err := json.Unmarshal([]byte(body), &e); err != nil || e.Name != "person" ||
		e.StateTopic != "handlens/desk_top/phone/pixel_7" ||
		e.ValueTemplate != "{{ value_json.objects['person'] | default(0) }}" ||
		e.Availability != "handlens/desk_top/status" || e.Device.Name != "Pixel 7" {
		t.Errorf("the description is %s, %v", body, err)
	}
	b.waitFor(t, "homeassistant/sensor/handlens_desk_top_pixel_7_zone_zone_1/config", "inside")
	const gate = "homeassistant/event/handlens_desk_top_rule_gate/config"
	b.waitFor(t, gate, "fired")

	c.Fired(Rule{Name: "Gate", Phone: "Pixel 7", Labels: map[string]int{"person": 2}, Count: 2})
	b.waitFor(t, "handlens/desk_top/rule/gate", `"event_type":"fired"`)
	b.forget()
	c.Rules(nil)
	c.Phone(Phone{Name: "Pixel 8", Connected: true})
	c.Forget("Pixel 7")
	waittest.Until(t, "the end of the rule", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, line := range b.heard {
			if strings.TrimSpace(line) == gate || line == gate+" (null)" {
				return true
			}
		}
		return false
	})
	const phone = "handlens/desk_top/phone/pixel_8"
	b.waitFor(t, phone, "true")
	c.Left("Pixel 8")
	b.waitFor(t, phone, `"connected":false`)
	b.forget()
	c.Phone(Phone{Name: "Pixel 8", Connected: true})
	b.waitFor(t, phone, "true")
	b.forget()
	c.Close()
	b.waitFor(t, phone, `"connected":false`)
	b.waitFor(t, "handlens/desk_top/status", "offline")
	kept, err := exec.Command("mosquitto_sub", "-p", fmt.Sprint(b.port), "-u", user, "-P", password,
		"-t", "#", "-F", "%t", "--retained-only", "-W", "1").Output()
	if topics := string(kept); !strings.Contains(topics, "pixel_8") ||
		strings.Contains(topics, "pixel_7") || strings.Contains(topics, "gate") {
		t.Errorf("the broker keeps %s (%v)", topics, err)
	}
	if all := f.get(); all != nil {
		t.Errorf("faults: %q", all)
	}
}

// A broker that goes away is said once, nothing waits for it, and when it is back it is told all.
func TestABrokerComesBack(t *testing.T) {
	b := startBroker(t)
	c, f := openClient(t, b, user+":"+password)
	defer c.Close()
	const old = "homeassistant/event/handlens_desk_top_rule_old/config"
	c.Rules([]string{"Old"})
	b.waitFor(t, old, "fired")
	b.stop()
	waittest.Until(t, "a word of it", func() bool { return len(f.get()) > 0 })
	c.Rules(nil)
	c.Phone(Phone{Name: "A", Connected: true})
	c.Fired(Rule{Name: "Gate"})
	b.forget()
	b.start(t)
	b.waitFor(t, "handlens/desk_top/phone/a", `"connected":true`)
	b.waitFor(t, "handlens/desk_top/rule/gate", "fired")
	b.waitFor(t, old, "") // taken back, or it would stay in a broker that keeps what it was told
	if all := f.get(); len(all) != 1 || !strings.Contains(all[0], "cannot be reached") ||
		strings.Contains(all[0], password) {
		t.Errorf("faults: %q", all)
	}
}

func TestABrokerThatRefuses(t *testing.T) {
	b := startBroker(t)
	c, f := openClient(t, b, user+":wrong")
	waittest.Until(t, "a word of it", func() bool { return len(f.get()) > 0 })
	began := time.Now()
	c.Close()
	if all := f.get(); !strings.Contains(all[0], "it refuses us (not authorized)") ||
		strings.Contains(all[0], "wrong") {
		t.Errorf("faults: %q", all)
	}
	if d := time.Since(began); d > endTime+10*time.Second {
		t.Errorf("closing took %v", d)
	}
}

func TestAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"mqtt://h": "h:1883", "mqtts://u:p@h": "h:8883", "mqtt://[::1]:99": "[::1]:99",
		"h:1883": "", "http://h": "", "mqtt://": "", "mqtt://h/topic": "", "mqtt://u:p w@h": "",
	} {
		if got := Host(text); got != want {
			t.Errorf("%q leads to %q, want %q", text, got, want)
		}
		if _, err := ParseURL(text); (err == nil) != (want != "") ||
			err != nil && strings.Contains(err.Error(), "p w") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
