package rules

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Where says what of the picture a rule is about.
type Where string

const (
	// Anywhere is the whole picture.
	Anywhere Where = ""
	// InZone is the inside of the zone of that name.
	InZone Where = "zone"
	// AcrossLine is a line that is crossed, in either direction.
	AcrossLine Where = "line"
)

// Rule is a wish of the user's.
type Rule struct {
	// Name is what it is called; "" for its condition.
	Name string `json:"name,omitempty"`
	// Off keeps it from firing.
	Off bool `json:"off,omitempty"`
	// Classes are the labels that count, any of them. None stands for all.
	Classes []string `json:"classes,omitempty"`
	Where   Where    `json:"where,omitempty"`
	// Place is the name of the zone or line.
	Place string `json:"place,omitempty"`
	// Missing turns the rule around: it fires when there is none.
	Missing bool `json:"missing,omitempty"`
	// MoreThan is how many there must be, and one more.
	MoreThan int `json:"more_than,omitempty"`
	// Seconds is for how long it must be so without a break. At a line it is the time in which more
	// than MoreThan cross it.
	Seconds float64 `json:"seconds,omitempty"`
	// Hours are those of the day in which the rule counts.
	Hours Hours `json:"hours,omitzero"`
	// Every is the least time between two times that it fires, in seconds.
	Every float64 `json:"every,omitempty"`
	// Then is what is done.
	Then []Action `json:"then"`
}

// Hours are a part of each day, by the clock on the wall. From and To are the minutes since
// midnight; where To is not after From, it lies on the next day. Two that are equal are the whole
// day.
type Hours struct {
	From int `json:"from"`
	To   int `json:"to"`
}

const day = 24 * 60

// Has says whether that moment lies in them.
func (h Hours) Has(t time.Time) bool {
	if h.From == h.To {
		return true
	}
	now := t.Hour()*60 + t.Minute()
	if h.From < h.To {
		return now >= h.From && now < h.To
	}
	return now >= h.From || now < h.To
}

// Kind is what an action does.
type Kind string

const (
	Snapshot Kind = "snapshot" // a picture with its boxes is saved
	Clip     Kind = "clip"     // the seconds before and after are saved as a video
	Sound    Kind = "sound"    // this computer makes a sound
	Notify   Kind = "notify"   // the desktop shows a notification
	Webhook  Kind = "webhook"  // JSON is sent to an address
	Command  Kind = "command"  // a program is run
	MQTT     Kind = "mqtt"     // it is told the MQTT broker, as all rules are while there is one
)

// Kinds are all there are, in the order in which they are offered.
var Kinds = []Kind{Snapshot, Clip, Sound, Notify, Webhook, Command, MQTT}

// Action is something to do when a rule fires.
type Action struct {
	Do Kind `json:"do"`
	// To is the address of a webhook, or the command line.
	To string `json:"to,omitempty"`
	// Picture has the snapshot sent along with a webhook.
	Picture bool `json:"picture,omitempty"`
	// Before and After are the seconds of a clip before and after the moment at which the rule
	// fires.
	Before float64 `json:"before,omitempty"`
	After  float64 `json:"after,omitempty"`
}

// The limits of what a rule may say.
const (
	maxSeconds = 24 * 60 * 60.0
	// MaxClip bounds each side of a clip, in seconds: the past is kept for that long at most.
	MaxClip  = 60.0
	maxCount = 1000
	maxText  = 2000 // bytes of a name or a target
	maxMany  = 100  // classes, or actions
)

// ClipBefore and ClipAfter are the seconds of a clip of which nothing is said.
const ClipBefore, ClipAfter = 5.0, 5.0

// Check says what is wrong with a rule, as one sentence without its name.
func (r Rule) Check() error {
	if err := r.checkCondition(); err != nil {
		return err
	}
	switch {
	case len(r.Then) == 0:
		return errors.New("what is to be done then?")
	case len(r.Then) > maxMany:
		return fmt.Errorf("it does more than %d things", maxMany)
	}
	for _, a := range r.Then {
		if err := a.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkCondition says what is wrong with all but what is to be done.
func (r Rule) checkCondition() error {
	for _, check := range []func() error{r.checkNames, r.checkCounts, r.checkTimes} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (r Rule) checkNames() error {
	switch {
	case len(r.Name) > maxText || len(r.Place) > maxText:
		return errors.New("its name, or that of its place, is too long")
	case len(r.Classes) > maxMany || slices.Contains(r.Classes, ""):
		return fmt.Errorf("it names a class without a name, or more than %d", maxMany)
	case (r.Where == Anywhere) != (r.Place == ""):
		return errors.New("a zone or a line needs its name")
	case r.Where != Anywhere && r.Where != InZone && r.Where != AcrossLine:
		return fmt.Errorf("%q is neither a zone nor a line", string(r.Where))
	}
	return nil
}

func (r Rule) checkCounts() error {
	switch {
	case r.Missing && (r.Where == AcrossLine || r.MoreThan > 0):
		return errors.New("what is missing crosses no line, and is not counted")
	case r.MoreThan < 0 || r.MoreThan > maxCount:
		return fmt.Errorf("more than %d is outside 0..%d", r.MoreThan, maxCount)
	case r.Where == AcrossLine && r.MoreThan > 0 && r.Seconds == 0:
		return errors.New("in how many seconds must more than that cross the line? Add \"for N s\"")
	}
	return nil
}

func (r Rule) checkTimes() error {
	within := func(v, most float64) bool { return v >= 0 && v <= most } // false for NaN
	switch {
	case !within(r.Seconds, maxSeconds) || !within(r.Every, maxSeconds):
		return errors.New("a time must be between 0 s and 24 h")
	case r.Hours.From < 0 || r.Hours.From >= day || r.Hours.To < 0 || r.Hours.To >= day:
		return errors.New("hours are from 00:00 to 23:59")
	}
	return nil
}

func (a Action) check() error {
	within := func(v float64) bool { return v >= 0 && v <= MaxClip }
	switch {
	case !slices.Contains(Kinds, a.Do):
		return fmt.Errorf("%q is nothing that can be done", string(a.Do))
	case len(a.To) > maxText:
		return errors.New("an address or a command is too long")
	case !within(a.Before) || !within(a.After):
		return fmt.Errorf("a clip has at most %g s before and after", MaxClip)
	case a.Do == Clip && a.Before+a.After == 0:
		return errors.New("a clip of no length")
	case a.Do == Command && strings.TrimSpace(a.To) == "":
		return errors.New("which command?")
	case a.Do == Webhook:
		return checkAddress(a.To)
	}
	return nil
}

// checkAddress repeats nothing of an address, which may hold a password.
func checkAddress(to string) error {
	u, err := url.Parse(to)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("a webhook needs an address that begins with http:// or https://")
	}
	return nil
}

// Title is what the rule is called: its name, or its Condition.
func (r Rule) Title() string {
	if r.Name != "" {
		return r.Name
	}
	return r.Condition()
}
