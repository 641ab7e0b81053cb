package crash

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The test's own program is also the one that crashes.
const crashVariable = "HANDLENS_TEST_CRASH"

func TestMain(m *testing.M) {
	Watch()
	if how := os.Getenv(crashVariable); how != "" {
		end(how, os.Getenv("HANDLENS_TEST_DATA"))
	}
	watchable = false
	os.Exit(m.Run())
}

// end is a program that ends in that way.
func end(how, dir string) {
	r, err := Open(dir, "1.2.3")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	_, _ = io.WriteString(r, "time=now level=WARN msg=\"the last words\"\n")
	_, _ = io.WriteString(r, "Scan the code https://192.168.1.2/#SECRET\n")
	switch how {
	case "panic":
		done := make(chan bool)
		go func() { panic("out of luck") }()
		<-done
	case "kill":
		p, err := os.FindProcess(os.Getpid())
		if err == nil {
			_ = p.Kill()
		}
		select {}
	}
	r.Close()
	os.Exit(0)
}

// ended runs a program that ends in that way, and returns what it says.
func ended(t *testing.T, how, dir string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashVariable+"="+how, "HANDLENS_TEST_DATA="+dir)
	var said bytes.Buffer
	cmd.Stderr = &said
	err := cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code == 3 || how == "well" && err != nil {
		t.Fatalf("it ended with %v: %s", err, said.String())
	}
	return said.String()
}

func reports(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, Folder))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestACrashLeavesAReport(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a [strange] folder")
	said := ended(t, "panic", dir)
	path := Untold(dir)
	if path == "" {
		t.Fatalf("there is no report; it said %s", said)
	}
	last := said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:]
	if !strings.HasPrefix(last, "handlens: it has crashed") || !strings.Contains(last, path) {
		t.Errorf("its last words do not name %s: %q", path, last)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Handlens 1.2.3, go", "the last words", "panic: out of luck", "crash_test.go:",
	} {
		if !bytes.Contains(b, []byte(want)) {
			t.Errorf("the report lacks %q:\n%s", want, b)
		}
	}
	if bytes.Contains(b, []byte("SECRET")) {
		t.Errorf("the report has what was printed beside the log:\n%s", b)
	}
	if again := Untold(dir); again != "" {
		t.Errorf("it is told again: %s", again)
	}
	if left := reports(t, dir); len(left) != 1 {
		t.Errorf("the folder has %q", left)
	}
}

func TestOtherEndsLeaveNoReport(t *testing.T) {
	dir := t.TempDir()
	for _, how := range []string{"well", "kill"} {
		if said := ended(t, how, dir); said != "" {
			t.Errorf("%s: it said %q", how, said)
		}
		if path := Untold(dir); path != "" {
			t.Errorf("%s: there is a report: %s", how, path)
		}
		if left := reports(t, dir); len(left) > 0 {
			t.Errorf("%s: the folder has %q", how, left)
		}
	}
}

// The report of a program that runs is left alone, and old ones are not kept for ever.
func TestOnlySomeAreKept(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(dir, "1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for n := range 2 * maxReports {
		path := filepath.Join(dir, Folder, fmt.Sprintf("2020-01-%02d 10.00.00 7.txt", n+1))
		text := head("1", time.Now()) + "fatal error: it was old\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if path := Untold(dir); !strings.Contains(path, "2020-01-20") {
		t.Errorf("the newest is %q", path)
	}
	left := reports(t, dir)
	if len(left) != maxReports+1 || !slices.Contains(left, filepath.Base(r.path)) {
		t.Errorf("the folder has %q", left)
	}
}

func TestTheLogIsBounded(t *testing.T) {
	dir := t.TempDir()
	r, err := Open(dir, "1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for n := range 2000 {
		fmt.Fprintf(r, "time=now level=WARN msg=\"line %d of very many\"\n", n)
	}
	b, err := os.ReadFile(r.path)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) > maxLog+1000 || !bytes.Contains(b, []byte("line 1999 ")) ||
		!bytes.HasPrefix(b, []byte("Handlens 1,")) {
		t.Errorf("it has %d bytes: %.300s", len(b), b)
	}
}
