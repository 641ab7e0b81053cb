package reach

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// States of sockets in /proc/net: one that listens, and any of UDP that has no peer.
const (
	tcpListens = "0A"
	udpOpen    = "07"
)

// portHolder finds the socket in the kernel's tables, and then the process that has it open.
func portHolder(ctx context.Context, port int) (Holder, bool) {
	sockets := map[string]bool{}
	for table, state := range map[string]string{
		"tcp": tcpListens, "tcp6": tcpListens, "udp": udpOpen, "udp6": udpOpen,
	} {
		if text, err := os.ReadFile("/proc/net/" + table); err == nil {
			for _, inode := range listening(string(text), state, port) {
				sockets["socket:["+inode+"]"] = true
			}
		}
	}
	if len(sockets) == 0 {
		return Holder{}, false
	}
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return Holder{}, false
	}
	for _, process := range processes {
		if ctx.Err() != nil {
			break
		}
		files, err := os.ReadDir(process + "/fd")
		if err != nil {
			continue // another user's, or it has ended
		}
		for _, f := range files {
			if to, err := os.Readlink(process + "/fd/" + f.Name()); err != nil || !sockets[to] {
				continue
			}
			return holder(process)
		}
	}
	return Holder{}, false
}

// holder describes the process of a folder in /proc.
func holder(process string) (Holder, bool) {
	pid, err := strconv.Atoi(filepath.Base(process))
	if err != nil {
		return Holder{}, false
	}
	if path, err := os.Readlink(process + "/exe"); err == nil {
		return Holder{Name: strings.TrimSuffix(filepath.Base(path), " (deleted)"), PID: pid}, true
	}
	name, err := os.ReadFile(process + "/comm")
	return Holder{Name: strings.TrimSpace(string(name)), PID: pid}, err == nil
}

// listening returns the inodes of the sockets on a port that are in that state, of one of the
// tables in /proc/net: a heading, then a line per socket with its number, the local address and the
// remote one, the state, and the inode as the tenth word.
func listening(table, state string, port int) (inodes []string) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != state {
			continue
		}
		_, hex, _ := strings.Cut(f[1], ":")
		if n, err := strconv.ParseUint(hex, 16, 16); err == nil && int(n) == port {
			inodes = append(inodes, f[9])
		}
	}
	return inodes
}
