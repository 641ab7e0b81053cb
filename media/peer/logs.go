package peer

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// logs gives pion a logger for each of its parts. What pion calls a warning is mostly a phone that
// left, so only its errors are warnings here; the rest is for debugging, and costs nothing when
// that is off.
type logs struct{ to *slog.Logger }

// NewLogger returns the logger of one part.
func (l logs) NewLogger(scope string) logging.LeveledLogger {
	return partLog{l.to.With("pion", scope)}
}

type partLog struct{ to *slog.Logger }

func (p partLog) Trace(string)                  {}
func (p partLog) Tracef(string, ...any)         {}
func (p partLog) Debug(string)                  {}
func (p partLog) Debugf(string, ...any)         {}
func (p partLog) Info(msg string)               { p.to.Debug(msg) }
func (p partLog) Infof(format string, a ...any) { p.write(slog.LevelDebug, format, a) }
func (p partLog) Warn(msg string)               { p.to.Debug(msg) }
func (p partLog) Warnf(format string, a ...any) { p.write(slog.LevelDebug, format, a) }
func (p partLog) Error(msg string)              { p.to.Warn(msg) }
func (p partLog) Errorf(format string, a ...any) {
	p.write(slog.LevelWarn, format, a)
}

func (p partLog) write(level slog.Level, format string, a []any) {
	if p.to.Enabled(context.Background(), level) {
		p.to.Log(context.Background(), level, fmt.Sprintf(format, a...))
	}
}
