package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// patience is how long any one thing may take to happen. It is no measurement: on a quiet machine
// each takes a second at most.
const patience = 90 * time.Second

// program is the built program's path.
var program string

// programVariable names a program that is built already.
const programVariable = "HANDLENS_TEST_PROGRAM"

// shared has what tests use together when they do not need their own: starting a browser and the
// program takes longer than most tests. All of it starts when it is first asked for and ends after
// the last test. Tests run one after the other, so that they need no lock.
var shared struct {
	dir      string // for files, until the end
	app      *process
	browsers map[string]browserProcess // by the name of the clip that their camera plays
	tabs     []func()                  // closes the tabs that are not in use any more
}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if os.Getenv(receiversVariable) != "" {
		if err := receive(); err != nil {
			fmt.Fprintln(os.Stderr, "receive:", err)
			return 1
		}
		return 0
	}
	dir, err := os.MkdirTemp("", "handlens-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if program = os.Getenv(programVariable); program == "" {
		program = filepath.Join(dir, "handlens")
		build := exec.Command("go", "build", "-o", program, "handlens/app")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "build the program:", err)
			return 1
		}
	}
	shared.dir, shared.browsers = dir, map[string]browserProcess{}
	code := m.Run()
	if err := endShared(); err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: the program that tests share:", err)
		return max(code, 1)
	}
	return code
}

// endShared ends the browsers and the program, which is expected to end well.
func endShared() error {
	closeTabs()
	for _, b := range shared.browsers {
		b.end()
	}
	if shared.app == nil {
		return nil
	}
	select {
	case <-shared.app.done:
		return errors.New("it ended during the tests")
	default:
		return shared.app.end()
	}
}
