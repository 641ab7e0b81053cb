package alert

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"time"
)

const noticeTime = 5 * time.Second

// Notice has the desktop show a notification by the program that it has for that, for when there is
// no window of ours that could.
func Notice(title, text string) error {
	program, args := "notify-send", []string{"--app-name=Handlens", "--", title, text}
	switch runtime.GOOS {
	case "darwin":
		program, args = "osascript", []string{
			"-e",
			"display notification " + strconv.Quote(text) + " with title " + strconv.Quote(title),
		}
	case "windows":
		return errors.New("notifications need the window")
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return fmt.Errorf("notifications need the window, or the program %s", program)
	}
	ctx, cancel := context.WithTimeout(context.Background(), noticeTime)
	defer cancel()
	if err := exec.CommandContext(ctx, path, args...).Run(); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}
