package desktop

import (
	"errors"
	"log/slog"
	"net/netip"
	"reflect"
	"testing"

	"handlens/app/session"
	"handlens/media"
	"handlens/media/pairing"
	"handlens/media/reach"
	"handlens/media/visit"
	"handlens/models"
	"handlens/ui"
)

// What the window is not given it does not offer, and nobody would notice.
func TestWindowIsGivenEverything(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", "")
	store, err := models.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	phones := newTestRegistry(t, new(fanout))
	p := windowParts{
		settings: phones.recorder.settings, phones: phones,
		library:   openLibrary(t.TempDir(), new(folders), phones.recorder.settings),
		detectors: &detectorManager{ctx: t.Context(), store: store}, changed: func(ui.Settings) {},
		glass: new(glassRun), guard: new(guard), share: new(share),
		servers: []media.ICEServer{{URL: "turn:192.0.2.9"}},
		broker:  newBrokerTeller(t.TempDir(), func(error) {}),
		forward: newForwarder(t.TempDir(), phones, new(fanout), slog.New(slog.DiscardHandler)),
	}
	c := reflect.ValueOf(p.config())
	for i := range c.NumField() {
		if name := c.Type().Field(i).Name; c.Field(i).IsZero() && name != "OnClosed" {
			t.Errorf("the window is not given %s", name)
		}
	}
}

func TestWindowShowsTheOffer(t *testing.T) {
	offer := pairingOffer{
		URL: "https://192.168.1.2:8444/#K7QX9M2T4HRA", Token: "K7QX9M2T4HRA", Port: 8444,
		WantedPort: 8443,
		Addresses: []pairing.Address{
			{IP: netip.MustParseAddr("127.0.0.1"), Kind: pairing.ThisMachine},
			{IP: netip.MustParseAddr("192.168.1.2"), Interface: "wlan0", Kind: "Wi-Fi", Score: 7},
		},
		Chosen: 1,
	}
	got := pairingView(offer)
	other := got.Others[1]
	if got.Address != "https://192.168.1.2:8444" || got.Chosen != 1 ||
		other.Address != "192.168.1.2" || other.Interface != "wlan0" ||
		other.Kind != pairing.WiFi ||
		other.URL != offer.URL || other.Score != 7 || got.Token != "K7QX-9M2T-4HRA" {
		t.Errorf("it shows %+v", got)
	}
	if code, err := other.QR(200); err != nil || code.Bounds().Dx() > 200 {
		t.Errorf("its code: %v, %v", code, err)
	}
	if w := (ui.PairingWarning{Code: ui.PortTaken, Wanted: 8443, Port: 8444}); got.Warning != w {
		t.Errorf("of another port it warns %+v", got.Warning)
	}
	offer.WantedPort = 0
	if w := pairingView(offer).Warning; w != (ui.PairingWarning{}) {
		t.Errorf("of any port it warns %+v", w)
	}
	offer.Chosen = 0
	if w := pairingView(offer).Warning; w.Code != ui.NoNetwork {
		t.Errorf("of this computer only it warns %+v", w)
	}
}

// Who could know the likely causes may be missing.
func TestWindowShowsTheVisits(t *testing.T) {
	w := new(window)
	w.port.Store(8444)
	all := []visit.Visit{{ID: "v2", Problem: visit.NoPath}, {ID: "v1"}}
	d := w.doctor(all)
	if len(d.Visits) != 2 || d.Visits[0].Visit != all[0] || d.Visits[1].Visit != all[1] ||
		d.Port != 8444 || d.Nobody != nil || d.Visits[0].Suspects != nil {
		t.Errorf("without causes it shows %+v", d)
	}
	firewall := []reach.Suspect{{Code: reach.SuspectFirewall}}
	w.nobody = func() []reach.Suspect { return firewall }
	w.suspects = func(v visit.Visit) []reach.Suspect {
		if v.Problem != visit.NoPath {
			return nil
		}
		return []reach.Suspect{{Code: reach.SuspectIsolation}}
	}
	d = w.doctor(all)
	if len(d.Visits[0].Suspects) != 1 || d.Visits[0].Suspects[0].Code != reach.SuspectIsolation ||
		d.Visits[1].Suspects != nil || len(d.Nobody) != 1 {
		t.Errorf("it shows %+v", d)
	}
}

func TestWindowShowsTheModel(t *testing.T) {
	got := modelView(modelState{
		State: session.ModelReady, Name: "m", Err: errors.New("another"),
		Choices: []ui.ModelChoice{
			{Offer: ui.Offer{Name: "here"}, Installed: true}, {Offer: ui.Offer{Name: "there"}},
		},
	})
	if got.State != ui.Ready || got.Err == nil || len(got.Offers) != 1 ||
		got.Offers[0].Name != "there" {
		t.Errorf("it shows %+v", got)
	}
}
