package e2e

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The network that the program believes in: its own address, the phone's, and an outside world that
// the test plays.
const (
	appAddress   = "10.77.0.1"
	phoneAddress = "10.77.0.2"
	dnsAddress   = "10.77.0.53"
	// what every name resolves to; RFC 2544 keeps 198.18.0.0/15 for measurements
	worldAddress = "198.18.0.1"
)

// insideVariable names the folder of a test that runs in namespaces of its own.
const insideVariable = "HANDLENS_TEST_INSIDE"

// insideStdout is this process's own standard output in the process that inNamespaces starts.
const insideStdout = 3

// inNamespaces runs the calling test again in a process with network and mounts of its own, and
// reports how that went. It returns false in that process, with the folder that is the test's
// there. The folder for temporary files is empty there; what lies in the test's folder is visible
// on both sides.
func inNamespaces(t *testing.T) (outside bool, dir string) {
	t.Helper()
	if dir := os.Getenv(insideVariable); dir != "" {
		return false, dir
	}
	// Not below /tmp, which is hidden inside.
	dir, err := os.MkdirTemp("/var/tmp", "handlens-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	own := filepath.Join(dir, "handlens")
	if out, err := exec.CommandContext(t.Context(), "cp", program,
		own).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range []string{"own", "tmp", "home", "work"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v",
		"-test.timeout=15m")
	cmd.Env = append(os.Environ(), insideVariable+"="+dir, programVariable+"="+own,
		"TMPDIR="+filepath.Join(dir, "own"))
	cmd.ExtraFiles = []*os.File{os.Stdout} // for what is not to wait for the end; see insideStdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{
			ContainerID: 0, HostID: os.Geteuid(),
			Size: 1,
		}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{
			ContainerID: 0, HostID: os.Getegid(),
			Size: 1,
		}}
	}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	switch {
	case cmd.ProcessState == nil:
		t.Fatalf("no network namespace can be made here, so nobody can say what leaves the "+
			"computer: %v (run as root, or allow"+
			" unprivileged user namespaces)", err)
	case err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()):
		t.Errorf("inside the namespaces: %v", err)
	}
	return true, ""
}

// init keeps the process's first thread for the main goroutine, which only waits: newNamespace must
// not get it, since that thread stands for the whole process where others name it by its number.
func init() { runtime.LockOSThread() }

// namespace is a network namespace that is entered by one thread only.
type namespace struct{ work chan func() }

// newNamespace makes one. It ends with the test.
func newNamespace(t *testing.T) namespace {
	t.Helper()
	n := namespace{make(chan func())}
	made := make(chan error)
	go func() {
		runtime.LockOSThread() // and never unlock it: the thread ends with this goroutine
		made <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range n.work {
			f()
		}
	}()
	if err := <-made; err != nil {
		t.Fatalf("a second network namespace: %v", err)
	}
	t.Cleanup(func() { close(n.work) })
	return n
}

// do runs f in the namespace: sockets that it opens and processes that it starts belong there.
func (n namespace) do(f func()) {
	done := make(chan struct{})
	n.work <- func() {
		defer close(done)
		f()
	}
	<-done
}

// start starts a process in the namespace.
func (n namespace) start(cmd *exec.Cmd) (err error) {
	n.do(func() { err = cmd.Start() })
	return err
}

// ip runs the command of iproute2 in the namespace.
func (n namespace) ip(t *testing.T, args string) {
	t.Helper()
	n.do(func() { ip(t, args) })
}

func ip(t *testing.T, args string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "ip",
		strings.Fields(args)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", args, err, out)
	}
}

// hideTheMachine gives this process a folder for temporary files and a way to resolve names of its
// own.
func hideTheMachine(t *testing.T, dir string) {
	t.Helper()
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"/etc/resolv.conf":   "nameserver " + dnsAddress + "\noptions timeout:5 attempts:3\n",
		"/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
	} {
		own := filepath.Join(dir, "own", filepath.Base(name))
		if err := os.WriteFile(own, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		bind(t, own, name)
	}
	bind(t, filepath.Join(dir, "tmp"), "/tmp")
}

func bind(t *testing.T, from, to string) {
	t.Helper()
	if err := unix.Mount(from, to, "", unix.MS_BIND, ""); err != nil {
		t.Fatalf("mount %s over %s: %v", from, to, err)
	}
}

// connect joins this process's network, which is the phone's and the world's, with the program's by
// a wire.
func connect(t *testing.T, program namespace) {
	t.Helper()
	ip(t, "link set lo up")
	program.ip(t, "link set lo up")
	program.ip(t, "link add app0 type veth peer name phone0 netns "+strconv.Itoa(os.Getpid()))
	// Without IPv6, for which the kernel would speak up by itself.
	program.ip(t, "link set app0 addrgenmode none up")
	program.ip(t, "addr add "+appAddress+"/24 dev app0")
	program.ip(t, "route add default via "+dnsAddress)
	ip(t, "link set phone0 addrgenmode none up")
	ip(t, "addr add "+phoneAddress+"/24 dev phone0")
	ip(t, "addr add "+dnsAddress+"/24 dev phone0")
	ip(t, "addr add "+worldAddress+"/32 dev lo")
}

// isPhone says whether a packet may go there.
func isPhone(a netip.Addr) bool { return a == netip.MustParseAddr(phoneAddress) }
