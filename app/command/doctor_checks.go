package command

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"handlens/app/cli"
	"handlens/inference/detector"
	"handlens/inference/ort"
	"handlens/media/ffmpeg"
	"handlens/media/pairing"
	"handlens/media/plaintext"
	"handlens/media/record"
)

func (d *doctor) versions() {
	d.find("program", isFine, "Handlens %s, %s, FFmpeg %s, %s/%s.", cli.Version, runtime.Version(),
		ffmpeg.Version(), runtime.GOOS, runtime.GOARCH)
	v, path, err := ort.LoadedVersion()
	if err != nil {
		d.find("engine", isFault, "Nothing can be detected: %v.", err)
		return
	}
	d.find("engine", isFine, "ONNX Runtime %s from %s.", v, path)
}

// leastFree is what a model and a few minutes of recording need, in bytes.
const leastFree = 500 << 20

// data tries to write where certificates, models and settings are kept.
func (d *doctor) data() {
	dir := d.dataDir
	for {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			break
		}
		if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
			dir = parent // the first start creates what is missing
			continue
		}
		d.find("data", isFault,
			"%s is not a folder that can be used; name another with --data-dir.",
			dir)
		return
	}
	f, err := os.CreateTemp(dir, ".handlens-doctor-*")
	if err != nil {
		d.find("data", isFault,
			"%s cannot be written (%v); make it yours, or name another folder with --data-dir.",
			dir, errors.Unwrap(err))
		return
	}
	f.Close()
	os.Remove(f.Name())
	free, err := record.Free(dir)
	switch {
	case err != nil:
		d.find("data", isNote, "%s can be written; Handlens cannot tell how much is free: %v.",
			d.dataDir,
			err)
	case free < leastFree:
		d.find("data", isNote,
			"%s can be written, but only %s is free; make room for models and recordings.",
			d.dataDir,
			plaintext.Bytes(free))
	default:
		d.find("data", isFine, "%s can be written, and %s is free.", d.dataDir,
			plaintext.Bytes(free))
	}
}

func (d *doctor) network() {
	found, err := pairing.Addresses()
	switch {
	case err != nil:
		d.find("network", isFault, "The network interfaces cannot be listed: %v.", err)
		return
	case len(found) == 0 || found[0].IP.IsLoopback():
		d.find("network", isFault, "This computer is not on any network; join the phone's Wi-Fi.")
		return
	}
	d.find("network", isFine, "The QR code will contain %s (%s, %s).", found[0].IP, found[0].Kind,
		found[0].Interface)
	for _, a := range found[1:] {
		d.find("network", isFine, "Also there: %s (%s, %s); --address chooses it.", a.IP, a.Kind,
			a.Interface)
	}
}

// listening opens the port as the app does, TCP and UDP, and closes it again.
func (d *doctor) listening() {
	address := ":" + strconv.Itoa(d.port)
	tcp, err := net.Listen("tcp", address)
	if err == nil {
		defer tcp.Close()
		var udp net.PacketConn
		if udp, err = net.ListenPacket("udp", address); err == nil {
			udp.Close()
		}
	}
	if err == nil {
		d.find("port", isFine, "%d is free for TCP and UDP; a firewall must let both in.", d.port)
		return
	}
	l, listenErr := pairing.Listen(d.port)
	if listenErr != nil {
		d.find("port", isFault,
			"%d is taken, and no port after it is free (%v); choose one with --port.", d.port,
			listenErr)
		return
	}
	defer l.Close()
	d.find("port", isNote, "%d is taken, perhaps by Handlens itself; it will listen on %d, which "+
		"a firewall must let in by TCP and UDP.", d.port, l.Port)
}

// certificate reads the user's own, or the authority. It does not make one that is not there yet: a
// check changes nothing.
func (d *doctor) certificate() {
	if d.own.Cert != "" {
		d.ownCertificate()
		return
	}
	dir := filepath.Join(d.dataDir, "certificates")
	if entries, err := os.ReadDir(dir); errors.Is(err, fs.ErrNotExist) || err == nil &&
		len(entries) == 0 {
		d.find("certificate", isFine,
			"The first start creates this computer's own certificate authority in %s.", dir)
		return
	}
	a, err := pairing.LoadAuthority(dir)
	if err != nil {
		d.find("certificate", isFault, "%v.", err)
		return
	}
	cert, err := x509.ParseCertificate(a.CertificateDER())
	if err != nil {
		d.find("certificate", isFault, "The authority in %s cannot be read: %v.", dir, err)
		return
	}
	state := isFine
	if now := time.Now(); now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		state = isFault
	}
	d.find("certificate", state, "%s is valid from %s to %s by this computer's clock; SHA-256 %s.",
		a.Name(),
		cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly), a.Fingerprint())
}

// ownCertificate says what the app would say of a certificate of the user's own.
func (d *doctor) ownCertificate() {
	own, err := pairing.LoadCertificate(d.own.Cert, d.own.Key)
	if err != nil {
		d.find("certificate", isFault, "%v.", err)
		return
	}
	host := own.Host()
	if found, err := pairing.Addresses(); host == "" && err == nil && len(found) > 0 {
		host = found[0].Host()
	}
	if problem := own.Problem(host); problem != nil {
		d.find("certificate", isNote, "%v.", problem)
		return
	}
	d.find("certificate", isFine, "Your own, %s, is for %s.", d.own.Cert, host)
}

func (d *doctor) display() {
	if fault := cli.DisplayFault(); fault != "" {
		d.find("window", isNote,
			"No window can be opened: %s. handlens --no-window works without one.", fault)
		return
	}
	d.find("window", isFine, "There is a display.")
}

// detector opens the model as the app would.
func (d *doctor) detector() {
	store, err := cli.OpenStore(d.dataDir)
	if err != nil {
		d.find("model", isFault, "%v.", err)
		return
	}
	m, err := store.Find(d.model)
	if err != nil {
		d.find("model", isFault, "%v.", err)
		return
	}
	detector, err := cli.OpenModel(m, detector.Options{})
	if err != nil {
		d.find("model", isFault, "%v.", err)
		return
	}
	defer detector.Close()
	info := detector.Info()
	d.find("model", isFine, "%s opens: %s, %d × %d, %d classes.", info.Name, info.Family,
		info.InputWidth, info.InputHeight, len(info.Labels))
}

// providers asks the drivers of all providers but the processor. It is no fault when there is none:
// the processor is always there.
func (d *doctor) providers() {
	for _, p := range detector.Examine() {
		if p.Name == "cpu" {
			continue
		}
		if p.Available {
			d.find("provider", isFine, "%s (--provider %s) is available; whether it is faster "+
				"than the processor is measured for each model.", p.Words, p.Name)
			continue
		}
		d.find("provider", isNote, "%s is not available: %s.", p.Words, p.Why)
	}
}

func (d *doctor) encoders() {
	works := false
	for _, e := range ffmpeg.Encoders() {
		if e.Works {
			works = true
			d.find("encoder", isFine, "%s works.", e.Label)
			continue
		}
		d.find("encoder", isNote, "%s does not work: %s.", e.Label, e.Why)
	}
	if !works {
		d.find("encoder", isNote, "No encoder works, so nothing can be recorded; this build "+
			"of FFmpeg is damaged.")
	}
}

// decoders tells what this machine decodes with. Missing hardware is no fault: FFmpeg's own decoder
// does the work instead.
func (d *doctor) decoders() {
	for _, v := range ffmpeg.Decoders() {
		switch {
		case v.Works:
			d.find("decoder", isFine, "%s decodes %s.", v.Label, v.Codec)
		case v.Hardware:
			d.find("decoder", isNote, "%s does not decode %s: %s.", v.Label, v.Codec, v.Why)
		default:
			d.find("decoder", isNote,
				"%s does not decode %s in software: %s; this build of FFmpeg is damaged.", v.Label,
				v.Codec, v.Why)
		}
	}
}
