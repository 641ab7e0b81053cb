//go:build !linux

package browserbench

// memoryOf and cpuOf know nothing here: only Linux tells the figures of another process while it
// runs, without a program of its own for it.

func memoryOf(int) int64 { return 0 }

func cpuOf(int) (float64, bool) { return 0, false }
