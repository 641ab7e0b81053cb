package session

import (
	"cmp"
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"handlens/inference"
	"handlens/inference/detector"
	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/peer"
	"handlens/media/tape"
)

// Visitor is who joins, as far as it is known before it says so itself.
type Visitor struct {
	// Name is a guess, for example "iPhone"; Address the other end's IP address.
	Name, Address string
	// Phone is the fingerprint of a key that the phone has proved to have, by which it is known
	// again; "" for one that has none.
	Phone string
	// Watches says that it wants to watch what phones send, and is none itself.
	Watches bool
	// Visit is what whoever follows the phone's way here calls it; "" for nothing.
	Visit string
}

// Session carries one phone's video from its connection to all that use it. It has the methods of
// peer.Handler, which its link calls one at a time, on the connection's goroutine. A phone that
// comes back by another connection finds its session as it was.
type Session struct {
	id       string
	phone    string
	sink     Sink
	worker   *Worker
	now      func() time.Time
	pool     media.Pool
	pending  *media.Mailbox[*media.Frame] // the newest frame that the detector has not run on
	tape     *tape.Tape
	tracking *trackingState
	names    *names
	audience audience
	own      phoneDetector
	meter    meter
	clean    atomic.Bool // Display.Clean
	stop     context.CancelFunc
	stopped  sync.WaitGroup
	ended    sync.Once

	// Owned by whoever calls the methods of peer.Handler.
	decoder  *ffmpeg.Decoder
	codec    media.Codec // of the decoder
	video    video       // what the sink was told last
	awaitKey bool
	joined   bool

	// Owned by the session's goroutine.
	metered *peer.Conn // whose figures were read last
	dropped Drops      // by the connections before it

	mu       sync.Mutex
	link     *link
	expected *link        // the phone is about to come back by it; nil when it is not
	lost     media.Reason // why the link is over, while another is expected
	gone     bool         // the session has ended
	from     Visitor
	scene    Scene
	kind     string // what it is called, without a number
	name     string
	camera   Camera
	wish     SetMessage // what a page that comes back must hear again
	obeyed   bool       // it pauses as it was asked to
	// What the phone said last that it sends, and when.
	sending   Sending
	sendingAt time.Time

	phoneClock func(ms float64) (time.Time, bool) // instead of the connection's, for tests
}

// video is what a phone sends, and what decodes it.
type video struct {
	codec         media.Codec
	width, height int
	hardware      string
}

func newSession(id string, from Visitor, worker *Worker, sink Sink, d Display) *Session {
	s := &Session{
		id: id, phone: from.Phone, from: from, sink: sink, worker: worker, now: time.Now,
		kind: from.Name, name: from.Name, names: new(names),
		pending:  media.NewMailbox(func(f *media.Frame) { f.Release() }),
		tape:     tape.New(tape.Options{Keep: d.Keep, MaxBytes: maxTape}),
		tracking: newTrackingState(d),
	}
	s.clean.Store(d.Clean)
	s.audience.feed = peer.NewFeed(s.requestKeyFrame)
	s.audience.setBlurs(len(d.Blurred) > 0)
	s.link = &link{session: s, from: from}
	s.scene.Status = media.StatusConnecting
	s.meter.at = s.now()
	return s
}

// maxTape bounds, in bytes, what is kept of one phone's past: two minutes at 6 Mbit/s.
const maxTape = 96 << 20

// ID names the session, in events and towards the window.
func (s *Session) ID() string { return s.id }

// Address is the phone's IP address.
func (s *Session) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.from.Address
}

// Visit is Visitor.Visit of the connection in use.
func (s *Session) Visit() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.from.Visit
}

// Phone is what the phone is known again by: its key's fingerprint, or else its address.
func (s *Session) Phone() string { return cmp.Or(s.phone, s.Address()) }

// Name is what the phone calls itself, or a guess, with a number when there are several of them.
func (s *Session) Name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.name
}

// Conn returns the session's connection, nil while it is being made.
func (s *Session) Conn() *peer.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link.conn.Load()
}

// Shown counts a frame that was painted. Any goroutine may call it.
func (s *Session) Shown(origin, at time.Time) {
	s.meter.shown.Add(1)
	s.meter.painted.add(at.Sub(origin))
}

// Packet keeps and decodes one encoded frame, and hands it on to the viewers (peer.Handler).
func (s *Session) Packet(p media.Packet) {
	s.audience.feed.Packet(p)
	if s.awaitKey && !p.Key {
		return
	}
	p.PTS = s.tape.Video(p)
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
		s.stale(media.StatusDamaged)
		s.requestKeyFrame()
	}
}

func (s *Session) openDecoder(codec media.Codec) error {
	s.closeDecoder()
	// Hardware is trusted only after it proved itself on this very stream;
	// HANDLENS_DECODER=software keeps it from being tried, a name asks for one.
	d, err := ffmpeg.OpenDecoder(codec, &s.pool, ffmpeg.Options{
		Hardware: cmp.Or(os.Getenv("HANDLENS_DECODER"), "auto"),
		Failed:   func(err error) { s.sink.Failed(s, err) },
	})
	if err != nil {
		return &media.Fault{Code: media.CannotDecode, Codec: codec, Err: err}
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

// publish hands a decoded frame to everything that uses frames.
func (s *Session) publish(f *media.Frame, codec media.Codec) {
	s.meter.arrived(f)
	v := video{codec, f.Width, f.Height, s.decoder.Hardware()}
	if v != s.video {
		s.video = v
		defer s.sink.Video(s, codec, f.Width, f.Height)
	}
	s.tracking.camera(f)
	s.show(f, codec, v.hardware)
	s.own.remember(f)
	s.deliverResults()
	if !s.own.detecting(s.now()) {
		s.pending.Put(f.Retain())
		s.worker.signal()
	}
}

// Stale marks what is shown as old (peer.Handler).
func (s *Session) Stale() {
	s.tape.Gap()
	s.stale(media.StatusWeak)
}

// Audio keeps one packet of the phone's audio (peer.Handler).
func (s *Session) Audio(p media.Audio) { s.tape.Audio(p) }

// State follows the connection (peer.Handler), and the return by another one.
func (s *Session) State(state peer.State, reason media.Reason) {
	switch state {
	case peer.Connecting:
	case peer.Connected:
		s.connected()
	case peer.Disconnected:
		s.stale(media.StatusOutOfReach)
	case peer.Closed:
		s.audience.end(reason)
		s.end()
	}
	s.sink.Connection(s, state, reason)
	if state == peer.Closed && s.joined {
		s.sink.Left(s, reason)
	}
}

// connected announces the phone, once; later calls are returns from a lost connection.
func (s *Session) connected() {
	s.mu.Lock()
	if s.scene.Frame == nil {
		s.scene.Status = media.StatusAwaitingCamera
	}
	s.mu.Unlock()
	if !s.joined {
		s.joined = true
		s.sink.Joined(s)
	}
}

// Control takes in one message of the phone (peer.Handler). What is not understood is left alone:
// the page may be newer than we are.
func (s *Session) Control(msg []byte) {
	m, err := decodeMessage(msg)
	if err != nil {
		return
	}
	switch m := m.(type) {
	case HelloMessage:
		s.hello(m)
	case CameraMessage:
		s.cameraChanged(m)
	case SendingMessage:
		s.sends(m)
	case PausedMessage:
		s.pauses(m)
	case DetectorMessage:
		s.detectorSays(m)
	}
}

// begin starts the session's goroutine and has the detector run on its frames.
func (s *Session) begin() {
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.stopped.Go(func() {
		s.statsLoop(ctx)
	})
	s.worker.add(s)
}

// end undoes begin and frees what the session holds, once. It runs when the connection's goroutine
// has brought its last frame, or never came to be.
func (s *Session) end() { s.ended.Do(s.free) }

func (s *Session) free() {
	s.mu.Lock()
	s.gone = true
	s.mu.Unlock()
	s.stop()
	s.worker.remove(s)
	s.audience.end(media.Reason{})
	s.pending.Close()
	s.closeDecoder()
	s.tape.Close()
	s.mu.Lock()
	names := s.names
	s.mu.Unlock()
	names.forget(s)
	s.stopped.Wait()
	s.dropScene()
}

// nextFrame implements frameSource for the Worker.
func (s *Session) nextFrame() (*media.Frame, bool) { return s.pending.TryTake() }

// messageSize is how many bytes of outlines and keypoints a phone is sent at most for one frame:
// what does not fit into some twenty packets comes too late.
const messageSize = 24 << 10

// detected implements frameSource.
func (s *Session) detected(f *media.Frame, all []inference.Detection, t detector.Timing,
	model detector.Info,
) {
	s.pass(found{
		moment: moment{f.Origin(), f.PTS, f.RTP}, by: OnComputer, all: all, timing: t, model: model,
	})
}

// pass keeps a result for the scene and sends it to the phone, unless it comes from there.
func (s *Session) pass(r found) {
	s.own.finding.Lock()
	defer s.own.finding.Unlock()
	now := s.now()
	if !s.own.fresh(r, now) {
		return
	}
	s.meter.detectionDone(r, now)
	_, shown := s.tracking.update(r.pts, r.all)
	if r.by == OnPhone {
		r.model = s.own.model()
	}
	s.mu.Lock()
	s.scene.DetectedFor = r.origin
	s.scene.Detector, s.scene.Model = r.timing, r.model
	conn := s.link.conn.Load()
	s.mu.Unlock()

	m := inference.NewMessage(r.origin, now, r.model.Name, shown)
	if b, err := m.Within(messageSize); err == nil {
		if conn != nil && r.by == OnComputer {
			conn.SendDetections(b)
		}
		s.audience.detected(b, r.rtp)
	}
	s.sink.Detections(s, m)
}

// undetected implements frameSource.
func (s *Session) undetected(err error) { s.sink.Failed(s, err) }
