package pairing

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

const (
	pemCertificate = "CERTIFICATE"
	pemKey         = "PRIVATE KEY"
	// maxPEM bounds a file of certificates or a key, in bytes. A chain has some thousands.
	maxPEM = 1 << 20
	// pemMode is for files with a key of ours: their owner only.
	pemMode = 0o600
)

// encodePEM puts a key and its certificates into one file, so that a key and a certificate of
// different makes can never meet on disk.
func encodePEM(key *ecdsa.PrivateKey, ders ...[]byte) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: pemKey, Bytes: der})
	for _, d := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: pemCertificate, Bytes: d})...)
	}
	return out, nil
}

// decodePEM reads what encodePEM has written: at least one certificate and just one key.
func decodePEM(data []byte) (certs [][]byte, key *ecdsa.PrivateKey, err error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case pemCertificate:
			certs = append(certs, block.Bytes)
		case pemKey:
			k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, nil, fmt.Errorf("the key is broken: %w", err)
			}
			ec, ok := k.(*ecdsa.PrivateKey)
			if !ok || key != nil {
				return nil, nil, errors.New("the key is not one that Handlens made")
			}
			key = ec
		}
	}
	switch {
	case len(certs) == 0:
		return nil, nil, errors.New("there is no certificate in it")
	case key == nil:
		return nil, nil, errors.New("there is no key in it")
	}
	return certs, key, nil
}
