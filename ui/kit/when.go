package kit

import (
	"fmt"
	"time"
)

const dateFormat = "2006-01-02"

// When is a moment: the time, after the day where that is not today.
func When(at, now time.Time) string {
	at = at.In(now.Location())
	time := at.Format("15:04")
	switch day := at.Format(dateFormat); day {
	case now.Format(dateFormat):
		return L("today {{.Time}}", map[string]any{"Time": time})
	case now.AddDate(0, 0, -1).Format(dateFormat):
		return L("yesterday {{.Time}}", map[string]any{"Time": time})
	default:
		return fmt.Sprint(day, " ", time)
	}
}

// manyDays is from when on a date says more than a count of days.
const manyDays = 30

// DaysAgo is a moment of which the day matters: the time of today or yesterday, else how many days
// ago it was, or the date.
func DaysAgo(at, now time.Time) string {
	at = at.In(now.Location())
	noon := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	}
	switch days := int(noon(now).Sub(noon(at)) / (24 * time.Hour)); {
	case days == 0 || days == 1:
		return When(at, now)
	case days > 0 && days < manyDays:
		return N("1 day ago", "{{.Count}} days ago", days, nil)
	}
	return at.Format(dateFormat)
}
