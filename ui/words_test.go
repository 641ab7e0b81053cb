package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"handlens/media"
	"handlens/media/pairing"
	"handlens/models"
	"handlens/models/sniff"
	"handlens/ui/tile"
)

// TestEachCodeHasWords wants a text for each code that can be shown; TestTranslations then wants it
// in each language.
func TestEachCodeHasWords(t *testing.T) {
	texts := make(map[string]any)
	add := func(code any, text string) {
		if text == "" || texts[text] != nil {
			t.Errorf("%v is worded %q, as is %v", code, text, texts[text])
		}
		texts[text] = code
	}
	for _, s := range media.Statuses() {
		add(s, statusWords(s))
	}
	for _, l := range media.Limits() {
		add(l, limitWords(l))
	}
	for _, c := range media.ReasonCodes() {
		if c == media.TooManyStreams || c == media.TooManyMessages {
			continue // what there was too much of is for experts
		}
		add(c, reasonWords(media.Reason{Code: c, After: 25 * time.Second}))
	}
	for _, c := range media.ForwardCodes() {
		add(c, tile.ForwardWords(media.Forward{Code: c, Host: "a.host", Status: 507}))
	}
	checkFaultWords(t, add)
	for c := NoWarning + 1; c < warningCodes; c++ {
		add(c, warningWords(PairingWarning{Code: c, Wanted: 8443, Port: 40001}))
	}
	for _, k := range pairing.Kinds() {
		add(k, kindWords(AddressChoice{Kind: k}))
	}
	for what, text := range map[string]string{
		"a live picture": statusWords(media.StatusLive), "no reason": reasonWords(media.Reason{}),
		"no warning": warningWords(PairingWarning{}), "no kind": kindWords(AddressChoice{}),
		"nothing forwarded": tile.ForwardWords(media.Forward{}),
		"no limit":          limitWords(media.LimitNone),
		"an unknown limit":  limitWords(media.LimitUnknown),
	} {
		if text != "" {
			t.Errorf("%s is worded %q", what, text)
		}
	}
	for _, c := range []media.ReasonCode{media.TooManyStreams, media.TooManyMessages} {
		if reasonWords(media.Reason{Code: c}) == "" {
			t.Errorf("%v is not worded", media.Reason{Code: c})
		}
	}
}

// checkFaultWords wants words for each fault of a phone and of a model.
func checkFaultWords(t *testing.T, add func(code any, text string)) {
	t.Helper()
	for _, c := range media.FaultCodes() {
		text := faultWords(fmt.Errorf("x: %w", &media.Fault{
			Code: c, Codec: media.VP9, Width: 640, Height: 480, Hardware: "VAAPI",
			Folder: "/videos", Err: errors.New("a cause"),
		}))
		about := strings.Contains(text, "a cause") || strings.Contains(text, "/videos")
		if about == (c >= media.PhoneGone) || strings.HasPrefix(text, "x: ") {
			t.Errorf("fault %d is worded %q", c, text)
		}
		add(c, text)
	}
	for _, c := range media.CertificateFaultCodes() {
		text := faultWords(fmt.Errorf("x: %w", &media.CertificateFault{
			Code: c, File: "/own.crt", Host: "a.host", End: time.Unix(1e9, 0),
			Err: errors.New("a cause"),
		}))
		own := strings.Contains(text, "/own.crt")
		if own != (c <= media.CertificateUnread) || strings.HasPrefix(text, "x: ") ||
			!own && !strings.Contains(text, "a.host") {
			t.Errorf("fault %d of a certificate is worded %q", c, text)
		}
		add(c, text)
	}
	for _, c := range models.FaultCodes() {
		text := faultWords(fmt.Errorf("x: %w", &models.Fault{
			Code: c, Name: "a model", Path: "/a path", Host: "a.host", Status: "a status",
			Similar: []string{"another"}, Size: 123, Got: 122, Err: errors.New("a cause"),
		}))
		if text == "" || strings.HasPrefix(text, "x: ") ||
			strings.Contains(text, "handlens models") {
			t.Errorf("fault %d of a model is worded %q", c, text)
		}
	}
}

// TestEachRefusalHasWords wants the window to say of each kind of file what the terminal says: with
// the same names and numbers.
func TestEachRefusalHasWords(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range sniff.Codes() {
		r := &sniff.Refusal{
			Code: c, Format: "Tin", Command: "tin to-onnx", File: "tin.bin", Op: "Weld",
			Domain: "org.tin", Got: 77, Most: 66,
		}
		text := faultWords(fmt.Errorf("x: %w", r))
		if text == "" || seen[text] || strings.HasPrefix(text, "x: ") {
			t.Errorf("refusal %d is worded %q", c, text)
		}
		seen[text] = true
		for _, value := range []string{
			"Tin", "tin to-onnx", "tin.bin", "Weld", "org.tin", "77",
			"66",
		} {
			if strings.Contains(text, value) != strings.Contains(r.Error(), value) {
				t.Errorf("of refusal %d the window says %q and the terminal %q", c, text, r)
			}
		}
	}
}

func TestWordsSayTheirValues(t *testing.T) {
	for want, text := range map[string]string{
		"25 s": reasonWords(media.Reason{Code: media.PhoneLost, After: 25 * time.Second}),
		"3.1 s": reasonWords(media.Reason{
			Code: media.NothingHeard, After: 3100 * time.Millisecond,
		}),
		"8443 is taken, so Handlens listens on 40001": warningWords(
			PairingWarning{Code: PortTaken, Wanted: 8443, Port: 40001}),
		"this machine": kindWords(AddressChoice{Kind: pairing.WiFi, Loopback: true}),
		"as it is":     faultWords(errors.New("as it is")),
		"Wi-Fi":        kindWords(AddressChoice{Kind: pairing.WiFi}),
		"not work (as": faultSentence(errors.New("as it is")),
		"the disk is full": faultSentence(
			fmt.Errorf("x: %w", &fs.PathError{Op: "write", Path: "/x", Err: syscall.ENOSPC})),
		"/videos: the name is too long": faultWords(&media.Fault{
			Code: media.CannotSave, Folder: "/videos",
			Err: fmt.Errorf("in English: %w", syscall.ENAMETOOLONG),
		}),
		"a.host cannot be reached (nobody answers there)": faultWords(&models.Fault{
			Code: models.Unreachable, Host: "a.host",
			Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		}),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not say %q", text, want)
		}
	}
}
