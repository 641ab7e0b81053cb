package kit

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"handlens/media/plaintext"
)

// The most characters that are shown of what comes from outside.
const (
	MaxName   = 40
	MaxLabel  = 30
	MaxReason = 200
)

// Printable makes text that came from a phone, a model or an error fit to be shown: no control or
// formatting characters, one line, and at most n characters.
func Printable(s string, n int) string {
	r := []rune(plaintext.Printable(strings.Join(strings.FieldsFunc(s, isBlank), " ")))
	if len(r) > n {
		return strings.TrimSpace(string(r[:n])) + "…"
	}
	return string(r)
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// Bytes is a size as people write it, in decimal units.
func Bytes(n int64) string {
	if n < 1000 {
		return N("1 byte", "{{.Count}} bytes", int(n), nil)
	}
	return plaintext.Bytes(n)
}

// Millis is a time span as people read it on a video.
func Millis(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

// Bitrate is a bit rate as people write it.
func Bitrate(bitsPerSecond float64) string {
	if bitsPerSecond >= 1e6 {
		return fmt.Sprintf("%.1f Mbit/s", bitsPerSecond/1e6)
	}
	return fmt.Sprintf("%.0f kbit/s", bitsPerSecond/1e3)
}

// Duration is a length of time as players write it, for example "2:05" or "1:02:05".
func Duration(d time.Duration) string {
	s := int(d / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func FormatIf(known bool, format string, args ...any) string {
	if !known {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

func JoinDots(parts ...string) string {
	return strings.Join(NonEmpty(parts...), "  ·  ")
}

// NonEmpty leaves out what is empty.
func NonEmpty(all ...string) []string {
	kept := all[:0]
	for _, l := range all {
		if l != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// Seconds is a length of time as a count shows it: "8.5 s", "42 s", "3:05".
func Seconds(s float64) string {
	switch {
	case s >= 100:
		return fmt.Sprintf("%d:%02d", int(s)/60, int(s)%60)
	case s >= 10:
		return fmt.Sprintf("%.0f s", s)
	}
	return fmt.Sprintf("%.1f s", s)
}
