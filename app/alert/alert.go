package alert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"handlens/app/rules"
)

// Alert is what is told of a rule that fired. As JSON it is the body of a webhook and the standard
// input of a command.
type Alert struct {
	Event string `json:"event"` // "rule"
	// ID is a new one for each alert; a webhook that is tried again repeats it.
	ID string `json:"id"`
	// Rule is the rule's name, or its condition.
	Rule string `json:"rule"`
	// Time is in milliseconds since 1970.
	Time int64 `json:"time"`
	// Phone is the name of the phone, Session what it is called in events.
	Phone   string `json:"phone"`
	Session string `json:"session"`
	// Place is the zone or the line that the rule is about.
	Place string `json:"place,omitempty"`
	// Labels are what made it fire, with how many there were of each, and Count all together.
	Labels map[string]int `json:"labels"`
	Count  int            `json:"count"`
	// Snapshot is the path of the picture that was saved, on this computer.
	Snapshot string `json:"snapshot,omitempty"`
	// Picture is that picture as a JPEG, for a webhook that asks for it; base64 in JSON.
	Picture []byte `json:"picture,omitempty"`
}

// Means are what is done elsewhere in the program. Each may be called from any goroutine.
type Means struct {
	// Snapshot saves what the alert's phone shows and returns the path of the picture with its
	// boxes.
	Snapshot func(Alert) (path string, err error)
	// Clip saves that many seconds before and after this moment; it returns when that is done.
	Clip func(ctx context.Context, a Alert, before, after time.Duration) error
	// Notify shows a notification.
	Notify func(Alert) error
	// Broker says why an MQTT broker cannot be told, nil when it is.
	Broker func() error
	// Done is told of each action that was carried out, with the error that it ended with.
	Done func(Alert, rules.Action, error)
}

// MaxUnderWay is how many alerts can be under way at once.
const MaxUnderWay = 32

// ErrTooMany is what an action ends with that was left out.
var ErrTooMany = errors.New("it was left out, since too many alerts are under way")

// Runner carries out what rules ask for. Any goroutine may use it.
type Runner struct {
	means Means
	slots chan struct{}
	work  sync.WaitGroup

	// waiting ends first, and with it all that waits for a later time; then running, with what is
	// being done.
	waiting, running context.Context
	endWait, endRun  context.CancelFunc

	mu     sync.Mutex
	closed bool
}

// New makes a Runner. The caller closes it.
func New(m Means) *Runner {
	r := &Runner{means: m, slots: make(chan struct{}, MaxUnderWay)}
	r.waiting, r.endWait = context.WithCancel(context.Background())
	r.running, r.endRun = context.WithCancel(context.Background())
	return r
}

// Run has all these actions done. It does not wait for any of them.
func (r *Runner) Run(a Alert, then []rules.Action) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	select {
	case r.slots <- struct{}{}:
		r.work.Go(func() {
			defer func() { <-r.slots }()
			r.all(a, then)
		})
	default:
		for _, do := range then {
			r.means.Done(a, do, ErrTooMany)
		}
	}
}

// UnderWay is how many alerts are not done yet.
func (r *Runner) UnderWay() int { return len(r.slots) }

// grace is how long Close waits for what is being done.
const grace = 3 * time.Second

// Close ends what is under way and waits for it: nothing is tried again, and clips are saved with
// what there is.
func (r *Runner) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.endWait()
	defer time.AfterFunc(grace, r.endRun).Stop()
	r.work.Wait()
}

// all does the actions of an alert. The snapshot comes first, since others send or name it; the
// others run side by side.
func (r *Runner) all(a Alert, then []rules.Action) {
	if wantsSnapshot(then) {
		path, err := r.means.Snapshot(a)
		a.Snapshot = path
		r.means.Done(a, rules.Action{Do: rules.Snapshot}, err)
	}
	var others sync.WaitGroup
	defer others.Wait()
	for _, do := range then {
		if do.Do == rules.Snapshot {
			continue
		}
		others.Go(func() { r.means.Done(a, do, r.one(a, do)) })
	}
}

func wantsSnapshot(then []rules.Action) bool {
	for _, do := range then {
		if do.Do == rules.Snapshot || do.Do == rules.Webhook && do.Picture {
			return true
		}
	}
	return false
}

func (r *Runner) one(a Alert, do rules.Action) error {
	seconds := func(v float64) time.Duration { return time.Duration(v * float64(time.Second)) }
	switch do.Do {
	case rules.Clip:
		return r.means.Clip(r.waiting, a, seconds(do.Before), seconds(do.After))
	case rules.Notify:
		return r.means.Notify(a)
	case rules.MQTT:
		return r.means.Broker()
	case rules.Sound:
		return chime(r.running)
	case rules.Webhook:
		return send(r.running, r.waiting, a, do)
	case rules.Command:
		return runCommand(r.running, a, do.To)
	}
	return errors.New("is nothing that can be done")
}

// labels are what made the rule fire in words, as in "2 person, 1 dog".
func (a Alert) labels() string {
	names := slices.SortedFunc(maps.Keys(a.Labels), func(x, y string) int {
		return cmp.Or(a.Labels[y]-a.Labels[x], cmp.Compare(x, y))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%d %s", a.Labels[name], name)
	}
	return strings.Join(names, ", ")
}
