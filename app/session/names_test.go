package session

import (
	"fmt"
	"testing"

	"handlens/media"
	"handlens/media/peer"
	"handlens/media/waittest"
)

// TestTheBestNameStays, whoever says what, and in which order.
func TestTheBestNameStays(t *testing.T) {
	hello := func(name string) func(*Session) {
		return func(s *Session) { s.Control(fmt.Appendf(nil, `{"type":"hello","name":%q}`, name)) }
	}
	back := func(name string) func(*Session) { // by another connection
		return func(s *Session) {
			s.called(name, false) // as adopt does
		}
	}
	for i, test := range []struct {
		visitor string
		then    []func(*Session)
		want    string
	}{
		{"Pixel 7", []func(*Session){hello("Android")}, "Pixel 7"},
		{"Pixel 7", []func(*Session){hello("Pixel 7"), hello("Android"), hello("")}, "Pixel 7"},
		{"Android phone", []func(*Session){hello("Pixel 7"), hello("Android")}, "Pixel 7"},
		{"Android phone", []func(*Session){hello("Android")}, "Android phone"},
		{"Android phone", []func(*Session){hello("Mobile")}, "Android phone"},
		{"Android phone", []func(*Session){back("Pixel 7"), hello("Android")}, "Pixel 7"},
		{"Pixel 7", []func(*Session){back("Android phone"), back("unknown device")}, "Pixel 7"},
		{
			"unknown device",
			[]func(*Session){hello("Android"), back("Android phone")},
			"Android phone",
		},
		{"Chrome on Linux", []func(*Session){hello("Linux")}, "Chrome on Linux"},
		{"iPhone", []func(*Session){hello("iPhone")}, "iPhone"},
		{"iPhone", []func(*Session){hello("Anna's iPhone"), back("iPhone")}, "Anna's iPhone"},
		{"OBS", nil, "OBS"},
		{"", []func(*Session){hello("")}, ""},
	} {
		s := newSession("phone-1", Visitor{Name: test.visitor}, NewWorker(), NoSink{}, Display{})
		for _, f := range test.then {
			f(s)
		}
		if s.Name() != test.want {
			t.Errorf("%d: it is called %q, want %q", i, s.Name(), test.want)
		}
	}
}

// TestEqualPhonesAreToldApart, and a number that is free is used again.
func TestEqualPhonesAreToldApart(t *testing.T) {
	var n names
	phone := func(key string) *Session { return &Session{phone: key} }
	a, b, c := phone("a"), phone("b"), phone("")
	for i, test := range []struct {
		s          *Session
		name, want string
	}{
		{a, "Pixel 7", "Pixel 7"},
		{b, "Pixel 7", "Pixel 7 (2)"},
		{c, "Pixel 7", "Pixel 7 (3)"},
		{b, "Pixel 7", "Pixel 7 (2)"},
		{a, "Anna's phone", "Anna's phone"},
		{c, "Pixel 7", "Pixel 7"},
		{c, "", ""},
	} {
		if got := n.give(test.s, test.name); got != test.want {
			t.Errorf("%d: %q, want %q", i, got, test.want)
		}
	}
	n.forget(b)
	if got := n.give(phone(""), "Pixel 7 (2)"); got != "Pixel 7 (2)" {
		t.Errorf("a name that nobody has any more is given as %q", got)
	}
	for i := range 3 * maxNamed {
		n.give(phone(fmt.Sprint(i)), "x")
	}
	if len(n.of) > maxNamed || n.remembered(fmt.Sprint(3*maxNamed-1)) != "x" {
		t.Errorf("%d phones are remembered", len(n.of))
	}
}

// TestNamesOfRealPhones: two of a kind, of which one comes back into its session, and then after
// it. (A page without a camera's permission sends nothing, and is still a phone.)
func TestNamesOfRealPhones(t *testing.T) {
	book := newLedger()
	m := serve(t, book)
	visit := func(key, name string) (*phone, *peer.Conn) {
		p := newPhone(t, clipFile)
		t.Cleanup(p.close)
		conn, err := m.Join(t.Context(), p.offer,
			Visitor{Name: name, Address: "192.0.2.1", Phone: key})
		if err != nil {
			t.Fatal(err)
		}
		p.accept(t, conn.Answer())
		return p, conn
	}
	const one, two = "name-of-16-or-more", "another-name-of-it"
	visit(one, "Pixel 7")
	first := waittest.Receive(t, "the first phone", book.joined)
	visit(two, "Pixel 7")
	second := waittest.Receive(t, "the second phone", book.joined)
	// Each then says that it is Anna's: newPhone's hello.
	waittest.Until(t, "both have said hello", func() bool {
		return first.Name() == "Anna's phone" && second.Name() == "Anna's phone (2)" ||
			first.Name() == "Anna's phone (2)" && second.Name() == "Anna's phone"
	})
	name, before := second.Name(), second.Conn()
	visit(two, "Android phone")
	waittest.Receive(t, "the end of the old connection", before.Done())
	waittest.Until(t, "the new one", func() bool { return second.Conn() != before })
	if second.Name() != name {
		t.Errorf("it came back as %q, and was %q", second.Name(), name)
	}
	second.Conn().Close(media.Reason{Code: media.SentAway})
	waittest.Receive(t, "the end of the session", book.left)
	visit(two, "Android phone")
	if third := waittest.Receive(t, "the same phone again", book.joined); third.Name() != name {
		t.Errorf("it joined as %q, and was %q", third.Name(), name)
	}
}
