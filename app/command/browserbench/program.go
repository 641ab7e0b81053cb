package browserbench

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

// program is Handlens itself without its window, in a process of its own, so that what it uses can
// be told from what the measuring uses.
type program struct {
	cmd    *exec.Cmd
	url    string // with the token
	ended  chan struct{}
	stderr bytes.Buffer // to be read once it has ended

	mu     sync.Mutex
	events []event
	more   chan struct{} // closed and replaced with each event
}

// event is a line of --events, with the fields that are of use here.
type event struct {
	Event    string `json:"event"`
	URL      string `json:"url"`
	State    string `json:"state"`
	Text     string `json:"text"`
	Provider string `json:"provider"`
	Codec    string `json:"codec"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
	// Of the event stats: what each stage took, and the camera's frames.
	Latency map[string]struct {
		P50 float64 `json:"p50"`
	} `json:"latency"`
}

// startProgram starts it with that data folder, and waits until its model is ready.
func startProgram(ctx context.Context, o Options, dir string) (*program, error) {
	p := &program{ended: make(chan struct{}), more: make(chan struct{})}
	self := o.Program
	if self == "" {
		var err error
		if self, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	p.cmd = exec.Command(self, "--no-window", "--events", "-", "--port", "0", "--address",
		"127.0.0.1", "--approve", "auto", "--data-dir", dir,
		"--model", o.ModelFile, "--provider", o.Provider,
		"--confidence", number(o.Confidence), "--iou", number(o.IoU))
	p.cmd.Stderr = &p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start Handlens: %w", err)
	}
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.told(lines.Bytes())
		}
		_ = p.cmd.Wait() // it is ended by us
		close(p.ended)
	}()
	if err := p.ready(ctx); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func (p *program) told(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	close(p.more)
	p.more = make(chan struct{})
}

// ready waits until it listens and its model is loaded.
func (p *program) ready(ctx context.Context) error {
	listening, err := p.wait(ctx, "listening", func(event) bool { return true })
	if err != nil {
		return err
	}
	if u, err := url.Parse(listening.URL); err != nil || u.Fragment == "" {
		return errors.New("the program gave no address")
	}
	p.url = listening.URL
	model, err := p.wait(ctx, "model", func(e event) bool { return e.State != "loading" })
	if err == nil && model.State != "ready" {
		err = fmt.Errorf("the model is not ready: %s", model.Text)
	}
	return err
}

// wait returns the first such event.
func (p *program) wait(ctx context.Context, kind string, ok func(event) bool) (event, error) {
	for {
		p.mu.Lock()
		more := p.more
		for _, e := range p.events {
			if e.Event == kind && ok(e) {
				p.mu.Unlock()
				return e, nil
			}
		}
		p.mu.Unlock()
		select {
		case <-more:
		case <-p.ended:
			said := strings.TrimSpace(p.stderr.String())
			return event{}, fmt.Errorf("the program has ended: %s", cmp.Or(said, "it said nothing"))
		case <-ctx.Done():
			return event{}, context.Cause(ctx)
		}
	}
}

// mark is how many events there are; since returns those after a mark.
func (p *program) mark() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.events)
}

func (p *program) since(mark int) []event {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.events[mark:len(p.events):len(p.events)]
}

// usage is what the program has used so far.
func (p *program) usage() usage {
	cpu, _ := cpuOf(p.cmd.Process.Pid)
	return usage{at: time.Now(), cpu: cpu, memory: memoryOf(p.cmd.Process.Pid)}
}

// close ends the program.
func (p *program) close() {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case <-p.ended:
	case <-time.After(closing):
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}
