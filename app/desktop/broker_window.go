package desktop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"handlens/app/mqtt"
	"handlens/media/atomicfile"
	"handlens/media/inputfile"
	"handlens/ui"
)

// passwordFile, in the data folder, holds the broker's password, for its owner alone to read.
const passwordFile = "mqtt-password"

// maxPassword is more than any broker takes, in bytes (MQTT 5, section 3.1.3.6).
const maxPassword = 1<<16 - 1

// password is the one that is kept; "" for none.
func (b *brokerTeller) password() string {
	kept, err := inputfile.Read(filepath.Join(b.dataDir, passwordFile), maxPassword)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.failed(fmt.Errorf("the MQTT broker's password cannot be read: %w", err))
	}
	return string(kept)
}

// setPassword keeps a password, or removes the one that is kept.
func (b *brokerTeller) setPassword(password string) error {
	path := filepath.Join(b.dataDir, passwordFile)
	if password == "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the MQTT broker's password could not be removed: %w", err)
		}
		return nil
	}
	if len(password) > maxPassword {
		return errors.New("this password is too long for a broker")
	}
	if err := os.MkdirAll(b.dataDir, 0o700); err != nil {
		return err
	}
	err := atomicfile.Replace(path, 0o600, atomicfile.Bytes([]byte(password)))
	if err != nil {
		return fmt.Errorf("the MQTT broker's password could not be kept: %w", err)
	}
	return nil
}

// Use implements ui.Broker.
func (b *brokerTeller) Use(url string, password *string) error {
	if url != "" {
		if _, err := mqtt.ParseURL(url); err != nil {
			return err
		}
	}
	if password != nil {
		if err := b.setPassword(*password); err != nil {
			return err
		}
	}
	b.mu.Lock()
	ca := b.ca
	b.mu.Unlock()
	return b.use(url, ca)
}

// State implements ui.Broker.
func (b *brokerTeller) State() ui.BrokerState {
	b.mu.Lock()
	client, st := b.client, ui.BrokerState{Host: mqtt.Host(b.url), Err: b.wrong}
	b.mu.Unlock()
	if client != nil {
		st.Connected, st.Err = client.State()
	}
	info, err := os.Stat(filepath.Join(b.dataDir, passwordFile))
	st.Password = err == nil && info.Size() > 0
	return st
}
