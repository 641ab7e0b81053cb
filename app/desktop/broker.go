package desktop

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"handlens/app/cli"
	"handlens/app/mqtt"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
	"handlens/ui"
)

// brokerTeller tells the MQTT broker of the settings, if there is one, what phones show and which
// rules fire. It is a listener; any goroutine may call it, and none waits.
type brokerTeller struct {
	noListener
	computer string
	password secret
	failed   func(error)

	exchange sync.Mutex // held while one broker takes another's place
	work     sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	url, ca string       // of the client
	client  *mqtt.Client // nil without a broker
	wrong   error        // why there is none though one is named
	rules   []string     // those that there are
	names   map[*session.Session]string
}

// passwordFile, in the data folder, holds the broker's password.
const passwordFile = "mqtt-password"

// newBrokerTeller makes one that tells nobody. It keeps the broker's password in the data folder.
func newBrokerTeller(dataDir string, failed func(error)) *brokerTeller {
	computer, err := os.Hostname()
	if err != nil {
		computer = "computer"
	}
	return &brokerTeller{
		computer: computer, failed: failed,
		password: secret{filepath.Join(dataDir, passwordFile), "the MQTT broker's password"},
		names:    make(map[*session.Session]string),
	}
}

// openBroker begins to tell a broker, if the user named one, and says what that means.
func (p *program) openBroker(terminal io.Writer) error {
	v := p.settings.get()
	if v.Broker == "" || p.broker == nil {
		return nil
	}
	err := p.broker.use(v.Broker, v.BrokerCA)
	if err != nil && !p.options.given["mqtt"] && !p.options.given["mqtt-ca"] {
		p.log.Warn("the MQTT broker of the settings is not told anything: " + err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("--mqtt: %w", err)
	}
	fmt.Fprintf(terminal, "handlens: the MQTT broker %s is told the names of phones, what they "+
		"count, and which rules fire; it gets no picture.\n", mqtt.Host(v.Broker))
	return nil
}

// use has that broker told, and no other any more; "" stands for none. It waits for the old one to
// be told that nothing more comes, for a moment.
func (b *brokerTeller) use(url, ca string) error {
	b.exchange.Lock()
	defer b.exchange.Unlock()
	var client *mqtt.Client
	var wrong error
	if url != "" {
		password, err := b.password.get(url)
		if err != nil {
			b.failed(err)
		}
		client, wrong = mqtt.Open(mqtt.Config{
			URL: url, CA: ca, Password: password, Computer: b.computer, Version: cli.Version,
			Failed: b.failed,
		})
	}
	b.mu.Lock()
	old := b.client
	if b.closed && client != nil {
		old, client = client, old
	}
	b.client, b.wrong, b.url, b.ca = client, wrong, url, ca
	if client != nil {
		client.Rules(b.rules)
	}
	b.mu.Unlock()
	if old != nil {
		old.Close()
	}
	return wrong
}

// follow goes over to the broker of the settings, in the background.
func (b *brokerTeller) follow(v ui.Settings) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || v.Broker == b.url && v.BrokerCA == b.ca {
		return
	}
	b.work.Go(func() {
		if err := b.use(v.Broker, v.BrokerCA); err != nil {
			b.failed(err)
		}
	})
}

// close ends it, and tells the broker that nothing more comes.
func (b *brokerTeller) close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.work.Wait()
	_ = b.use("", "")
}

// now is the client; nil without a broker.
func (b *brokerTeller) now() *mqtt.Client {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.client
}

// setRules says which rules there are, by name.
func (b *brokerTeller) setRules(names []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rules = names; b.client != nil {
		b.client.Rules(names)
	}
}

// Detections implements session.Sink.
func (b *brokerTeller) Detections(s *session.Session, m inference.Message) {
	client := b.now()
	if client == nil {
		return
	}
	p := mqtt.Phone{
		Name: b.name(client, s), Connected: true, Objects: make(map[string]int),
		Regions: regionsOf(s.Tallies()),
	}
	for _, d := range m.Detections {
		p.Objects[d.Label]++
	}
	client.Phone(p)
}

// name is what a phone is called; when that has changed, the broker forgets the old name.
func (b *brokerTeller) name(client *mqtt.Client, s *session.Session) string {
	name := s.Name()
	b.mu.Lock()
	defer b.mu.Unlock()
	if was, ok := b.names[s]; ok && was != name {
		client.Forget(was)
	}
	b.names[s] = name
	return name
}

// Left implements session.Sink.
func (b *brokerTeller) Left(s *session.Session, _ media.Reason) {
	b.mu.Lock()
	name, told := b.names[s]
	delete(b.names, s)
	b.mu.Unlock()
	if client := b.now(); told && client != nil {
		client.Left(name)
	}
}

// Rule implements listener.
func (b *brokerTeller) Rule(s *session.Session, f rules.Fired) {
	if client := b.now(); client != nil {
		client.Fired(mqtt.Rule{
			Name: f.Rule.Title(), Phone: s.Name(), Place: f.Rule.Place, Time: f.At.UnixMilli(),
			Labels: f.Labels, Count: f.Count(),
		})
	}
}

// regionsOf are lines and zones with what they have counted.
func regionsOf(all []track.Tally) (regions []mqtt.Region) {
	for _, t := range all {
		regions = append(regions, mqtt.Region{
			Name: t.Region.Name, Line: t.Region.IsLine(), In: total(t.In), Out: total(t.Out),
			Inside: total(t.Inside),
		})
	}
	return regions
}
