package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTheDetectorGivesWay wants the model to run at a lower priority than all else that a picture
// goes through.
func TestTheDetectorGivesWay(t *testing.T) {
	a := sharedApp(t)
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", a.cmd.Process.Pid))
	if err != nil || len(tasks) == 0 {
		t.Fatalf("the threads cannot be seen: %v", err)
	}
	count := make(map[int]int)
	for _, path := range tasks {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has just ended
		}
		// The nice value is the 19th field; the second one, a name in brackets, may have spaces.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		nice, err := strconv.Atoi(fields[16])
		if err != nil {
			t.Fatal(err)
		}
		count[nice]++
	}
	if len(count) != 2 {
		t.Errorf("the threads have these nice values: %v", count)
	}
}
