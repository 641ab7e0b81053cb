package ort

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// childVariable tells the test program that it is to run a model and no more.
const childVariable = "HANDLENS_TEST_CHILD"

// inCleanChild runs a model in a process with an environment of its own: its home and its folder
// for temporary files are new and empty. ONNX Runtime never reports on machines that say they are
// for continuous integration (CI=true and the like), so nothing of this process's environment is
// handed on but what the child cannot do without.
func inCleanChild(t *testing.T, args ...string) (home, temp string) {
	t.Helper()
	home, temp = t.TempDir(), t.TempDir()
	cmd := exec.Command(os.Args[0],
		append([]string{"-test.run=^TestChild$", "-test.v"}, args...)...)
	cmd.Env = []string{
		childVariable + "=1", "HOME=" + home, "XDG_CACHE_HOME=" + filepath.Join(home, ".cache"),
		"TMPDIR=" + temp,
		"PATH=" + os.Getenv("PATH"), "HANDLENS_ONNXRUNTIME=" + os.Getenv("HANDLENS_ONNXRUNTIME"),
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "the model ran") {
		if len(out) > 2000 {
			out = append(out[:2000], " …"...)
		}
		t.Fatalf("%v: %s", err, out)
	}
	return home, temp
}

// TestChild is what inCleanChild starts; in the test's own process it checks that the model runs at
// all.
func TestChild(t *testing.T) {
	s, err := OpenBytes("yolov8.onnx", build(t, "yolov8", 64), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Allocate([]int64{1, 3, 64, 64}); err != nil {
		t.Fatal(err)
	}
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
	if os.Getenv(childVariable) != "" {
		fmt.Println("the model ran")
	}
}

// TestNoReports finds nothing that ONNX Runtime has written. It writes its identifier of the
// computer as soon as it is loaded, long before it sends the first report.
func TestNoReports(t *testing.T) {
	home, temp := inCleanChild(t)
	for _, dir := range []string{home, temp} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("ONNX Runtime has left %s", path)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestLongCommandLine has more than a thousand files on the command line. The reports put a regular
// expression over it, whose recursion overran the stack.
func TestLongCommandLine(t *testing.T) {
	args := []string{"--"}
	for i := range 1200 {
		args = append(args, fmt.Sprintf("/home/somebody/pictures/photo-%04d.jpg", i))
	}
	inCleanChild(t, args...)
}

func TestCheckOptOut(t *testing.T) {
	if err := checkOptOut(); err != nil {
		t.Errorf("in this process: %v", err)
	}
	t.Setenv(optOuts[0], "0")
	if err := checkOptOut(); err == nil || !strings.Contains(err.Error(), optOuts[0]) {
		t.Errorf("with reports on: %v", err)
	}
}
