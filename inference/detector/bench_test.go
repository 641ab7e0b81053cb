package detector

import (
	"os"
	"slices"
	"testing"
	"time"

	"handlens/inference"
	"handlens/inference/testmodel"
	"handlens/media"
)

// BenchmarkDetect compares the whole stage with the bare engine on the same tensors, one after the
// other so that both meet the same load of the machine, and reports medians. HANDLENS_BENCH_MODEL
// names a model file; without it our own test model runs, whose engine time is so short that its
// ratio says little.
func BenchmarkDetect(b *testing.B) {
	path := os.Getenv("HANDLENS_BENCH_MODEL")
	if path == "" {
		path = b.TempDir() + "/testmodel.onnx"
		data, err := testmodel.Build("deim", 416)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	d, err := Open(path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	f := paint(b, 1280, 720, media.I420, patch{0, even(1280, 720, .1, .1, .5, .5)})
	var whole, bare, pre, decode []time.Duration
	var dets []inference.Detection
	for b.Loop() {
		began := time.Now()
		var timing Timing
		if dets, timing, err = d.Detect(f, dets[:0]); err != nil {
			b.Fatal(err)
		}
		between := time.Now()
		if err := d.BareRun(); err != nil {
			b.Fatal(err)
		}
		whole, bare = append(whole, between.Sub(began)), append(bare, time.Since(between))
		pre, decode = append(pre, timing.Preprocess), append(decode, timing.Decode)
	}
	ms := func(list []time.Duration) float64 {
		slices.Sort(list)
		return list[len(list)/2].Seconds() * 1000
	}
	b.ReportMetric(ms(whole), "detect-ms")
	b.ReportMetric(ms(bare), "bare-ms")
	b.ReportMetric(ms(pre), "pre-ms")
	b.ReportMetric(ms(decode), "decode-ms")
	b.ReportMetric(ms(whole)/ms(bare), "detect/bare")
	b.ReportMetric(0, "ns/op")
}
