package desktop

import (
	"fmt"
	"io"
	"os"
	"sync"

	"handlens/app/cli"
	"handlens/app/mqtt"
	"handlens/app/rules"
	"handlens/app/session"
	"handlens/inference"
	"handlens/inference/track"
	"handlens/media"
)

// brokerTeller tells an MQTT broker what phones show and which rules fire. It is a listener; any
// goroutine may call it, and none waits.
type brokerTeller struct {
	noListener
	client *mqtt.Client

	mu    sync.Mutex
	names map[*session.Session]string // by which the broker knows them
}

// openBroker begins to tell a broker, if the user named one, and says what that means.
func (p *program) openBroker(terminal io.Writer) error {
	v := p.settings.get()
	if v.Broker == "" || p.options.phone != nil || p.options.glass != nil {
		return nil
	}
	computer, err := os.Hostname()
	if err != nil {
		computer = "computer"
	}
	client, err := mqtt.Open(mqtt.Config{
		URL: v.Broker, CA: v.BrokerCA, Computer: computer, Version: cli.Version,
		Failed: p.tell.Fault,
	})
	if err != nil && !p.options.given["mqtt"] && !p.options.given["mqtt-ca"] {
		p.log.Warn("the MQTT broker of the settings is not told anything: " + err.Error())
		return nil
	}
	if err != nil {
		return fmt.Errorf("--mqtt: %w", err)
	}
	fmt.Fprintf(terminal, "handlens: the MQTT broker %s is told the names of phones, what they "+
		"count, and which rules fire; it gets no picture.\n", mqtt.Host(v.Broker))
	p.broker = &brokerTeller{client: client, names: make(map[*session.Session]string)}
	p.rules.broker = client
	return nil
}

// Detections implements session.Sink.
func (b *brokerTeller) Detections(s *session.Session, m inference.Message) {
	p := mqtt.Phone{Name: b.name(s), Connected: true, Objects: make(map[string]int)}
	for _, d := range m.Detections {
		p.Objects[d.Label]++
	}
	p.Regions = regionsOf(s.Tallies())
	b.client.Phone(p)
}

// name is what a phone is called; when that has changed, the broker forgets the old name.
func (b *brokerTeller) name(s *session.Session) string {
	name := s.Name()
	b.mu.Lock()
	defer b.mu.Unlock()
	if was, ok := b.names[s]; ok && was != name {
		b.client.Forget(was)
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
	if told {
		regions := regionsOf(s.Tallies())
		for i := range regions {
			regions[i].Inside = 0
		}
		b.client.Phone(mqtt.Phone{Name: name, Regions: regions})
	}
}

// Rule implements listener.
func (b *brokerTeller) Rule(s *session.Session, f rules.Fired) {
	b.client.Fired(mqtt.Rule{
		Name: f.Rule.Title(), Phone: s.Name(), Place: f.Rule.Place, Time: f.At.UnixMilli(),
		Labels: f.Labels, Count: f.Count(),
	})
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
