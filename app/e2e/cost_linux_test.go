package e2e

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"handlens/inference/testmodel"
)

// costVariable is how many pairs of segments the cost is measured by.
const costVariable = "HANDLENS_COST"

const (
	// costRate is such that pictures come at all moments between two paints of the screen, 60 a
	// second. At 15 or 30 each segment would have one such moment by chance, and its age with it.
	costRate    = 14
	costSettles = 6 * time.Second // until the browser sends its full size and rate
	costLasts   = 16 * time.Second
)

// costSettings has a line that red goes over and a zone that green comes into.
const costSettings = `{"confidence":0.4,"boxes":true,"labels":true,"regions":true,"sidebar":true,
	"keepData":true,"replay":60000000000,"approve":"auto","maxPhones":8,"detectOn":"computer",
	"counted":[
		{"name":"Line 1","points":[{"x":0.25,"y":0},{"x":0.25,"y":0.6}]},
		{"name":"Zone 1","points":[{"x":0.4,"y":0.6},{"x":0.6,"y":0.6},{"x":0.6,"y":1},
			{"x":0.4,"y":1}]}]}`

// costs are what a segment was like: medians of its seconds in milliseconds, and the processor time
// of the program in percent of one core.
type costs struct{ picture, boxes, both, processor float64 }

// TestCost prints what it costs the main job that rules come true, a broker and a webhook are told
// and the video is sent on: `make cost`. Two programs, one with all of that and one without, have
// the phone by turns, since what a machine can do changes from minute to minute.
func TestCost(t *testing.T) {
	pairs, err := strconv.Atoi(os.Getenv(costVariable))
	if err != nil {
		t.Skip("this measures for a long time: `make cost`")
	}
	to, broker := startReceivers(t), startBroker(t)
	if err := unix.Setpriority(unix.PRIO_PROCESS, broker.pid, lowest); err != nil {
		t.Fatal(err)
	}
	off := startCosted(t)
	on := startCosted(t, "--mqtt", broker.url, "--forward", to.Forward+"/{phone}",
		"--rule", `Crossing: when red crosses "Line 1" at most every 10 s then mqtt, webhook `+
			to.Webhook+" with picture",
		"--rule", `Inside: when green in "Zone 1" for 0.5 s at most every 10 s then snapshot`,
		"--rule", `Clip: when green in "Zone 1" at most every 30 s then `+
			"clip 2 s before 2 s after")
	browser := startBrowser(t, labCamera{rate: costRate}, allowed)
	var without, with []costs
	for n := range pairs {
		for side := range 2 { // each first in half of the pairs
			if (n+side)%2 == 0 {
				without = append(without, off.segment(t, browser))
			} else {
				with = append(with, on.segment(t, browser))
			}
		}
		fmt.Printf("%2d  off %.1f  on %.1f\n", n+1, without[n], with[n])
	}
	for name, least := range map[string]int{"rule": 3 * pairs, "recording": 1, "forward": pairs} {
		if is, other := on.count(name), off.count(name); is < least || other > 0 {
			t.Errorf("%q happened %d times, and %d where it should not", name, is, other)
		}
	}
	printCosts(without, with)
}

// printCosts prints the figures of pairs of segments.
func printCosts(without, with []costs) {
	fmt.Printf("\n| medians of %d | off | on | on / off (95 %%) |\n|---|---|---|---|\n", len(with))
	for _, row := range []struct {
		name string
		of   func(costs) float64
	}{
		{"age of the picture on the screen, ms", func(c costs) float64 { return c.picture }},
		{"age of the boxes when known, ms", func(c costs) float64 { return c.boxes }},
		{"both", func(c costs) float64 { return c.both }},
		{"processor, % of a core", func(c costs) float64 { return c.processor }},
	} {
		var a, b, ratios []float64
		for i := range with {
			a, b = append(a, row.of(without[i])), append(b, row.of(with[i]))
			ratios = append(ratios, math.Log(b[i]/a[i]))
		}
		slices.Sort(a)
		slices.Sort(b)
		low, high := spread(ratios)
		fmt.Printf("| %s | %.1f | %.1f | %.3f (%.3f to %.3f) |\n", row.name, middle(a), middle(b),
			math.Exp(mean(ratios)), math.Exp(low), math.Exp(high))
	}
}

// startCosted starts a program with a screen of its own.
func startCosted(t *testing.T, args ...string) *app {
	t.Helper()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	err := os.WriteFile(filepath.Join(data, "settings.json"), []byte(costSettings), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	model, err := testmodel.Build("yolov8", 640)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "patches.onnx")
	if err := os.WriteFile(file, model, 0o644); err != nil {
		t.Fatal(err)
	}
	return newAccount(dir, file, 0,
		[]string{"DISPLAY=" + startScreen(t).display, "LIBGL_ALWAYS_SOFTWARE=1"},
		append([]string{"--pictures", dir, "--videos", dir}, args...)...).app(t)
}

// segment has a phone send to the program for a while.
func (a *app) segment(t *testing.T, browser browserProcess) costs {
	t.Helper()
	p := browser.open(t, withCodec(a.url, "H264"))
	p.start()
	p.state("live")
	time.Sleep(costSettles)
	mark, used := a.mark(), processor(t, a.cmd.Process.Pid)
	time.Sleep(costLasts)
	used = processor(t, a.cmd.Process.Pid) - used
	var picture, boxes []float64
	for _, e := range a.since(mark) {
		if e.Event == "stats" {
			picture = append(picture, e.Latency["shown"].P50)
			boxes = append(boxes, e.Latency["detected"].P50)
		}
	}
	p.stop()
	a.waitSince(t, mark, "phone-left", nil)
	p.close()
	slices.Sort(picture)
	slices.Sort(boxes)
	return costs{
		middle(picture), middle(boxes), middle(picture) + middle(boxes),
		100 * used.Seconds() / costLasts.Seconds(),
	}
}

// count is how many events of that name there were.
func (a *app) count(name string) (n int) {
	for _, e := range a.since(0) {
		if e.Event == name {
			n++
		}
	}
	return n
}

// processor is the processor time that a process has used.
func processor(t *testing.T, pid int) time.Duration {
	t.Helper()
	fields := procStat(fmt.Sprintf("/proc/%d/stat", pid))
	if fields == nil {
		t.Fatalf("process %d has ended", pid)
	}
	var ticks time.Duration
	for _, f := range fields[11:13] { // user and system
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		ticks += time.Duration(n)
	}
	return ticks * (time.Second / 100) // USER_HZ is 100 wherever Go runs
}

// procStat returns the fields of a stat file of /proc from the third one on; nil when the process
// or thread has ended.
func procStat(path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	// The second field, a name in brackets, may have spaces.
	return strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// spread is where the mean lies of 95 in 100 samples that are drawn from the values anew (a
// bootstrap).
func spread(v []float64) (low, high float64) {
	means, drawn := make([]float64, 4000), make([]float64, len(v))
	for i := range means {
		for j := range drawn {
			drawn[j] = v[rand.IntN(len(v))]
		}
		means[i] = mean(drawn)
	}
	slices.Sort(means)
	return quantile(means, 0.025), quantile(means, 0.975)
}
