package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	commandTime = time.Minute
	// killAfter is how long a command that was told to end may still take.
	killAfter = 2 * time.Second
	maxOutput = 4 << 10 // bytes that are kept of what a command says
)

// runCommand runs a command line of the user's in the system's shell. What is told of the alert
// stands in its environment, and as JSON at its standard input.
func runCommand(ctx context.Context, a Alert, line string) error {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	cmd := shell(ctx, line)
	cmd.WaitDelay = killAfter
	cmd.Stdin = bytes.NewReader(append(body, '\n'))
	said := new(tail)
	cmd.Stdout, cmd.Stderr = said, said
	cmd.Env = append(os.Environ(),
		"HANDLENS_RULE="+clean(a.Rule), "HANDLENS_PHONE="+clean(a.Phone),
		"HANDLENS_PLACE="+clean(a.Place), "HANDLENS_LABELS="+clean(a.labels()),
		"HANDLENS_COUNT="+strconv.Itoa(a.Count), "HANDLENS_SNAPSHOT="+a.Snapshot,
		"HANDLENS_TIME="+strconv.FormatInt(a.Time, 10),
	)
	err = cmd.Run()
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return fmt.Errorf("it was ended, since it took longer than %d s",
			int(commandTime.Seconds()))
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it has ended well, but left something running
	case err != nil && said.last() != "":
		return fmt.Errorf("%w: %s", err, said.last())
	case err != nil:
		return err
	}
	return nil
}

// clean leaves out what an environment cannot hold.
func clean(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// tail keeps the end of what is written to it.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if over := len(t.b) - maxOutput; over > 0 {
		t.b = append(t.b[:0], t.b[over:]...)
	}
	return len(p), nil
}

// last is the last line.
func (t *tail) last() string {
	text := strings.TrimSpace(string(t.b))
	return text[strings.LastIndexByte(text, '\n')+1:]
}
