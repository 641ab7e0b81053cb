package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// click clicks at that place of the screen.
func (s screen) click(t *testing.T, x, y int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "xdotool", "mousemove", fmt.Sprint(x), fmt.Sprint(y), "click",
		"1")
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("click: %v: %s", err, out)
	}
}

// pausesFromWindow pauses a phone's camera by the window's panel, and has it go on by the button
// over the picture. The window, of its first size, fills the screen.
func pausesFromWindow(t *testing.T, s screen, p *page) {
	t.Helper()
	s.key(t, "v")
	p.clickUntil(s, 470, 708, "paused") // the panel's lowest button
	if !evaluate[bool](p, `document.body.innerText.includes('Paused by the computer')`) {
		t.Error("the page does not say who paused it")
	}
	s.key(t, "v")
	p.clickUntil(s, 292+988/2, 373, "live") // the middle of the pictures
	s.until(t, landscape)
}

// clickUntil clicks until the page is in that state: what is clicked on may not be there yet.
func (p *page) clickUntil(s screen, x, y int, state string) {
	p.test.Helper()
	for range 40 {
		s.click(p.test, x, y)
		if evaluate[bool](p, `new Promise((done) => {
			const since = performance.now();
			const look = () => {
				const there = document.documentElement.dataset.state === '`+state+`';
				if (there || performance.now() - since > 500) done(there);
				else setTimeout(look, 20);
			};
			look();
		})`) {
			return
		}
	}
	p.test.Fatalf("no click at %d, %d brought the page to %s; %s", x, y, state, p.describe())
}
