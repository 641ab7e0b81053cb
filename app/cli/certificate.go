package cli

import "errors"

// CertificateFlags are the options --tls-cert and --tls-key.
type CertificateFlags struct{ Cert, Key string }

// Flags is the table of them.
func (c *CertificateFlags) Flags() []Flag {
	return []Flag{
		{
			Name: "tls-cert", To: &c.Cert, Placeholder: "FILE", Paths: Files,
			Help: "a certificate of your own (PEM), with --tls-key",
		},
		{
			Name: "tls-key", To: &c.Key, Placeholder: "FILE", Paths: Files,
			Help: "the private key of that certificate (PEM)",
		},
	}
}

// Check says what is wrong with the values.
func (c *CertificateFlags) Check() error {
	if (c.Cert == "") != (c.Key == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	return nil
}
