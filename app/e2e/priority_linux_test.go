package e2e

import (
	"fmt"
	"path/filepath"
	"strconv"
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
		fields := procStat(path)
		if fields == nil {
			continue // it has just ended
		}
		nice, err := strconv.Atoi(fields[16]) // the 19th of all
		if err != nil {
			t.Fatal(err)
		}
		count[nice]++
	}
	if len(count) != 2 {
		t.Errorf("the threads have these nice values: %v", count)
	}
}
