package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/packets"
	"github.com/eclipse/paho.golang/paho"

	"handlens/app/slug"
)

const (
	// atMost is how often the state of a phone is told.
	atMost = time.Second
	// publishTime is how long one message may take.
	publishTime = 10 * time.Second
	// endTime is how long Close waits for the broker.
	endTime = 2 * time.Second
	// maxWaiting bounds the rules that wait to be told.
	maxWaiting = 64
	keepAlive  = 30 // seconds
)

// Client tells a broker. Any goroutine may use it, and none waits.
type Client struct {
	describer
	conn   *autopaho.ConnectionManager
	failed func(error)
	// stop ends the goroutine, and hangUp the connection after it.
	stop, hangUp context.CancelFunc
	done         chan struct{}
	wake         chan struct{} // of capacity 1

	mu      sync.Mutex
	phones  map[string]*phoneEntry // by the slug of the name
	rules   []string               // those that there are
	fired   []Rule                 // to be told
	gone    []string               // topics of phones that are to be forgotten
	renewed bool                   // the connection is new: everything is told again
	reached bool                   // it is connected now
	failing bool
	problem error           // why it failed last
	told    map[string]bool // topics of descriptions at the broker; false to be told again
}

// phoneEntry is a phone, and what of it the broker knows.
type phoneEntry struct {
	phone Phone
	seen  []string
	sent  string // the last state
}

// Open begins to keep a connection to a broker. It does not wait for it.
func Open(c Config) (*Client, error) {
	u, err := ParseURL(c.URL)
	if err != nil {
		return nil, err
	}
	roots, err := authority(c.CA)
	if err != nil {
		return nil, err
	}
	node := slug.Of(c.Computer)
	m := &Client{
		describer: describer{
			base: "handlens/" + node, node: node, computer: c.Computer, version: c.Version,
		},
		failed: c.Failed, done: make(chan struct{}), wake: make(chan struct{}, 1),
		phones: make(map[string]*phoneEntry), told: make(map[string]bool),
	}
	ctx, cancel := context.WithCancel(context.Background())
	m.hangUp = cancel
	config := m.config(u, c.Password)
	config.TlsCfg = &tls.Config{
		RootCAs: roots, ServerName: u.Hostname(),
		MinVersion: tls.VersionTLS12,
	}
	if m.conn, err = autopaho.NewConnection(ctx, config); err != nil {
		cancel()
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	m.stop = stop
	go m.run(running)
	return m, nil
}

func (m *Client) up() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.renewed, m.failing, m.reached, m.problem = true, false, true, nil
	m.soon()
}

// lost says that the library is to connect again.
func (m *Client) lost() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reached = false
	return true
}

// State says whether the broker is connected now, or else why it could not be reached last; nil
// before the first try has ended.
func (m *Client) State() (connected bool, problem error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reached, m.problem
}

func (m *Client) down(err error) {
	m.mu.Lock()
	first := !m.failing
	m.failing, m.reached, m.problem = true, false, plain(err)
	m.mu.Unlock()
	if first {
		m.failed(fmt.Errorf("the MQTT broker cannot be reached, and is tried again: %w",
			plain(err)))
	}
}

// plain leaves out how often something was wrapped, and the address.
func plain(err error) error {
	if refused, ok := errors.AsType[*autopaho.ConnackError](err); ok {
		return fmt.Errorf("it refuses us (%s)", refusal(refused))
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// refusal says why a broker refused, in its own words or in the protocol's (MQTT 5, section
// 3.2.2.2).
func refusal(e *autopaho.ConnackError) string {
	switch {
	case e.Reason != "":
		return e.Reason
	case e.ReasonCode == packets.ConnackBadUsernameOrPassword:
		return "bad user name or password"
	case e.ReasonCode == packets.ConnackNotAuthorized:
		return "not authorized"
	case e.ReasonCode == packets.ConnackBanned:
		return "banned"
	}
	return fmt.Sprintf("reason code 0x%02x", e.ReasonCode)
}

// soon has the goroutine look; the caller holds the lock.
func (m *Client) soon() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Phone tells what a phone shows. Nothing of p may be changed afterwards.
func (m *Client) Phone(p Phone) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := slug.Of(p.Name)
	e := m.phones[key]
	if e == nil {
		if len(m.phones) >= maxPhones {
			return
		}
		e = new(phoneEntry)
		m.phones[key] = e
	}
	e.phone, e.seen = p, addSeen(e.seen, p)
	m.soon()
}

// Left tells that a phone of that name is gone.
func (m *Client) Left(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.phones[slug.Of(name)]; e != nil {
		e.phone = e.phone.left()
		m.soon()
	}
}

// Forget takes back what was told of a phone of that name, for one that is called otherwise now.
func (m *Client) Forget(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if key := slug.Of(name); m.phones[key] != nil {
		delete(m.phones, key)
		m.gone = append(m.gone, m.phoneTopic(name))
		m.soon()
	}
}

// Rules says which rules there are, by name.
func (m *Client) Rules(names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rules = slices.Clone(names)
	m.soon()
}

// Fired tells of a rule.
func (m *Client) Fired(r Rule) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.fired) >= maxWaiting {
		m.fired = slices.Delete(m.fired, 0, 1)
	}
	m.fired = append(m.fired, r)
	m.soon()
}

// Close tells what is still to be told, that all phones are gone and nothing more comes, and ends
// the connection.
func (m *Client) Close() {
	m.stop()
	<-m.done
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	for _, msg := range m.last() {
		if m.publish(ctx, msg.topic, msg.body, msg.retain) != nil {
			break // the last will says at least that nothing more comes
		}
	}
	_ = m.conn.Disconnect(ctx)
	m.hangUp()
	<-m.conn.Done()
}

// message is one to be published.
type message struct {
	topic  string
	body   []byte
	retain bool
	rule   *Rule // that it tells of, or nil
}

// run publishes what is new, once a second at most.
func (m *Client) run(ctx context.Context) {
	defer close(m.done)
	for {
		select {
		case <-m.wake:
		case <-ctx.Done():
			return
		}
		if m.conn.AwaitConnection(ctx) != nil {
			return
		}
		all := m.news()
		for i, msg := range all {
			try, cancel := context.WithTimeout(ctx, publishTime)
			err := m.publish(try, msg.topic, msg.body, msg.retain)
			cancel()
			if err != nil {
				m.again(all[i:])
				break
			}
		}
		select {
		case <-time.After(atMost):
		case <-ctx.Done():
			return
		}
	}
}

// again has everything told again, with the rules that were not, and taken back what was not.
func (m *Client) again(missed []message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var fired []Rule
	for _, msg := range missed {
		switch {
		case msg.rule != nil:
			fired = append(fired, *msg.rule)
		case len(msg.body) == 0:
			m.gone = append(m.gone, msg.topic)
		}
	}
	m.fired = append(fired, m.fired...)
	m.renewed = true
	m.soon()
}

func (m *Client) publish(ctx context.Context, topic string, body []byte, retain bool) error {
	_, err := m.conn.Publish(ctx, &paho.Publish{
		Topic: topic, Payload: body, Retain: retain, QoS: 1,
	})
	return err
}
