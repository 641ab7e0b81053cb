package desktop

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"handlens/media/waittest"
	"handlens/ui"
)

// Nobody listens where these lead.
const nobody, nobodyElse = "mqtt://127.0.0.1:1", "mqtt://me@127.0.0.1:2"

func TestTheBrokerOfTheWindow(t *testing.T) {
	var mu sync.Mutex
	var said []string
	dir := filepath.Join(t.TempDir(), "new")
	b := newBrokerTeller(dir, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, err.Error())
	})
	defer b.close()
	if st := b.State(); st != (ui.BrokerState{}) {
		t.Errorf("at first it is %+v", st)
	}
	secret := "secret"
	if err := b.Use(nobody, "", &secret); err != nil {
		t.Fatal(err)
	}
	waittest.Until(t, "a word of it", func() bool { return b.State().Err != nil })
	if st := b.State(); st.Host != "127.0.0.1:1" || st.Connected || !st.Password {
		t.Errorf("then it is %+v", st)
	}
	info, err := os.Stat(filepath.Join(dir, passwordFile))
	kept, _ := b.password.get(nobody)
	if err != nil || info.Mode().Perm() != 0o600 || kept != secret {
		t.Errorf("the password is %q in %v, %v", kept, info, err)
	}
	client := b.now()
	b.follow(ui.Settings{Broker: nobody}) // what it does already
	b.follow(ui.Settings{Broker: nobodyElse})
	b.work.Wait()
	if st := b.State(); b.now() == client || st.Host != "127.0.0.1:2" || st.Password {
		t.Errorf("after the settings have changed it is %+v", st)
	}
	if err := b.Use("http://x", "", nil); err == nil || !strings.Contains(err.Error(), "mqtt://") {
		t.Errorf("an address of something else: %v", err)
	}
	absent := filepath.Join(dir, "absent.pem")
	if err := b.Use("mqtts://127.0.0.1:1", absent, nil); err == nil ||
		!strings.Contains(err.Error(), "absent.pem") {
		t.Errorf("an authority that is not there: %v", err)
	}
	none := ""
	if err := b.Use("", "", &none); err != nil || b.State() != (ui.BrokerState{}) {
		t.Errorf("switched off it is %+v, %v", b.State(), err)
	}
	long := strings.Repeat("x", maxSecret+1)
	if err := b.Use(nobody, "", &long); err == nil {
		t.Error("any password is taken")
	}
	mu.Lock()
	defer mu.Unlock()
	for _, s := range said {
		if !strings.Contains(s, "cannot be reached") || strings.Contains(s, secret) {
			t.Errorf("it says %q", s)
		}
	}
}

// A rule's "mqtt" fails while there is no broker; rules that were there before are told to one that
// comes later.
func TestRulesAndABrokerThatComes(t *testing.T) {
	r := newRuleTest(t, "when dog then mqtt")
	if err := r.tellsBroker(); err == nil || !strings.Contains(err.Error(), "--mqtt") {
		t.Errorf("without a broker: %v", err)
	}
	b := newBrokerTeller(t.TempDir(), func(error) {})
	defer b.close()
	r.broker = b
	r.setTexts(t, "Gate: when dog then mqtt")
	if err := r.tellsBroker(); err == nil || len(b.rules) != 1 || b.rules[0] != "Gate" {
		t.Errorf("before one is named: %v, %q", err, b.rules)
	}
	if err := b.use(nobody, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.tellsBroker(); err != nil {
		t.Errorf("with one: %v", err)
	}
}
