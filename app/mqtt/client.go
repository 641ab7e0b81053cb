package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"

	"handlens/app/slug"
	"handlens/media/inputfile"
)

// PasswordVariable is the environment variable with the broker's password, so that it need not
// stand on the command line.
const PasswordVariable = "HANDLENS_MQTT_PASSWORD"

// Config says where the broker is.
type Config struct {
	// URL is mqtt://USER:PASSWORD@HOST:PORT, or mqtts:// with TLS; user and password may be left
	// out.
	URL string
	// CA is a PEM file with the authority that signed the broker's certificate; "" for the
	// system's.
	CA string
	// Computer is what this one is called.
	Computer, Version string
	// Failed is told when the broker cannot be reached, once until it has been.
	Failed func(error)
}

// ParseURL checks a broker's address. The error repeats nothing of it, since it may hold a
// password.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("a broker's address is mqtt://HOST:PORT, or mqtts://HOST:PORT " +
			"with TLS")
	}
	switch {
	case u.Scheme == "mqtt" && u.Port() == "":
		u.Host += ":1883"
	case u.Scheme == "mqtts" && u.Port() == "":
		u.Host += ":8883"
	case u.Scheme != "mqtt" && u.Scheme != "mqtts":
		return nil, errors.New("a broker's address begins with mqtt:// or mqtts://")
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("a broker's address ends after the port")
	}
	return u, nil
}

// Host is the broker's name and port, without a password.
func Host(text string) string {
	u, err := ParseURL(text)
	if err != nil {
		return ""
	}
	return u.Host
}

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
	failing bool
	told    map[string]bool // topics of what is described at the broker
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
	config := m.config(u)
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

func (m *Client) config(u *url.URL) autopaho.ClientConfig {
	c := autopaho.ClientConfig{
		KeepAlive: keepAlive, CleanStartOnInitialConnection: true,
		ReconnectBackoff: autopaho.NewExponentialBackoff(
			time.Second, time.Minute, time.Second, 2),
		WillMessage: &paho.WillMessage{
			Topic: m.status(), Payload: []byte("offline"), QoS: 1, Retain: true,
		},
		OnConnectionUp: func(*autopaho.ConnectionManager, *paho.Connack) { m.up() },
		OnConnectError: m.down,
		ClientConfig:   paho.ClientConfig{ClientID: m.id()},
	}
	if u.User != nil {
		c.ConnectUsername = u.User.Username()
		if password, ok := u.User.Password(); ok {
			c.ConnectPassword = []byte(password)
		}
	}
	if password := os.Getenv(PasswordVariable); password != "" {
		c.ConnectPassword = []byte(password)
	}
	bare := *u
	bare.User = nil
	if bare.Scheme == "mqtts" {
		bare.Scheme = "tls"
	}
	c.ServerUrls = []*url.URL{&bare}
	return c
}

// authority reads the certificates of a file; nil stands for the system's.
func authority(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	const most = 1 << 20
	pem, err := inputfile.Read(file, most)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no certificate in PEM", file)
	}
	return pool, nil
}

func (m *Client) up() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.renewed, m.failing = true, false
	m.soon()
}

func (m *Client) down(err error) {
	m.mu.Lock()
	first := !m.failing
	m.failing = true
	m.mu.Unlock()
	if first {
		m.failed(fmt.Errorf("the MQTT broker cannot be reached, and is tried again: %w",
			plain(err)))
	}
}

// plain leaves out how often something was wrapped, and the address.
func plain(err error) error {
	if refused, ok := errors.AsType[*autopaho.ConnackError](err); ok {
		return fmt.Errorf("it refuses us (%s)", refused.Reason)
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
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

// Close tells that nothing more comes, and ends the connection.
func (m *Client) Close() {
	m.stop()
	<-m.done
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	_ = m.publish(ctx, m.status(), []byte("offline"), true) // the last will says it otherwise
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

// again has everything told again, with the rules that were not.
func (m *Client) again(missed []message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var fired []Rule
	for _, msg := range missed {
		if msg.rule != nil {
			fired = append(fired, *msg.rule)
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
