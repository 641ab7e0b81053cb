package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Lengths, in characters, of what comes from outside.
const (
	maxName   = 40
	maxLabel  = 30
	maxReason = 200
)

// plain makes text that came from a phone, a model or an error fit to be shown: no control or
// formatting characters, one line, and at most n characters.
func plain(s string, n int) string {
	var b strings.Builder
	count := 0
	for _, r := range s {
		switch {
		case r == unicode.ReplacementChar, unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			continue
		case unicode.IsSpace(r), unicode.IsControl(r):
			r = ' '
		}
		if count == n {
			return strings.TrimSpace(b.String()) + "…"
		}
		b.WriteRune(r)
		count++
	}
	return strings.TrimSpace(b.String())
}

// bytesText is a size as people write it, in decimal units.
func bytesText(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.0f kB", float64(n)/1e3)
	}
	return L("{{.Count}} bytes", map[string]any{"Count": n})
}

// millis is a time span as people read it on a video.
func millis(d time.Duration) string {
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

// rate is a bit rate as people write it.
func rate(bitsPerSecond float64) string {
	if bitsPerSecond >= 1e6 {
		return fmt.Sprintf("%.1f Mbit/s", bitsPerSecond/1e6)
	}
	return fmt.Sprintf("%.0f kbit/s", bitsPerSecond/1e3)
}
