package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// What a release should not exceed. These are goals to look at, not reasons to fail: machines
// differ.
const (
	downloadBudget = 60e6 // bytes
	startBudget    = 700 * time.Millisecond
	budgetStarts   = 7
)

// TestBudget prints how large the packages in build/package are, and how long the program that
// HANDLENS_BUDGET names takes from its start until a phone can read its code from the screen. Run
// it by `make budget`.
func TestBudget(t *testing.T) {
	program := os.Getenv("HANDLENS_BUDGET")
	if program == "" {
		t.Skip("HANDLENS_BUDGET names no program; make budget does")
	}
	packages, err := filepath.Glob(filepath.Join(filepath.Dir(program), "package", "handlens*"))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("| what | measured | budget |\n|---|---|---|\n")
	for _, p := range packages {
		if info, err := os.Stat(p); err == nil && isDownload(p) {
			fmt.Printf("| download %s | %.1f MB | %.0f MB |\n", info.Name(),
				float64(info.Size())/1e6, downloadBudget/1e6)
		}
	}
	folder := t.TempDir()
	s := startScreen(t, "-fbdir", folder)
	home := t.TempDir()
	var took []time.Duration
	for range budgetStarts {
		took = append(took, untilCode(t, program, home, s, filepath.Join(folder, "Xvfb_screen0")))
	}
	fmt.Printf("| first start → QR | %.2f s | %.1f s |\n", took[0].Seconds(), startBudget.Seconds())
	later := slices.Sorted(slices.Values(took[1:]))
	fmt.Printf("| start → QR, median of %d | %.2f s (%.2f to %.2f) | %.1f s |\n", len(later),
		later[len(later)/2].Seconds(), later[0].Seconds(), later[len(later)-1].Seconds(),
		startBudget.Seconds())
}

// isDownload leaves out what nobody needs in order to use the program.
func isDownload(name string) bool {
	return !strings.HasSuffix(name, ".json") && !strings.Contains(name, "sources")
}

// untilCode starts the program with its window and returns after how long the code that is on the
// screen is that of its link.
func untilCode(t *testing.T, program, home string, s screen, frame string) time.Duration {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, "--port", "0", "--events", "-")
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home,
		"XDG_DATA_HOME="+home, "DISPLAY="+s.display, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1")
	events, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // ended by our signal
	}()
	var listening event
	lines := json.NewDecoder(events)
	for listening.Event != "listening" {
		if err := lines.Decode(&listening); err != nil {
			t.Fatalf("the program does not listen: %v", err)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, events) }()
	var last []byte
	for time.Since(begun) < patience {
		seen := time.Now()
		raw, err := os.ReadFile(frame)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(raw, last) {
			time.Sleep(2 * time.Millisecond) // the framebuffer has no event
			continue
		}
		last = raw
		img, err := readXWD(raw)
		if err != nil {
			t.Fatal(err)
		}
		if codeIn(img) == listening.URL {
			return seen.Sub(begun)
		}
	}
	t.Fatalf("the code of %s is not on the screen", listening.URL)
	return 0
}

// codeIn reads the QR code in a picture; "" without one.
func codeIn(img image.Image) string {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return ""
	}
	code, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER: true,
	})
	if err != nil {
		return ""
	}
	return code.GetText()
}

// readXWD reads Xvfb's framebuffer, which is a dump of an X window (XWDFile.h): a header of
// big-endian words, a table of colours, and rows of BGRX.
func readXWD(raw []byte) (image.Image, error) {
	const words = 25
	if len(raw) < 4*words {
		return nil, errors.New("the dump of the screen is too short")
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(raw[4*i:])) }
	width, height, stride := word(4), word(5), word(12)
	pixels := raw[min(len(raw), word(0)+12*word(19)):]
	if word(11) != 32 || len(pixels) < height*stride {
		return nil, errors.New("the dump of the screen is not one of 32 bits a pixel")
	}
	img := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.Pix[y*img.Stride+x] = pixels[y*stride+4*x+1] // green is enough for a code
		}
	}
	return img, nil
}
