package mqtt

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/eclipse/paho.golang/autopaho"
	"github.com/eclipse/paho.golang/paho"

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
	// Password is used where neither the URL nor the environment has one.
	Password string
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

// config is what the library is given: the client tells itself how it gets on.
func (m *Client) config(u *url.URL, password string) autopaho.ClientConfig {
	c := autopaho.ClientConfig{
		KeepAlive: keepAlive, CleanStartOnInitialConnection: true,
		ReconnectBackoff: autopaho.NewExponentialBackoff(
			time.Second, time.Minute, time.Second, 2),
		WillMessage: &paho.WillMessage{
			Topic: m.status(), Payload: []byte("offline"), QoS: 1, Retain: true,
		},
		OnConnectionUp:   func(*autopaho.ConnectionManager, *paho.Connack) { m.up() },
		OnConnectionDown: m.lost,
		OnConnectError:   m.down,
		ClientConfig:     paho.ClientConfig{ClientID: m.id()},
	}
	if u.User != nil {
		c.ConnectUsername = u.User.Username()
		if own, ok := u.User.Password(); ok {
			password = own
		}
	}
	if own := os.Getenv(PasswordVariable); own != "" {
		password = own
	}
	if password != "" {
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
