package desktop

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/waittest"
	"handlens/ui"
)

// forwardEar hears what is told of videos that are sent on.
type forwardEar struct {
	noListener
	mu  sync.Mutex
	all []string
}

func (e *forwardEar) Forward(_ *session.Session, st media.Forward) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, st.Code.String()+" "+st.Host)
}

func (e *forwardEar) last() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.all) == 0 {
		return ""
	}
	return e.all[len(e.all)-1]
}

// A server is named, changed and taken back while a phone is here.
func TestSendingOnFollowsTheWindow(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	ear, tell := new(forwardEar), new(fanout)
	registry := newTestRegistry(t, tell)
	dir := t.TempDir()
	f := newForwarder(dir, registry, tell, slog.New(slog.DiscardHandler))
	tell.listeners = []listener{registry, f, ear}
	ph, leave := joinTestPhone(t, registry, tell)
	t.Cleanup(func() {
		leave()
		f.close()
		registry.close()
	})
	if st := f.State(); st.Host != "" || len(st.Phones) != 0 || ear.last() != "" {
		t.Errorf("at first %+v, told %q", st, ear.all)
	}
	secret := "secret"
	if err := f.Use(server.URL+"/{phone}/whip", false, &secret); err != nil {
		t.Fatal(err)
	}
	// The phone sends no picture yet.
	waittest.Until(t, "the phone to be told of", func() bool { return ear.last() == "waits "+host })
	if st := f.State(); st.Host != host || !st.Token || len(st.Phones) != 1 ||
		st.Phones[0].Code != media.ForwardWaits {
		t.Errorf("then %+v", st)
	}
	info, err := os.Stat(filepath.Join(dir, tokenOfServer))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token is in %v, %v", info, err)
	}
	way := f.way
	f.follow(ui.Settings{Forward: server.URL + "/{phone}/whip"}) // where it goes already
	if f.way != way {
		t.Error("the same settings begin it anew")
	}
	f.follow(ui.Settings{Forward: "http://192.0.2.9/whip", ForwardBoxes: true})
	waittest.Until(t, "the other server", func() bool { return ear.last() == "waits 192.0.2.9" })
	if f.way == way || !f.way.boxes {
		t.Error("the settings are not followed")
	}
	if err := f.Use("ftp://x", false, nil); err == nil || f.State().Host != "192.0.2.9" {
		t.Errorf("an address of something else: %v", err)
	}
	if err := f.use("", false); err != nil {
		t.Fatal(err)
	}
	if ear.last() != "off 192.0.2.9" || ph.forwarded().Code != media.ForwardOff ||
		f.State().Host != "" {
		t.Errorf("in the end %q, %+v, %+v", ear.all, ph.forwarded(), f.State())
	}
}
