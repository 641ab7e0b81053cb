package e2e

import (
	"net"
	"strings"
	"testing"
)

// spoil adds an ICE server that no browser takes to each answer's Link header, and notes the
// servers of each connection that makes an offer.
const spoil = `(() => {
	window.servers = [];
	window.RTCPeerConnection = class extends RTCPeerConnection {
		constructor(options) {
			super(options);
			this.asked = JSON.stringify(options.iceServers);
		}
		createOffer(...options) {
			window.servers.push(this.asked);
			return super.createOffer(...options);
		}
	};
	const real = window.fetch;
	window.fetch = async (...request) => {
		const response = await real(...request);
		const link = response.headers.get('Link');
		const bad = '<turn:me:secret@127.0.0.1:3478>; rel="ice-server"';
		const get = response.headers.get.bind(response.headers);
		const spoiled = link ? bad + ', ' + link : link;
		response.headers.get = (name) => (name === 'Link' ? spoiled : get(name));
		return response;
	};
})()`

// TestTheRelayIsDown names a TURN server that does not answer, and one that browsers refuse: the
// phone comes as ever, comes back after its session was lost, and has learned of the one that can
// be used.
func TestTheRelayIsDown(t *testing.T) {
	silent, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	server := silent.LocalAddr().String() + "?transport=udp"
	a := startApp(t, 0, nil, "--no-window", "--ice-server", "turn:me:p%2C%3B%22w@"+server)
	p := sharedBrowser(t, landscape).open(t, withCodec(a.url, "VP8"))
	evaluate[any](p, spoil)
	evaluate[any](p, record)
	p.start()
	p.state("live")
	first := a.wait(t, "phone-joined", nil)
	a.found(t, 0, first.Session, landscape)
	p.until("the session", did("POST", "201"))

	mark := a.mark()
	endSession(t, a, evaluate[string](p, `requests.find((r) => r.method === 'POST').location`))
	a.waitSince(t, mark, "connection", func(e event) bool {
		return e.Session == first.Session && e.State == "connected"
	})
	a.found(t, a.mark(), first.Session, landscape)
	p.state("live")
	want := `[{"urls":"turn:` + server + `","username":"me","credential":"p,;\"w"}]`
	if got := evaluate[string](p, `servers.at(-1)`); got != want {
		t.Errorf("the page came back with the servers %s, want %s", got, want)
	}
	a.stop(t)
	said := a.stderr.String()
	if strings.Count(said, "did not answer") != 1 {
		t.Errorf("the log should have one sentence on the relay: %s", said)
	}
	if strings.Contains(said, `;"w`) || strings.Contains(said, "p%2C") {
		t.Errorf("the log tells the password: %s", said)
	}
}
