package session

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"handlens/inference"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/peer"
	"handlens/media/tape"
)

// Visitor is who joins, as far as it is known before it says so itself.
type Visitor struct {
	// Name is a guess, for example "iPhone"; Address the other end's IP address.
	Name, Address string
}

// Session is one phone's road. It implements peer.Handler; all methods of that interface are called by the connection's goroutine.
type Session struct {
	id      string
	from    Visitor
	sink    Sink
	worker  *Worker
	now     func() time.Time
	since   time.Time
	pool    media.Pool
	unseen  *media.Mailbox[*media.Frame]
	tape    *tape.Tape
	sight   *sight
	meter   meter
	stop    context.CancelFunc
	stopped sync.WaitGroup
	ended   sync.Once

	// Owned by the connection's goroutine.
	decoder       *ffmpeg.Decoder
	codec         media.Codec
	width, height int
	awaitKey      bool
	joined        bool
	times         times

	mu     sync.Mutex
	conn   *peer.Conn
	scene  Scene
	name   string
	camera Camera
}

func newSession(id string, from Visitor, worker *Worker, sink Sink, d Display) *Session {
	s := &Session{
		id: id, from: from, sink: sink, worker: worker, now: time.Now, since: time.Now(), name: from.Name,
		unseen: media.NewMailbox(func(f *media.Frame) { f.Release() }),
		tape:   tape.New(tape.Options{Keep: d.Keep, MaxBytes: maxTape}),
		sight:  newSight(d),
	}
	s.scene.Status = "connecting"
	s.meter.at = s.since
	return s
}

// maxTape bounds, in bytes, what is kept of one phone's past: two minutes at 6 Mbit/s.
const maxTape = 96 << 20

// keyEvery is how long the stream may go without a key frame. The past can be looked at from key frames on only, and each costs the
// bytes of some seven other pictures.
const keyEvery = 10 * time.Second

// ID names the session, in events and towards the window.
func (s *Session) ID() string { return s.id }

// Address is the phone's IP address.
func (s *Session) Address() string { return s.from.Address }

// Name is what the phone calls itself, or a guess.
func (s *Session) Name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}

// Conn returns the session's connection, nil while it is being made.
func (s *Session) Conn() *peer.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// Shown counts a picture that was painted. Any goroutine may call it.
func (s *Session) Shown(origin, at time.Time) {
	s.meter.shown.Add(1)
	s.meter.painted.add(at.Sub(origin))
}

// Packet keeps and decodes one coded picture (peer.Handler).
func (s *Session) Packet(p media.Packet) {
	if s.awaitKey && !p.Key {
		return
	}
	s.times.note(p.RTP, s.tape.Picture(p))
	if s.decoder == nil || p.Codec != s.codec {
		if err := s.openDecoder(p.Codec); err != nil {
			s.sink.Failed(s, err)
			return
		}
	}
	s.awaitKey = false
	if err := s.decoder.Decode(p, func(f *media.Frame) { s.publish(f, p.Codec) }); err != nil {
		s.meter.broken.Add(1)
		s.awaitKey = true
		s.tape.Gap()
		s.stale("the picture was damaged, waiting for a new one")
		if c := s.Conn(); c != nil {
			c.RequestKeyFrame()
		}
	}
}

func (s *Session) openDecoder(codec media.Codec) error {
	s.closeDecoder()
	// Hardware is trusted only after it proved itself on this very stream; HANDLENS_DECODER=software keeps it from being tried, a name asks for one.
	d, err := ffmpeg.OpenDecoder(codec, &s.pool, ffmpeg.Options{
		Hardware: cmp.Or(os.Getenv("HANDLENS_DECODER"), "auto"),
		Say:      func(words string) { s.sink.Failed(s, errors.New(words)) },
	})
	if err != nil {
		return fmt.Errorf("this phone's %s video cannot be decoded: %w", codec, err)
	}
	s.decoder, s.codec = d, codec
	return nil
}

func (s *Session) closeDecoder() {
	if s.decoder != nil {
		s.decoder.Close()
		s.decoder = nil
	}
}

// publish hands a decoded picture to everything that looks at pictures.
func (s *Session) publish(f *media.Frame, codec media.Codec) {
	f.PTS = s.times.of(f.RTP)
	s.meter.arrived(f)
	hardware := s.decoder.Hardware()
	if f.Width != s.width || f.Height != s.height || s.scene.Codec != codec || s.scene.Hardware != hardware {
		s.width, s.height = f.Width, f.Height
		defer s.sink.Video(s, codec, f.Width, f.Height)
	}
	s.sight.camera(f)
	s.show(f, codec, hardware)
	s.unseen.Put(f.Retain())
	s.worker.signal()
}

// Stale marks what is shown as old (peer.Handler).
func (s *Session) Stale() {
	s.tape.Gap()
	s.stale("the connection is weak, waiting for a whole picture")
}

// Audio keeps one packet of the phone's microphone (peer.Handler).
func (s *Session) Audio(p media.Audio) { s.tape.Audio(p) }

// State follows the connection (peer.Handler).
func (s *Session) State(state peer.State, reason string) {
	switch state {
	case peer.Connecting:
	case peer.Connected:
		s.connected()
	case peer.Disconnected:
		s.stale("the phone is out of reach, waiting for it")
	case peer.Closed:
		s.end()
	}
	s.sink.Connection(s, state, reason)
	if state == peer.Closed && s.joined {
		s.sink.Left(s, reason)
	}
}

// connected brings the phone in at the first time; later ones are returns from a lost connection.
func (s *Session) connected() {
	s.mu.Lock()
	if s.scene.Frame == nil {
		s.scene.Status = "waiting for the camera"
	}
	s.mu.Unlock()
	if !s.joined {
		s.joined = true
		s.sink.Joined(s)
	}
}

// controlMessage is what the phone may say; the fields depend on the type.
type controlMessage struct {
	Type   string `json:"type"`
	Name   string `json:"name"`
	Paused bool   `json:"paused"`
}

// nameLimit bounds, in characters, the name that a phone gives itself.
const nameLimit = 40

// Control takes in one message of the phone (peer.Handler). What is not understood is left alone: the page may be newer than we are.
func (s *Session) Control(msg []byte) {
	var m controlMessage
	if json.Unmarshal(msg, &m) != nil {
		return
	}
	switch m.Type {
	case "hello":
		s.rename(m.Name)
		s.sink.Greeted(s)
	case "camera":
		s.cameraTold(msg)
	case "paused":
		if m.Paused {
			s.stale("paused on the phone")
		}
	}
}

func (s *Session) rename(name string) {
	name = printable(name, nameLimit)
	if name == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.name = name
}

// begin starts the goroutine that takes stock.
func (s *Session) begin() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.stopped.Add(1)
	go func() {
		defer s.stopped.Done()
		s.takeStock(ctx)
	}()
	s.worker.add(s)
}

// end undoes begin and frees what the road holds, once. It runs when the connection's goroutine has brought its last picture, or
// never came to be.
func (s *Session) end() { s.ended.Do(s.free) }

func (s *Session) free() {
	s.stop()
	s.worker.remove(s)
	s.unseen.Close()
	s.closeDecoder()
	s.tape.Close()
	s.stopped.Wait()
	s.dropScene()
}

// nextFrame implements subject for the Worker.
func (s *Session) nextFrame() (*media.Frame, bool) { return s.unseen.TryTake() }

// messageSize is how many bytes of outlines and key points a phone is sent at most for one picture: what does not fit into some twenty packets
// comes too late.
const messageSize = 24 << 10

// detected implements subject: it keeps the result for the scene and sends it on its way.
func (s *Session) detected(f *media.Frame, found []inference.Detection, t inference.Timing, model inference.Info) {
	now := s.now()
	s.meter.looked(f, t, now)
	_, shown := s.sight.look(f.PTS, found)
	s.mu.Lock()
	s.scene.DetectedFor = f.Origin()
	s.scene.Detector, s.scene.Model = t, model
	conn := s.conn
	s.mu.Unlock()

	m := inference.NewMessage(f.Origin(), now, model.Name, shown)
	if conn != nil {
		if b, err := m.Within(messageSize); err == nil {
			conn.SendDetections(b)
		}
	}
	s.sink.Detections(s, m)
}

// undetected implements subject.
func (s *Session) undetected(err error) { s.sink.Failed(s, err) }

// takeStock tells the sink once a second how things go.
func (s *Session) takeStock(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		conn := s.Conn()
		if conn == nil {
			continue
		}
		if age := s.tape.KeyAge(); age > keyEvery {
			conn.RequestKeyFrame()
		}
		from, _ := s.tape.Span()
		s.sight.looks.Forget(from)
		p := conn.Stats()
		st := s.meter.take(s.now(), p)
		_, skipped := s.unseen.Counts()
		st.Drops = map[string]uint64{
			"incomplete": p.Dropped.Incomplete, "unreferenced": p.Dropped.Unreferenced, "malformed": p.Dropped.Malformed,
			"too_large": p.Dropped.TooLarge, "decoder": p.Dropped.Overflow, "damaged": s.meter.broken.Load(), "detector": skipped,
		}
		s.mu.Lock()
		if f := s.scene.Frame; f != nil {
			st.Age = s.now().Sub(f.Origin())
		}
		s.scene.Stats = st
		s.mu.Unlock()
		s.sink.Stats(s, st)
	}
}
