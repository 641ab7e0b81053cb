package resample

import (
	"fmt"
	"image"
	"slices"
	"testing"
	"time"

	"handlens/media"
)

// BenchmarkRun measures what a frame costs, and what splitting it gains: benchmarkSplit says how.
func BenchmarkRun(b *testing.B) {
	for _, size := range [][2]int{
		{640, 480},
		{1280, 720},
		{720, 1280},
		{1920, 1080},
		{3840, 2160},
	} {
		for _, format := range []media.Format{media.I420, media.RGBA} {
			for _, aa := range []bool{false, true} {
				for _, side := range []int{416, 640} {
					b.Run(fmt.Sprintf("%dx%d/to=%d/format=%d/antialias=%v", size[0], size[1], side,
						format, aa), func(b *testing.B) {
						place := image.Rect(0, 0, side, side)
						if !aa {
							place = image.Rect(0, 0, min(side, side*size[0]/size[1]),
								min(side, side*size[1]/size[0]))
						}
						target := Target{
							Width: side, Height: side, Place: place, Antialias: aa,
							Scale: [3]float32{1, 1, 1},
						}
						benchmarkSplit(b, picture(b, size[0], size[1], format, media.Color{}),
							target)
					})
				}
			}
		}
	}
}

// benchmarkSplit makes one frame whole and in two and four strips in turn, so that all meet the
// same load of the machine, and reports medians in milliseconds, what two and four strips are
// faster, and how many strips the plan itself takes.
func benchmarkSplit(b *testing.B, f *media.Frame, target Target) {
	counts := []int{1, 2, 4}
	plans := make([]*Plan, len(counts))
	dst := newTensor(target)
	own := 0
	for i, n := range counts {
		p, err := NewPlan(SourceOf(f), target)
		if err != nil {
			b.Fatal(err)
		}
		defer p.Close()
		own = len(p.strips)
		p.divide(n)
		plans[i] = p
	}
	times := make([][]time.Duration, len(counts))
	for b.Loop() {
		for i, p := range plans {
			began := time.Now()
			if err := p.Run(f, dst); err != nil {
				b.Fatal(err)
			}
			times[i] = append(times[i], time.Since(began))
		}
	}
	median := func(list []time.Duration) float64 {
		slices.Sort(list)
		return list[len(list)/2].Seconds() * 1000
	}
	one := median(times[0])
	b.ReportMetric(one, "one-ms")
	b.ReportMetric(one/median(times[1]), "two-gain")
	b.ReportMetric(one/median(times[2]), "four-gain")
	b.ReportMetric(float64(own), "strips")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkTypes compares what the types and orders of the tensor cost, for 1280 × 720 into 416 ×
// 416.
func BenchmarkTypes(b *testing.B) {
	f := picture(b, 1280, 720, media.I420, media.Color{})
	for as := Float32; as <= Uint8; as++ {
		for _, interleaved := range []bool{false, true} {
			b.Run(fmt.Sprintf("type=%d/interleaved=%v", as, interleaved), func(b *testing.B) {
				target := Target{
					Width: 416, Height: 416, Place: image.Rect(0, 0, 416, 234),
					Type: as, Interleaved: interleaved,
				}
				p, err := NewPlan(SourceOf(f), target)
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				dst := newTensor(target)
				b.ReportAllocs()
				for b.Loop() {
					if err := p.Run(f, dst); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
