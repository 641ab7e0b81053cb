//go:build !darwin && !windows

package gallery

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/godbus/dbus/v5"
)

// revealWithin bounds what a file manager may take to start.
const revealWithin = 5 * time.Second

// Reveal asks the desktop's file manager to select a file in its folder, by freedesktop.org's
// interface. It does not run on the UI goroutine.
func Reveal(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, revealWithin)
	defer cancel()
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("reaching the desktop's bus: %w", err)
	}
	defer bus.Close()
	if err := bus.Auth(nil); err != nil {
		return fmt.Errorf("reaching the desktop's bus: %w", err)
	}
	if err := bus.Hello(); err != nil {
		return fmt.Errorf("reaching the desktop's bus: %w", err)
	}
	files := []string{(&url.URL{Scheme: "file", Path: path}).String()}
	manager := bus.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1")
	if err := manager.CallWithContext(ctx, "org.freedesktop.FileManager1.ShowItems", 0, files,
		"").Err; err != nil {
		return fmt.Errorf("asking the file manager: %w", err)
	}
	return nil
}
