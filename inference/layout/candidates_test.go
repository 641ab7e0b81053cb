package layout

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// crowd is the least number of candidates in a crowded frame: more than any decoder keeps.
const crowd = 1 << 17

// crowdedHead makes the outputs of one kind of head for a large input: every class of every cell
// passes the threshold, and the best box of all is the very last one.
type crowdedHead struct {
	name   string
	layout Layout
	// make returns the outputs and the order of the best candidate.
	make func(l Layout) (tensors, int)
}

const (
	leastScore = 0.001

	poor = 0.01 // the score of all candidates but the last
	good = 0.9
)

// tabled makes a tensor [1, n, width] of equal rows; the last number of the last one is another.
func tabled(n int, row []float32, last float32) *Tensor {
	v := slices.Repeat(row, n)
	v[len(v)-1] = last
	return floatTensor(v, 1, int64(n), int64(len(row)))
}

// row is what a row begins with, followed by equal scores.
func row(scores int, begin ...float32) []float32 {
	return append(slices.Clone(begin), slices.Repeat([]float32{poor}, scores)...)
}

// crowdedList makes labels, boxes and scores of n detections.
func crowdedList(n int) tensors {
	labels := &Tensor{Name: "labels", Type: Int64, Shape: []int64{1, int64(n)}}
	labels.Int64 = slices.Repeat([]int64{1}, n)
	scores := floatTensor(slices.Repeat([]float32{poor}, n), 1, int64(n))
	scores.Float32[n-1] = good
	boxes := floatTensor(slices.Repeat([]float32{.1, .1, .4, .4}, n), 1, int64(n), 4)
	for i := range n { // each a little apart from the others
		boxes.Float32[4*i] += float32(i) / float32(4*n)
	}
	return tensors{labels, boxes, scores}
}

var large = Input{Width: 416, Height: 416, Sizes: -1}

// with sets what a head has in the large input, for 80 classes.
func with(l Layout, set func(*Layout)) Layout {
	l.classes, l.input = 80, large
	set(&l)
	return l
}

func unchanged(*Layout) {}

func crowdedHeads() []crowdedHead {
	return slices.Concat(crowdedRows(), crowdedLists(), crowdedLevels())
}

// crowdedRows are the heads of one output, a cell in each row or column.
func crowdedRows() []crowdedHead {
	return []crowdedHead{
		{"channels first", with(yolov8Layout, unchanged), func(l Layout) (tensors, int) {
			n := cells(large.Width, large.Height)
			v := slices.Repeat([]float32{poor}, (4+l.classes)*n)
			for i := range 4 * n {
				v[i] = 50
			}
			v[len(v)-1] = good
			return tensors{floatTensor(v, 1, int64(4+l.classes), int64(n))}, n - 1
		}},
		{"grid offsets", with(yoloxLayout, unchanged), func(l Layout) (tensors, int) {
			n := cells(large.Width, large.Height)
			return tensors{tabled(n, row(l.classes, .5, .5, 1, 1, 1), good)}, n - 1
		}},
		{"objectness", with(yolov5Layout, unchanged), func(l Layout) (tensors, int) {
			return tensors{tabled(4000, row(l.classes, 50, 50, 10, 10, 1), good)}, 3999
		}},
		{"channels last", with(yolov8RowsLayout, unchanged), func(l Layout) (tensors, int) {
			return tensors{tabled(4000, row(l.classes, 50, 50, 10, 10), good)}, 3999
		}},
	}
}

// crowdedLists are the heads that end in a list of detections or queries.
func crowdedLists() []crowdedHead {
	list := func(l *Layout) { l.labels, l.boxes, l.scores, l.boxUnit = 0, 1, 2, normalised }
	return []crowdedHead{
		{"end-to-end", with(endToEndLayout, unchanged), func(Layout) (tensors, int) {
			t := tabled(crowd, []float32{10, 10, 90, 90, poor, 1}, 1)
			t.Float32[len(t.Float32)-2] = good
			return tensors{t}, crowd - 1
		}},
		{"detectionList", with(detrListLayout, list), func(Layout) (tensors, int) {
			return crowdedList(crowd), crowd - 1
		}},
		{"numbered from one", with(tensorflowLayout, func(l *Layout) {
			l.numberFromOne(0)
			list(l)
		}), func(Layout) (tensors, int) { return crowdedList(crowd), crowd - 1 }},
		{"queries", with(queriesLayout, func(l *Layout) {
			l.scores, l.boxes, l.activation = 0, 1, none
		}), func(l Layout) (tensors, int) {
			boxes := tabled(4000, []float32{.5, .5, .1, .1}, .1)
			return tensors{tabled(4000, row(l.classes), good), boxes}, 3999
		}},
	}
}

// crowdedLevels are the heads of distributions.
func crowdedLevels() []crowdedHead {
	return []crowdedHead{
		{"feature levels", with(nanodetLayout, func(l *Layout) {
			l.bins, l.levels = 8, [4]level{{0, 1}, {2, 3}, {4, 5}}
		}), func(l Layout) (tensors, int) {
			var all tensors
			total := 0
			for _, step := range l.strides[:3] {
				n := cellsAlong(large.Width, step) * cellsAlong(large.Height, step)
				all = append(all, tabled(n, row(l.classes), poor), tabled(n, row(4*l.bins), poor))
				total += n
			}
			scores := all[4].Float32
			scores[len(scores)-1] = good
			return all, total - 1
		}},
		{"distribution", with(nanodetPlusLayout, func(l *Layout) {
			l.bins = 8
		}), func(l Layout) (tensors, int) {
			n := int(nanodetCells(large))
			t := tabled(n, row(l.classes+4*l.bins), poor)
			t.Float32[len(t.Float32)-4*l.bins-1] = good
			return tensors{t}, n - 1
		}},
	}
}

// TestTheBestComesLast lets each head give far more candidates than are kept, in whatever order its
// numbers lie in memory: the best one must be reported first.
func TestTheBestComesLast(t *testing.T) {
	for _, h := range crowdedHeads() {
		t.Run(h.name, func(t *testing.T) {
			out, order := h.make(h.layout)
			d := NewDecoder(&h.layout)
			got, err := d.Decode(out, h.layout.Place(416, 416),
				Filter{Confidence: leastScore, IoU: .99, AllLabels: true}, nil)
			if err != nil {
				t.Fatal(err)
			}
			list := d.candidates.list
			if len(list) != maxCandidates {
				t.Errorf("%d candidates were kept, want %d", len(list), maxCandidates)
			}
			if len(got) == 0 || math.Abs(float64(got[0].Score-good)) > 1e-6 {
				t.Fatalf("%d detections without the best one", len(got))
			}
			if best := slices.MinFunc(list, byScore); int(best.order) != order {
				t.Errorf("the best candidate is number %d of its output, not %d", best.order, order)
			}
		})
	}
}

// TestOneThingTakesOnePlace gives each box twice: half of the places must not be lost to that.
func TestOneThingTakesOnePlace(t *testing.T) {
	l := detrListLayout
	l.classes, l.labels, l.boxes, l.scores, l.boxUnit = 2, 0, 1, 2, normalised
	n := 4 * maxDetections
	out := crowdedList(n)
	for i := range n {
		out[0].Int64[i] = int64(i % 2)
		copy(out[1].Float32[4*i:][:4], out[1].Float32[4*(i-i%2):][:4])
	}
	l.input = large
	got, err := NewDecoder(&l).Decode(out, l.Place(416, 416),
		Filter{Confidence: leastScore, IoU: .5}, nil)
	if err != nil || len(got) != maxDetections {
		t.Errorf("%d things are reported of %d, want %d; %v", len(got), n/2, maxDetections, err)
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

// checkInsert compares what insert keeps with sorting and cutting all, for any order of arrival.
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

// TestCandidatesTakeNoNonsense adds values that are not numbers among more candidates than are
// kept.
func TestCandidatesTakeNoNonsense(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	s := candidates{limit: leastScore}
	for i := range crowd {
		s.add(i, 0, []float32{nan, inf, -inf, .5}[i%4], rect(0, 0, 1, 1))
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
