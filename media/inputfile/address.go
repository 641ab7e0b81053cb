package inputfile

import (
	"net/url"
	"regexp"
	"runtime"
	"strings"
)

var scheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// Path returns the file that an argument names: itself, or what a file:// address leads to.
func Path(arg string) string {
	if !strings.HasPrefix(strings.ToLower(arg), "file://") {
		return arg
	}
	u, err := url.Parse(arg)
	if err != nil || u.Path == "" || u.Host != "" && !strings.EqualFold(u.Host, "localhost") {
		return arg
	}
	if runtime.GOOS == "windows" { // file:///C:/x
		return strings.TrimPrefix(u.Path, "/")
	}
	return u.Path
}

// address says of what names no file but looks like an address on a network what to do.
func address(path string) (why refusal, is bool) {
	switch found := strings.ToLower(scheme.FindString(path)); found {
	case "":
		return "", false
	case "http://", "https://", "ftp://":
		return "is an address, and only files are read: nothing is fetched from a network. Save " +
			"it to a file first, for example with curl -LO", true
	case "rtsp://", "rtsps://", "rtmp://", "rtmps://", "rtp://", "udp://", "srt://", "tcp://",
		"mms://", "hls://":
		return "is a stream, and only files are read: nothing is fetched from a network. Record " +
			"a piece of it to a file first, for example with ffmpeg -i ADDRESS -t 60 -c copy " +
			"clip.mkv", true
	}
	return "is an address, and only files are read", true
}
