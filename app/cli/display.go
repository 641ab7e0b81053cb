package cli

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// DisplayFault says in half a sentence why no window can be opened here, or "" when nothing speaks
// against it. GLFW, below Fyne, gives up with a panic where there is no display, so it is better to
// know before.
func DisplayFault() string {
	switch runtime.GOOS {
	case "linux", "freebsd", "openbsd", "netbsd":
		return x11OrWaylandFault(os.Getenv("DISPLAY"), os.Getenv("WAYLAND_DISPLAY"),
			os.Getenv("XDG_RUNTIME_DIR"))
	}
	return ""
}

func x11OrWaylandFault(display, wayland, runtimeDir string) string {
	if display == "" && wayland == "" {
		return "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)"
	}
	if wayland != "" {
		if !filepath.IsAbs(wayland) {
			wayland = filepath.Join(runtimeDir, wayland)
		}
		if reachable("unix", wayland) {
			return ""
		}
		if display == "" {
			return "the display " + wayland + " does not answer"
		}
	}
	if !x11Reachable(display) {
		return "the display " + display + " does not answer"
	}
	return ""
}

// x11Reachable tries the sockets behind a name such as ":0", "host:10.0" or "unix:1" (X(7),
// "Display names").
func x11Reachable(display string) bool {
	host, number, ok := cutLast(display, ":")
	if !ok {
		return false
	}
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 65535-6000 {
		return false
	}
	if host == "" || host == "unix" {
		socket := "/tmp/.X11-unix/X" + number
		return reachable("unix", socket) || reachable("unix", "@"+socket)
	}
	if filepath.IsAbs(host) { // XQuartz names its socket by path
		return true
	}
	return reachable("tcp", net.JoinHostPort(host, strconv.Itoa(6000+n)))
}

func reachable(network, address string) bool {
	c, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return false
	}
	c.Close()
	return true
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
