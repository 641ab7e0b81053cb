package desktop

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"sync"
	"time"
)

const (
	// maxLines and maxLineBytes bound the lines of one kind that wait to be written: a second of
	// eight phones' detections. What waits longer than that is old news.
	maxLines, maxLineBytes = 256, 1 << 20
	// reportEvery is how often a reader that is merely slow is told how many lines it missed.
	reportEvery = time.Second
	// closeWithin is how long Close waits for a reader.
	closeWithin = 2 * time.Second
)

// errUnread is what Close says of a reader that does not read.
var errUnread = errors.New("the last lines were not written, since nothing reads them")

// lineOutput is where a lineWriter writes.
type lineOutput struct {
	// open opens it. It may wait, for example for the other end of a FIFO.
	open func() (io.WriteCloser, error)
	// report makes the line that stands where lines are missing, from how many there are of each
	// kind. It must not use the lineWriter.
	report func(missing map[string]int) []byte
	// failed is told, once, why no more lines can be written; it may be nil.
	failed func(error)
}

// total is how many lines are missing, of all kinds.
func total(missing map[string]int) (n int) {
	for _, of := range missing {
		n += of
	}
	return n
}

// lineWriter writes lines to what may be slow or stuck: a pipe, a terminal, a disk. Only Close
// waits for that, and not for long. Lines wait in a queue until a goroutine writes them. Each kind
// of line has a queue of its own, so that many lines of one kind never cost one of another; when it
// is full, the oldest line is dropped and counted. All methods may be called from any goroutine.
type lineWriter struct {
	output lineOutput
	now    func() time.Time
	done   chan struct{} // closed when the goroutine has ended

	colours bool // what is written may have some

	mu       sync.Mutex
	more     *sync.Cond // signalled when there is a line, or the end
	waiting  map[string]*lineQueue
	next     uint64 // the number of the next line
	missing  map[string]int
	reported time.Time
	closing  bool // no line is taken any more
	late     bool // Close has given up
	out      io.Closer
}

// newLineWriter starts a lineWriter, which the caller closes.
func newLineWriter(o lineOutput) *lineWriter {
	w := &lineWriter{
		output: o, now: time.Now, done: make(chan struct{}),
		waiting: make(map[string]*lineQueue), missing: make(map[string]int),
	}
	w.more = sync.NewCond(&w.mu)
	go w.run()
	return w
}

// put queues a line of that kind, with its line break. The slice is the lineWriter's from here on.
func (w *lineWriter) put(kind string, line []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return
	}
	q := w.waiting[kind]
	if q == nil {
		q = new(lineQueue)
		w.waiting[kind] = q
	}
	if dropped := q.push(w.next, line); dropped > 0 {
		w.missing[kind] += dropped
	}
	w.next++
	w.more.Signal()
}

// Write queues a line that is a log's. It never fails.
func (w *lineWriter) Write(line []byte) (int, error) {
	w.put("log", bytes.Clone(line))
	return len(line), nil
}

// Close writes what waits and closes the output. After two seconds it gives up, with an error.
func (w *lineWriter) Close() error {
	w.mu.Lock()
	w.closing = true
	w.more.Signal()
	w.mu.Unlock()
	timer := time.NewTimer(closeWithin)
	defer timer.Stop()
	select {
	case <-w.done:
		return nil
	case <-timer.C:
	}
	w.mu.Lock()
	w.late = true
	out := w.out
	w.mu.Unlock()
	if out != nil {
		_ = out.Close() // it ends a Write that hangs, where the system can do that
	}
	return errUnread
}

// run is the goroutine that may wait.
func (w *lineWriter) run() {
	defer close(w.done)
	err := w.writeAll()
	w.mu.Lock()
	w.closing = true
	clear(w.waiting)
	late := w.late
	w.mu.Unlock()
	if err != nil && !late && w.output.failed != nil {
		w.output.failed(err)
	}
}

// writeAll writes lines until Close or an error. Each goes out in one piece, so that others who
// write to the same file do not come between.
func (w *lineWriter) writeAll() error {
	out, err := w.output.open()
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.out = out
	w.mu.Unlock()
	for {
		line, missing := w.take()
		if missing != nil {
			line = w.output.report(missing)
		} else if line == nil {
			return out.Close()
		}
		if _, err := out.Write(line); err != nil {
			_ = out.Close() // the first error says more
			return err
		}
	}
}

// take waits for what is to be written next: the oldest line, or how many are missing before it. It
// returns neither at the end.
func (w *lineWriter) take() (line []byte, missing map[string]int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if len(w.missing) > 0 && (w.closing || w.now().Sub(w.reported) >= reportEvery) {
			missing = maps.Clone(w.missing)
			clear(w.missing)
			w.reported = w.now()
			return nil, missing
		}
		if q := w.oldest(); q != nil {
			return q.pop(), nil
		}
		if w.closing {
			return nil, nil
		}
		w.more.Wait()
	}
}

// oldest is the queue with the line that has waited longest, or nil.
func (w *lineWriter) oldest() (oldest *lineQueue) {
	for _, q := range w.waiting {
		if len(q.lines) > 0 && (oldest == nil || q.lines[0].number < oldest.lines[0].number) {
			oldest = q
		}
	}
	return oldest
}

// lineQueue are the lines of one kind that wait, oldest first.
type lineQueue struct {
	lines []numberedLine
	bytes int
}

type numberedLine struct {
	number uint64 // grows from line to line over all kinds
	text   []byte
}

// push adds a line and returns how many it dropped for that.
func (q *lineQueue) push(number uint64, text []byte) (dropped int) {
	q.lines = append(q.lines, numberedLine{number, text})
	q.bytes += len(text)
	for len(q.lines) > maxLines || (q.bytes > maxLineBytes && len(q.lines) > 1) {
		q.pop()
		dropped++
	}
	return dropped
}

// pop takes out the oldest line, which there must be.
func (q *lineQueue) pop() []byte {
	text := q.lines[0].text
	q.lines[0].text = nil // the array behind the slice lives on for a while
	q.lines = q.lines[1:]
	q.bytes -= len(text)
	return text
}
