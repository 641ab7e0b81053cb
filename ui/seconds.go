package ui

import "fmt"

// seconds is a length of time as a count shows it: "8.5 s", "42 s", "3:05".
func seconds(s float64) string {
	switch {
	case s >= 100:
		return fmt.Sprintf("%d:%02d", int(s)/60, int(s)%60)
	case s >= 10:
		return fmt.Sprintf("%.0f s", s)
	}
	return fmt.Sprintf("%.1f s", s)
}
