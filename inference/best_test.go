package inference

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"handlens/inference/ort"
)

// crowd is how many candidates a crowded picture has at least: more than any decoder keeps.
const crowd = 1 << 17

// crowdedHead makes the outputs of one kind of head for a large input: every class of every cell
// passes the threshold, and the best box of all is the very last one.
type crowdedHead struct {
	name   string
	layout layout
	// make returns the outputs and the order of the best candidate.
	make func(l layout) (tensors, int)
}

const (
	poor = 0.01 // what all candidates score but for the last
	good = 0.9
)

// tabled makes a tensor [1, n, width] of equal rows; the last number of the last one is another.
func tabled(n int, row []float32, last float32) *ort.Tensor {
	v := slices.Repeat(row, n)
	v[len(v)-1] = last
	return floatTensor(v, 1, int64(n), int64(len(row)))
}

// row is what a row begins with, and then as many equal scores.
func row(scores int, begin ...float32) []float32 {
	return append(slices.Clone(begin), slices.Repeat([]float32{poor}, scores)...)
}

// crowdedList makes labels, boxes and scores of n detections.
func crowdedList(n int) tensors {
	labels := &ort.Tensor{Name: "labels", Type: ort.Int64, Shape: []int64{1, int64(n)}}
	labels.Int64 = slices.Repeat([]int64{1}, n)
	scores := floatTensor(slices.Repeat([]float32{poor}, n), 1, int64(n))
	scores.Float32[n-1] = good
	boxes := floatTensor(slices.Repeat([]float32{.1, .1, .4, .4}, n), 1, int64(n), 4)
	for i := range n { // each a little apart from the others
		boxes.Float32[4*i] += float32(i) / float32(4*n)
	}
	return tensors{labels, boxes, scores}
}

var large = input{width: 416, height: 416, sizes: -1}

func crowdedHeads() []crowdedHead {
	const classes = 80
	with := func(l layout, set func(*layout)) layout {
		l.classes = classes
		set(&l)
		return l
	}
	nothing := func(*layout) {}
	list := func(l *layout) { l.labels, l.boxes, l.scores, l.measure = 0, 1, 2, shares }
	return []crowdedHead{
		{"columns", with(yolov8Layout, nothing), func(l layout) (tensors, int) {
			n := cells(large.width, large.height)
			v := slices.Repeat([]float32{poor}, (4+l.classes)*n)
			for i := range 4 * n {
				v[i] = 50
			}
			v[len(v)-1] = good
			return tensors{floatTensor(v, 1, int64(4+l.classes), int64(n))}, n - 1
		}},
		{"grid", with(yoloxLayout, nothing), func(l layout) (tensors, int) {
			n := cells(large.width, large.height)
			return tensors{tabled(n, row(l.classes, .5, .5, 1, 1, 1), good)}, n - 1
		}},
		{"rows", with(yolov5Layout, nothing), func(l layout) (tensors, int) {
			return tensors{tabled(4000, row(l.classes, 50, 50, 10, 10, 1), good)}, 3999
		}},
		{"plain", with(yolov8Layout, func(l *layout) {
			l.head = plain
		}), func(l layout) (tensors, int) {
			return tensors{tabled(4000, row(l.classes, 50, 50, 10, 10), good)}, 3999
		}},
		{"end-to-end", with(endToEndLayout, nothing), func(layout) (tensors, int) {
			t := tabled(crowd, []float32{10, 10, 90, 90, poor, 1}, 1)
			t.Float32[len(t.Float32)-2] = good
			return tensors{t}, crowd - 1
		}},
		{"triple", with(tripleLayout, list), func(layout) (tensors, int) {
			return crowdedList(crowd), crowd - 1
		}},
		{"numbered from one", with(tensorflowLayout, func(l *layout) {
			l.numberFromOne(0)
			list(l)
		}), func(layout) (tensors, int) { return crowdedList(crowd), crowd - 1 }},
		{"queries", with(queriesLayout, func(l *layout) {
			l.scores, l.boxes, l.activation = 0, 1, none
		}), func(l layout) (tensors, int) {
			boxes := tabled(4000, []float32{.5, .5, .1, .1}, .1)
			return tensors{tabled(4000, row(l.classes), good), boxes}, 3999
		}},
		{"levels", with(nanodetLayout, func(l *layout) {
			l.bins, l.levels = 8, [4]level{{0, 1}, {2, 3}, {4, 5}}
		}), func(l layout) (tensors, int) {
			var all tensors
			total := 0
			for _, step := range l.steps[:3] {
				n := around(large.width, step) * around(large.height, step)
				all = append(all, tabled(n, row(l.classes), poor), tabled(n, row(4*l.bins), poor))
				total += n
			}
			scores := all[4].Float32
			scores[len(scores)-1] = good
			return all, total - 1
		}},
		{"distribution", with(nanodetPlusLayout, func(l *layout) {
			l.bins = 8
		}), func(l layout) (tensors, int) {
			n := int(nanodetCells(large))
			t := tabled(n, row(l.classes+4*l.bins), poor)
			t.Float32[len(t.Float32)-4*l.bins-1] = good
			return tensors{t}, n - 1
		}},
	}
}

// TestTheBestComesLast has each head give far more candidates than are kept, in whatever order its
// numbers lie in memory: the best one must lead what is reported.
func TestTheBestComesLast(t *testing.T) {
	for _, h := range crowdedHeads() {
		t.Run(h.name, func(t *testing.T) {
			out, order := h.make(h.layout)
			s := sieve{limit: minConfidence, allLabels: true}
			if err := h.layout.decode(large, out, &s); err != nil {
				t.Fatal(err)
			}
			if len(s.list) != maxCandidates {
				t.Errorf("%d candidates were kept, want %d", len(s.list), maxCandidates)
			}
			where := newTransform(416, 416, large.width, large.height, h.layout.fit)
			got := finish(&s, h.layout.nms, .99, where, nil, nil)
			if len(got) == 0 || math.Abs(float64(got[0].Score-good)) > 1e-6 {
				t.Fatalf("%d detections without the best one", len(got))
			}
			if best := slices.MinFunc(s.list, byScore); int(best.order) != order {
				t.Errorf("the best candidate is number %d of its output, not %d", best.order, order)
			}
		})
	}
}

// TestOneThingTakesOnePlace gives each box twice: half of the places must not be lost to that.
func TestOneThingTakesOnePlace(t *testing.T) {
	l := tripleLayout
	l.classes, l.labels, l.boxes, l.scores, l.measure = 2, 0, 1, 2, shares
	n := 4 * maxDetections
	out := crowdedList(n)
	for i := range n {
		out[0].Int64[i] = int64(i % 2)
		copy(out[1].Float32[4*i:][:4], out[1].Float32[4*(i-i%2):][:4])
	}
	s := sieve{limit: minConfidence}
	if err := l.decode(large, out, &s); err != nil {
		t.Fatal(err)
	}
	where := newTransform(416, 416, large.width, large.height, l.fit)
	if got := finish(&s, l.nms, .5, where, nil, nil); len(got) != maxDetections {
		t.Errorf("%d things are reported of %d, want %d", len(got), n/2, maxDetections)
	}
}

// scored makes candidates of scores, each twice with another class.
func scored(scores []float32) []candidate {
	list := make([]candidate, 0, 2*len(scores))
	for i, v := range scores {
		for class := range int32(2) {
			list = append(list, candidate{score: v, class: class, order: int32(i)})
		}
	}
	return list
}

// checkInsert holds what insert keeps against sorting all and cutting, for any order of arrival.
func checkInsert(t *testing.T, all []candidate, n int) {
	t.Helper()
	var kept []candidate
	for _, c := range all {
		kept = insert(kept, c, n)
	}
	if len(kept) != min(n, len(all)) {
		t.Fatalf("%d of %d are kept, want %d", len(kept), len(all), n)
	}
	want := best(slices.Clone(all), n)
	if got := best(kept, n); !slices.Equal(got, want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

func TestInsertIsSortingAndCutting(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		scores := make([]float32, r.IntN(400))
		for i := range scores {
			scores[i] = float32(r.IntN(1+r.IntN(50))) / 50 // with many ties
		}
		all := scored(scores)
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		checkInsert(t, all, 1+r.IntN(300))
	}
	rising := make([]float32, 5000)
	for i := range rising {
		rising[i] = float32(i) / 5000
	}
	checkInsert(t, scored(rising), 300)
	slices.Reverse(rising)
	checkInsert(t, scored(rising), 300)
}

func FuzzInsert(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, uint8(3))
	f.Add([]byte{9, 9, 9, 9, 9, 8, 9}, uint8(1))
	f.Add([]byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, scores []byte, n uint8) {
		values := make([]float32, len(scores))
		for i, v := range scores {
			values[i] = float32(v) / 255
		}
		checkInsert(t, scored(values), 1+int(n))
	})
}

// TestSieveTakesNoNonsense hands over what is not a number among more candidates than are kept.
func TestSieveTakesNoNonsense(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	s := sieve{limit: minConfidence}
	for i := range crowd {
		s.add(i, 0, []float32{nan, inf, -inf, .5}[i%4], Box{0, 0, 1, 1})
	}
	for _, c := range s.list {
		if c.score != .5 {
			t.Fatalf("kept %+v", c)
		}
	}
	if len(s.list) != maxCandidates {
		t.Errorf("%d are kept", len(s.list))
	}
}
