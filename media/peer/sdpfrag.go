package peer

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

const (
	// maxFragment bounds an ICE fragment in bytes, maxCandidates its candidates; a phone with many
	// networks has some twenty.
	maxFragment   = 16 << 10
	maxCandidates = 64
)

// fragment is an ICE fragment, media type application/trickle-ice-sdpfrag (RFC 8840 section 9).
type fragment struct {
	// ufrag and pwd are empty when the fragment has none.
	ufrag, pwd string
	// candidates are the values of a=candidate that we can use: UDP or TCP, component 1, with an
	// address. The others, names of multicast DNS above all, are passed over in silence (RFC 9725
	// section 4.3.2).
	candidates []candidateLine
	// end says that the phone has no more of them.
	end bool
}

// candidateLine is one candidate and the section that it stands in.
type candidateLine struct{ mid, value string }

// readFragment reads a fragment for a connection with those sections. The error wraps
// ErrBadFragment.
func readFragment(text string, mids map[string]bool) (*fragment, error) {
	if len(text) > maxFragment {
		return nil,
			fmt.Errorf("%w: it has %d bytes, more than %d", ErrBadFragment, len(text), maxFragment)
	}
	var f fragment
	var mid string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if err := f.line(line, mids, &mid); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadFragment, err)
		}
	}
	if f.ufrag != "" || f.pwd != "" {
		if err := checkCredentials(f.ufrag, f.pwd); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrBadFragment, err)
		}
	}
	if f.ufrag == "" && len(f.candidates) == 0 && !f.end &&
		!strings.Contains(text, "a=candidate:") {
		return nil, fmt.Errorf("%w: there is nothing about ICE in it", ErrBadFragment)
	}
	return &f, nil
}

// line reads one line; mid is the section that it stands in.
func (f *fragment) line(line string, mids map[string]bool, mid *string) error {
	if strings.HasPrefix(line, "m=") {
		*mid = ""
		return nil
	}
	attribute, ok := strings.CutPrefix(line, "a=")
	if !ok {
		return fmt.Errorf("a line begins with %.8q instead of a= or m=", line)
	}
	key, value, _ := strings.Cut(attribute, ":")
	switch key {
	case "mid":
		if !mids[value] {
			return fmt.Errorf("there is no section %.32q", value)
		}
		*mid = value
	case "ice-ufrag":
		return set(&f.ufrag, value)
	case "ice-pwd":
		return set(&f.pwd, value)
	case "end-of-candidates":
		f.end = true
	case "candidate":
		usable, err := checkCandidate(value)
		if err != nil || !usable {
			return err
		}
		if len(f.candidates) == maxCandidates {
			return fmt.Errorf("it has more than %d candidates", maxCandidates)
		}
		f.candidates = append(f.candidates, candidateLine{mid: *mid, value: value})
	}
	return nil
}

// set notes credentials, which all sections of a bundle share.
func set(to *string, value string) error {
	if *to != "" && *to != value {
		return errors.New("its sections have different ICE credentials")
	}
	*to = value
	return nil
}

// checkCredentials looks at lengths and characters (RFC 8839 section 5.4).
func checkCredentials(ufrag, pwd string) error {
	if len(ufrag) < 4 || len(ufrag) > 256 || len(pwd) < 22 || len(pwd) > 256 {
		return errors.New("the ICE credentials are missing, too short or too long")
	}
	for _, r := range ufrag + pwd {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' ||
			r == '/') {
			return errors.New("the ICE credentials have forbidden characters")
		}
	}
	return nil
}

// checkCandidate says whether we can use a candidate, and fails for what is none (RFC 8839 section
// 5.1).
func checkCandidate(value string) (usable bool, err error) {
	f := strings.Fields(value)
	if len(f) < 8 || f[6] != "typ" {
		return false, errors.New("a candidate has too few fields")
	}
	component, err1 := strconv.ParseUint(f[1], 10, 16)
	_, err2 := strconv.ParseUint(f[3], 10, 32)
	port, err3 := strconv.ParseUint(f[5], 10, 16)
	if err1 != nil || err2 != nil || err3 != nil {
		return false, errors.New("a candidate has a number that is none")
	}
	address, err := netip.ParseAddr(f[4])
	transport := strings.ToLower(f[2])
	return err == nil && !address.IsUnspecified() && component == 1 &&
		(transport == "tcp" || transport == "udp" && port >= firstPort), nil
}
