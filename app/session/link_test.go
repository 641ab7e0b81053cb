package session

import (
	"encoding/json"
	"testing"

	"go.uber.org/goleak"

	"handlens/inference"
	"handlens/media"
	"handlens/media/peer"
	"handlens/media/waittest"
)

const clipFile = "../../media/ffmpeg/testdata/vp8.ivf"

// returnAs has a phone of that name ask to join; the connection stands when it takes the answer.
func (p *phone) returnAs(t *testing.T, m *Manager, name, address string) *peer.Conn {
	t.Helper()
	from := Visitor{Name: "a phone", Address: address, Phone: name, Visit: "from " + address}
	conn, err := m.Join(t.Context(), p.offer, from)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// arrive is returnAs for a phone's first time here.
func (p *phone) arrive(t *testing.T, m *Manager, book *ledger, name string) *Session {
	t.Helper()
	p.accept(t, p.returnAs(t, m, name, "192.0.2.1").Answer())
	return waittest.Receive(t, "the phone joins", book.joined)
}

// wantDetections waits until something was found in a frame that came just now.
func wantDetections(t *testing.T, book *ledger) {
	t.Helper()
	for len(book.detections) > 0 {
		<-book.detections
	}
	var found inference.Message
	for len(found.Detections) == 0 {
		found = waittest.Receive(t, "detections", book.detections)
	}
}

func wantHere(t *testing.T, m *Manager, book *ledger, want ...*Session) {
	t.Helper()
	got := m.Sessions()
	if len(got) != len(want) {
		t.Fatalf("%d sessions are here, want %d", len(got), len(want))
	}
	for i, s := range got {
		if s != want[i] {
			t.Errorf("session %d is another one", i)
		}
	}
	if len(book.joined) != 0 || len(book.left) != 0 {
		t.Errorf("%d more joined, %d left", len(book.joined), len(book.left))
	}
}

func TestAPhoneComesBackIntoItsSession(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		book := newLedger()
		m := serve(t, book)
		first := newPhone(t, clipFile)
		defer first.close()
		s := first.arrive(t, m, book, "name-of-16-or-more")
		wantDetections(t, book)
		width := SetMessage{Width: 1280}
		s.Tell(width)
		s.Tell(SetMessage{Height: 720, Flip: true})
		before := s.Conn()
		_, until := s.tape.Span()

		again := newPhone(t, clipFile)
		defer again.close()
		again.accept(t, again.returnAs(t, m, "name-of-16-or-more", "192.0.2.7").Answer())
		waittest.Receive(t, "the end of the old connection", before.Done())
		waittest.Until(t, "the new connection", func() bool { return s.Conn() != before })
		wantDetections(t, book)
		wantHere(t, m, book, s)
		if s.Address() != "192.0.2.7" || s.Phone() != "name-of-16-or-more" ||
			s.Visit() != "from 192.0.2.7" {
			t.Errorf("it is at %s and called %s, by %s", s.Address(), s.Phone(), s.Visit())
		}
		if _, now := s.tape.Span(); now <= until {
			t.Errorf("its time was %v and is %v", until, now)
		}
		wantWish(t, again)

		s.Conn().Close(media.Reason{Code: media.SentAway})
		if why := waittest.Receive(t, "the phone leaves", book.left); why.Code != media.SentAway {
			t.Errorf("it left because %v", why)
		}
		wantHere(t, m, book)
	})
}

// wantWish waits until the phone is told what was wished for, but not what was done once.
func wantWish(t *testing.T, p *phone) {
	t.Helper()
	for {
		var told struct {
			Type          string
			Width, Height int
			Flip          bool
		}
		b := waittest.Receive(t, "what was wished for", p.control)
		if err := json.Unmarshal(b, &told); err != nil {
			t.Fatal(err)
		}
		if told.Type != "set" {
			continue
		}
		if told.Width != 1280 || told.Height != 720 || told.Flip {
			t.Errorf("the phone is told %s", b)
		}
		return
	}
}

// TestAnOfferOfWhichNothingComes leaves the connection as it is, whoever sent it.
func TestAnOfferOfWhichNothingComes(t *testing.T) {
	book := newLedger()
	m := serve(t, book)
	p := newPhone(t, clipFile)
	defer p.close()
	s := p.arrive(t, m, book, "name-of-16-or-more")
	before := s.Conn()
	from := Visitor{Phone: "name-of-16-or-more"}
	if _, err := m.Join(t.Context(), "v=nonsense", from); err == nil {
		t.Error("a broken offer is answered")
	}
	for range 3 { // each takes the place of the one before, not of the connection
		silent := newPhone(t, clipFile)
		defer silent.close()
		silent.returnAs(t, m, "name-of-16-or-more", "192.0.2.1")
	}
	wantDetections(t, book)
	if s.Conn() != before {
		t.Error("the connection is another one")
	}
	wantHere(t, m, book, s)

	other := newPhone(t, clipFile)
	defer other.close()
	wantHere(t, m, book, s, func() *Session { return other.arrive(t, m, book, "") }())
}

// TestTheOldConnectionEndsFirst has the page close its old connection before the new one stands,
// and then a second time, without one that ever stands.
func TestTheOldConnectionEndsFirst(t *testing.T) {
	book := newLedger()
	m := serve(t, book)
	first := newPhone(t, clipFile)
	s := first.arrive(t, m, book, "name-of-16-or-more")
	before := s.Conn()
	again := newPhone(t, clipFile)
	conn := again.returnAs(t, m, "name-of-16-or-more", "192.0.2.1")
	first.close()
	waittest.Receive(t, "the end of the old connection", before.Done())
	wantHere(t, m, book, s)
	again.accept(t, conn.Answer())
	wantDetections(t, book)
	wantHere(t, m, book, s)

	silent := newPhone(t, clipFile)
	defer silent.close()
	pending := silent.returnAs(t, m, "name-of-16-or-more", "192.0.2.1")
	again.close()
	waittest.Receive(t, "the end of the second connection", conn.Done())
	wantHere(t, m, book, s)
	pending.Close(media.Reason{Code: media.PhoneGaveUp})
	waittest.Receive(t, "the phone leaves", book.left)
	wantHere(t, m, book)
	if n := s.pool.Outstanding(); n != 0 {
		t.Errorf("%d frames are still held after the end", n)
	}
}
