package e2e

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// troubledPort is the one that the firewall of the test is about.
const troubledPort = "8443"

// troubled is the built program with real firewalls, routers and links between it and the phone.
type troubled struct {
	place   namespace
	link    *link
	account launch
	browser browserProcess
	dir     string
}

// TestTroublesOfTheNetwork produces each failure of a network for real, in namespaces, and wants
// the program to name it: a firewall on the computer, UDP and all video dropped on the way, a phone
// on another network, a link that is down.
func TestTroublesOfTheNetwork(t *testing.T) {
	outside, dir := inNamespaces(t)
	if outside {
		return
	}
	place := newNamespace(t)
	n := &troubled{place: place, link: joinBadly(t, place), dir: dir}
	n.account = newAccount(dir, modelFile(t), 0, nil, "--no-window")
	n.account.address, n.account.start = appAddress, place.start
	n.account.args[slices.Index(n.account.args, "--port")+1] = troubledPort
	n.browser = startBrowser(t, landscape, allowed)
	t.Run("a firewall", n.firewall)
	a := n.account.app(t)
	t.Run("no UDP, then no link", func(t *testing.T) { n.noUDP(t, a) })
	t.Run("no video", func(t *testing.T) { n.noVideo(t, a) })
	t.Run("another network", func(t *testing.T) { n.otherNetwork(t, a) })
}

// doctorReport is what the doctor says in JSON, as far as it is looked at.
type doctorReport struct {
	Fine      bool `json:"fine"`
	Firewalls []struct {
		Name, State string
		Commands    []string
	} `json:"firewalls"`
	Suspects []struct{ Suspect, Text string } `json:"suspects"`
	Port     struct{ Running bool }           `json:"port"`
}

// doctor asks it, and wants that status of it.
func (n *troubled) doctor(t *testing.T, status int) (r doctorReport) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "doctor", "--json", "--port", troubledPort,
		"--data-dir", filepath.Join(n.dir, "data"))
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = n.account.env, &out, &errs
	if err := n.place.start(cmd); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its status is looked at
	if err := json.Unmarshal(out.Bytes(), &r); err != nil ||
		cmd.ProcessState.ExitCode() != status || r.Fine != (status == 0) {
		t.Errorf("the doctor ended with %v, want %d, %v: %s%s", cmd.ProcessState, status, err,
			errs.String(), out.String())
	}
	return r
}

// firewall turns ufw on, lets the doctor wait for a phone, and types the command that it says.
func (n *troubled) firewall(t *testing.T) {
	if users, err := os.ReadFile("/proc/self/uid_map"); err != nil ||
		!strings.HasSuffix(strings.TrimSpace(string(users)), " 4294967295") {
		t.Skip("ufw wants to be run by root, and not only by the root of a namespace")
	}
	n.ufw(t, "--force", "enable")
	r := n.doctor(t, 1)
	const command = "sudo ufw allow " + troubledPort
	if len(r.Firewalls) == 0 || r.Firewalls[0].Name != "ufw" ||
		r.Firewalls[0].State != "blocks" ||
		!slices.Equal(r.Firewalls[0].Commands, []string{command}) ||
		len(r.Suspects) == 0 || r.Suspects[0].Suspect != "firewall" {
		t.Errorf("behind a firewall the doctor says %+v", r)
	}
	if c, err := net.DialTimeout("tcp", net.JoinHostPort(appAddress, troubledPort),
		300*time.Millisecond); err == nil {
		c.Close()
		t.Error("the firewall lets TCP in")
	}
	d := n.waitForPhone(t)
	d.says(t, "ufw keeps port "+troubledPort+" shut. Let it in: "+command)
	n.ufw(t, strings.Fields(command)[2:]...)
	page := n.browser.open(t, regexp.MustCompile(`https://\S+`).FindString(d.text()))
	d.says(t, "it has opened the page")
	page.start()
	if err := <-d.ended; err != nil {
		t.Errorf("the doctor ended with %v", err)
	}
	words := []string{
		"it has reached this computer", "accepts the certificate", "opened the page",
		"the code is right", "camera is on", "a path for the video", "video is coming",
		"the first picture", "the first box", "A phone can join",
	}
	at := 0
	for _, w := range words {
		i := strings.Index(d.text()[at:], w)
		if i < 0 {
			t.Fatalf("the doctor does not say %q in its turn:\n%s", w, d.text())
		}
		at += i
	}
	t.Logf("the doctor said\n%s",
		regexp.MustCompile(`(?m)^\x1b.*\n`).ReplaceAllString(d.text(), ""))
	leave(page.ctx)
	if r := n.doctor(t, 0); r.Firewalls[0].State != "allows" {
		t.Errorf("after the command the doctor says %+v", r)
	}
}

// ufw runs the firewall's command in the program's network, with a configuration of its own.
func (n *troubled) ufw(t *testing.T, args ...string) {
	t.Helper()
	own := filepath.Join(n.dir, "ufw")
	if _, err := os.Stat(own); err != nil {
		if out, err := exec.CommandContext(t.Context(), "cp", "-a", "/etc/ufw",
			own).CombinedOutput(); err != nil {
			t.Fatalf("ufw: %v: %s", err, out)
		}
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			t.Fatal(err)
		}
		bind(t, own, "/etc/ufw")
	}
	var out []byte
	var err error
	n.place.do(func() {
		out, err = exec.CommandContext(t.Context(), "ufw", args...).CombinedOutput()
	})
	if err != nil {
		t.Fatalf("ufw %q: %v: %s", args, err, out)
	}
}

// waiting is a doctor that waits for a phone.
type waiting struct {
	ended chan error

	mu   sync.Mutex
	said bytes.Buffer
	more chan struct{} // closed and replaced with each piece
}

// Write implements io.Writer.
func (w *waiting) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.more)
	w.more = make(chan struct{})
	return w.said.Write(p)
}

func (w *waiting) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.said.String()
}

// says waits until it has said that.
func (w *waiting) says(t *testing.T, words string) {
	t.Helper()
	limit := time.After(patience)
	for {
		w.mu.Lock()
		more := w.more
		w.mu.Unlock()
		if strings.Contains(w.text(), words) {
			return
		}
		select {
		case <-more:
		case err := <-w.ended:
			t.Fatalf("the doctor ended with %v, without %q:\n%s", err, words, w.text())
		case <-limit:
			t.Fatalf("the doctor does not say %q:\n%s", words, w.text())
		}
	}
}

// waitForPhone starts the doctor.
func (n *troubled) waitForPhone(t *testing.T) *waiting {
	t.Helper()
	w := &waiting{ended: make(chan error, 1), more: make(chan struct{})}
	args := slices.DeleteFunc(slices.Clone(n.account.args), func(a string) bool {
		return a == "--no-window"
	})
	cmd := exec.CommandContext(t.Context(), program, append([]string{
		"doctor", "--phone",
		"--address", appAddress,
	}, args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = n.account.env, w, w
	if err := n.place.start(cmd); err != nil {
		t.Fatal(err)
	}
	go func() { w.ended <- cmd.Wait() }()
	return w
}

// join lets a phone join over such a network. It returns where in the events that began.
func (n *troubled) join(t *testing.T, a *app, w weather) (p *page, mark int) {
	t.Helper()
	n.link.set(weather{})
	mark = a.mark()
	p = n.browser.open(t, withCodec(a.url, "VP8"))
	n.link.set(w)
	p.start()
	return p, mark
}

// visit waits until a visit has that problem.
func (a *app) visit(t *testing.T, mark int, problem string) event {
	t.Helper()
	return a.waitSince(t, mark, "visit", func(e event) bool { return e.Problem == problem })
}

// noUDP drops UDP: the video takes TCP. Then the computer's link goes down and comes back.
func (n *troubled) noUDP(t *testing.T, a *app) {
	p, mark := n.join(t, a, weather{drop: isUDP})
	v := a.visit(t, mark, "over-tcp")
	a.found(t, mark, v.Session, landscape)
	p.state("live")
	if len(v.Suspects) > 0 {
		t.Errorf("a phone nearby makes suspects of %q", v.Suspects)
	}
	mark = a.mark()
	n.place.ip(t, "link set eth0 down")
	r := n.doctor(t, 1)
	if len(r.Suspects) != 1 || r.Suspects[0].Suspect != "no-network" || !r.Port.Running {
		t.Errorf("without a link the doctor says %+v", r)
	}
	a.visit(t, mark, "out-of-reach")
	mark = a.mark()
	n.place.ip(t, "link set eth0 up")
	a.waitSince(t, mark, "visit", func(e event) bool {
		return e.Visit == v.Visit && e.Problem != "out-of-reach"
	})
	a.found(t, mark, v.Session, landscape)
	n.leave(t, a, p, v)
}

// noVideo drops whatever could carry video.
func (n *troubled) noVideo(t *testing.T, a *app) {
	p, mark := n.join(t, a, weather{drop: isMedia})
	v := a.visit(t, mark, "no-path")
	if v.Rung != "camera" || len(v.Suspects) > 0 {
		t.Errorf("without a path the visit is %+v", v)
	}
	n.link.set(weather{})
	a.found(t, mark, "", landscape) // the page tries again by itself
	n.leave(t, a, p, v)
}

// otherNetwork has the phone come from behind a router that lets no UDP through, and then none of
// the video.
func (n *troubled) otherNetwork(t *testing.T, a *app) {
	n.link.readdress(t, "10.78.0.2")
	ip(t, "route add 10.77.0.0/24 dev phone0")
	n.place.ip(t, "route add 10.78.0.0/24 dev eth0")
	for problem, drop := range map[string]func([]byte) bool{
		"over-tcp": isUDP, "no-path": isMedia,
	} {
		p, mark := n.join(t, a, weather{drop: drop})
		v := a.visit(t, mark, problem)
		if !slices.Equal(v.Suspects, []string{"other-network"}) {
			t.Errorf("from another network, with %s, suspected are %q", problem, v.Suspects)
		}
		n.leave(t, a, p, v)
	}
}

// leave ends the visit of a phone over a good network.
func (n *troubled) leave(t *testing.T, a *app, p *page, v event) {
	t.Helper()
	n.link.set(weather{})
	leave(p.ctx)
	a.waitSince(t, 0, "visit", func(e event) bool { return e.Over && e.Visit == v.Visit })
}
