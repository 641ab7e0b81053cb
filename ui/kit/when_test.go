package kit

import (
	"testing"
	"time"
)

func TestMoments(t *testing.T) {
	noon := time.Date(2026, 11, 24, 12, 0, 0, 0, time.FixedZone("here", 3600))
	for at, want := range map[time.Time][2]string{
		noon.Add(-time.Hour):       {"today 11:00", "today 11:00"},
		noon.Add(-13 * time.Hour):  {"yesterday 23:00", "yesterday 23:00"},
		noon.Add(-time.Hour).UTC(): {"today 11:00", "today 11:00"},
		noon.AddDate(0, 0, -2):     {"2026-11-22 12:00", "2 days ago"},
		noon.AddDate(0, 0, -29):    {"2026-10-26 12:00", "29 days ago"},
		noon.AddDate(0, 0, -30):    {"2026-10-25 12:00", "2026-10-25"},
		noon.AddDate(-1, 0, 0):     {"2025-11-24 12:00", "2025-11-24"},
		noon.AddDate(0, 0, 3):      {"2026-11-27 12:00", "2026-11-27"},
	} {
		if got := [2]string{When(at, noon), DaysAgo(at, noon)}; got != want {
			t.Errorf("%v is %q, want %q", at, got, want)
		}
	}
}
