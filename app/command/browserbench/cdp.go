package browserbench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// client speaks the Chrome DevTools Protocol over the browser's pipes: JSON objects, each ended by
// a zero byte. The library that the tests use would make the program 1.7 MB larger for the few
// methods that are needed, and wants a WebSocket, whose port any other program on this computer
// could use.
type client struct {
	w io.Writer

	mu      sync.Mutex
	next    int
	waiting map[int]chan answer
	ended   error
	done    chan struct{} // closed when the browser says no more
}

type answer struct {
	ID     int             `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// newClient reads what the browser says on a goroutine of its own, until r ends.
func newClient(r io.Reader, w io.Writer) *client {
	c := &client{w: w, waiting: map[int]chan answer{}, done: make(chan struct{})}
	go c.read(bufio.NewReader(r))
	return c
}

func (c *client) read(r *bufio.Reader) {
	defer close(c.done)
	for {
		message, err := r.ReadBytes(0)
		if err != nil {
			c.mu.Lock()
			c.ended = errors.New("the browser has ended")
			c.mu.Unlock()
			return
		}
		var a answer
		if json.Unmarshal(message[:len(message)-1], &a) != nil || a.ID == 0 {
			continue // an event: none is waited for
		}
		c.mu.Lock()
		to := c.waiting[a.ID]
		delete(c.waiting, a.ID)
		c.mu.Unlock()
		if to != nil {
			to <- a
		}
	}
}

// call has the browser do something and reads the result into result, unless that is nil. session
// is the tab's, "" for the browser itself.
func (c *client) call(ctx context.Context, session, method string, params, result any) error {
	to := make(chan answer, 1)
	c.mu.Lock()
	c.next++
	id := c.next
	c.waiting[id] = to
	request := map[string]any{"id": id, "method": method, "params": params}
	if session != "" {
		request["sessionId"] = session
	}
	data, err := json.Marshal(request)
	if err == nil {
		_, err = c.w.Write(append(data, 0))
	}
	c.mu.Unlock()
	if err != nil {
		return fmt.Errorf("asking the browser for %s: %w", method, err)
	}
	select {
	case a := <-to:
		if a.Error != nil {
			return fmt.Errorf("%s: %s", method, a.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(a.Result, result)
	case <-c.done:
		return c.ended
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
