package pairing

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

const (
	pemCertificate = "CERTIFICATE"
	pemKey         = "PRIVATE KEY"
)

// encodePEM puts a key and its certificates into one file, so that a key and a certificate of different
// makes can never meet on disk.
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

// writeTemp writes data, for the owner only, to a new file beside path and makes sure that it is on disk.
func writeTemp(path string, data []byte) (temp string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // made with 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

// writeFile replaces the file at path as a whole: a reader sees the old content or the new, never half of one.
func writeFile(path string, data []byte) error {
	temp, err := writeTemp(path, data)
	if err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// writeNew is writeFile for a file that must not be there yet; if it is, the error is fs.ErrExist.
func writeNew(path string, data []byte) error {
	temp, err := writeTemp(path, data)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	// A hard link fails where the name is taken, which a rename does not.
	err = os.Link(temp, path)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	// The file system has no hard links (exFAT, some network shares).
	if _, statErr := os.Lstat(path); statErr == nil {
		return os.ErrExist
	}
	return os.Rename(temp, path)
}
