package browserbench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// ticks is how many clock ticks a second has in /proc: the kernel's USER_HZ, which is 100 on every
// architecture that Go runs on.
const ticks = 100

// memoryOf is the memory of a process in bytes, its share of what it shares with others included; 0
// when it is unknown.
func memoryOf(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(data) {
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "Pss:" {
			n, _ := strconv.ParseInt(string(fields[1]), 10, 64) // 0 when it is none
			return n << 10
		}
	}
	return 0
}

// cpuOf is the processor time of a process in seconds; false when it is unknown.
func cpuOf(pid int) (float64, bool) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// The name, in parentheses, may have spaces in it. utime and stime are fields 14 and 15.
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 13 {
		return 0, false
	}
	user, err := strconv.ParseFloat(string(fields[11]), 64)
	system, err2 := strconv.ParseFloat(string(fields[12]), 64)
	return (user + system) / ticks, err == nil && err2 == nil
}
