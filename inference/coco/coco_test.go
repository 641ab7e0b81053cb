package coco

import (
	"math"
	"strings"
	"testing"
)

func truthOf(list ...Annotation) *Truth {
	t := &Truth{Images: []Image{{ID: 1}, {ID: 2}}, Categories: []Category{{1, "cat"}, {2, "dog"}}}
	for _, a := range list {
		if a.Area == 0 {
			a.Area = a.Box.area()
		}
		t.Annotations = append(t.Annotations, a)
	}
	return t
}

func near(a Score, b float64) bool { return math.Abs(float64(a)-b) < 1e-9 }

// a and b are two boxes, two a truth with both, and crowd one in which a crowd takes the place of
// b.
var (
	a, b = Box{0, 0, 100, 100}, Box{200, 0, 100, 100}
	two  = truthOf(Annotation{Image: 1, Category: 1, Box: a},
		Annotation{Image: 1, Category: 1, Box: b})
	crowd = truthOf(Annotation{Image: 1, Category: 1, Box: a},
		Annotation{Image: 1, Category: 1, Box: Box{200, 0, 300, 300}, Crowd: 1})
)

var knownValues = []struct {
	name           string
	truth          *Truth
	found          []Result
	ap, ap50, ar   float64
	small, largeAP float64
}{
	{"all found exactly", two, []Result{{1, 1, a, .9}, {1, 1, b, .8}}, 1, 1, 1, -1, 1},
	// Recalls 0, 0.01, … 0.50 are reached: 51 of 101.
	{"one of two", two, []Result{{1, 1, a, .9}}, 51. / 101, 51. / 101, .5, -1, 51. / 101},
	{
		"a miss in front: precision 1/2, then 2/3", two,
		[]Result{{1, 1, Box{400, 0, 100, 100}, .95}, {1, 1, a, .9}, {1, 1, b, .8}},
		2. / 3,
		2. / 3, 1, -1, 2. / 3,
	},
	{
		"found twice: the second is a miss behind", two,
		[]Result{{1, 1, a, .9}, {1, 1, b, .8}, {1, 1, a, .7}},
		1, 1, 1, -1, 1,
	},
	// IoU 0.81 passes 0.50 to 0.80, seven of ten.
	{
		"most of a box", truthOf(Annotation{Image: 1, Category: 1, Box: a}),
		[]Result{{1, 1, Box{0, 0, 100, 81}, .9}},
		.7, 1, .7, -1, .0,
	},
	{
		"in a crowd, again and again, costs nothing", crowd,
		[]Result{
			{1, 1, Box{210, 10, 50, 50}, .95},
			{1, 1, Box{300, 50, 50, 50}, .94},
			{1, 1, a, .9},
		},
		1, 1, 1, -1, 1,
	},
	{"the wrong class", two, []Result{{1, 2, a, .9}, {1, 2, b, .9}}, 0, 0, 0, -1, 0},
	{"the wrong picture", two, []Result{{2, 1, a, .9}}, 0, 0, 0, -1, 0},
	{"nothing found", two, nil, 0, 0, 0, -1, 0},
	{"nothing there", truthOf(), []Result{{1, 1, a, .9}}, -1, -1, -1, -1, -1},
	{
		"a small object, and a large miss that is none of its size",
		truthOf(Annotation{Image: 1, Category: 1, Box: Box{0, 0, 10, 10}}),
		[]Result{{1, 1, b, .9}, {1, 1, Box{0, 0, 10, 10}, .8}},
		.5, .5, 1, 1, -1,
	},
}

func TestKnownValues(t *testing.T) {
	for _, c := range knownValues {
		e := Evaluate(c.truth, c.found)
		if !near(e.AP, c.ap) || !near(e.AP50, c.ap50) || !near(e.AR100, c.ar) ||
			!near(e.APSmall, c.small) {
			t.Errorf("%s: AP %.4f, AP50 %.4f, AR %.4f, small %.4f; want %.4f, %.4f, %.4f, %.4f",
				c.name, e.AP, e.AP50, e.AR100, e.APSmall, c.ap, c.ap50, c.ar, c.small)
		}
		if c.name != "most of a box" && !near(e.APLarge, c.largeAP) {
			t.Errorf("%s: large AP %.4f, want %.4f", c.name, e.APLarge, c.largeAP)
		}
	}
}

// TestTies holds equal scores to the order in which they were given, as a stable sort does.
func TestTies(t *testing.T) {
	a, miss := Box{0, 0, 100, 100}, Box{400, 0, 100, 100}
	truth := truthOf(Annotation{Image: 1, Category: 1, Box: a})
	if e := Evaluate(truth, []Result{{1, 1, a, .5}, {1, 1, miss, .5}}); !near(e.AP, 1) {
		t.Errorf("the hit first: AP %.4f", e.AP)
	}
	if e := Evaluate(truth, []Result{{1, 1, miss, .5}, {1, 1, a, .5}}); !near(e.AP, .5) {
		t.Errorf("the miss first: AP %.4f", e.AP)
	}
}

// TestOnlyAHundredCount has a hit behind a hundred misses.
func TestOnlyAHundredCount(t *testing.T) {
	a := Box{0, 0, 100, 100}
	var found []Result
	for range most {
		found = append(found, Result{1, 1, Box{400, 0, 100, 100}, .9})
	}
	truth := truthOf(Annotation{Image: 1, Category: 1, Box: a})
	if e := Evaluate(truth, append(found, Result{1, 1, a, .1})); e.AP != 0 || e.AR100 != 0 {
		t.Errorf("the hundred and first counts: AP %.4f", e.AP)
	}
	e := Evaluate(truth, append(found[:9], Result{1, 1, a, .1}))
	if e.AR1 != 0 || e.AR10 != 1 || !near(e.AP, .1) || len(e.Classes) != 1 ||
		e.Classes[0].Name != "cat" || e.Classes[0].Objects != 1 {
		t.Errorf("the tenth: %+v", e)
	}
}

func TestReadRefuses(t *testing.T) {
	for text, word := range map[string]string{
		"": "not a file of COCO", "[]": "not a file of COCO", "{}": "no images",
		`{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"bbox":[1e300,0,1,1]}]}`: "box",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil ||
			!strings.Contains(err.Error(), word) {
			t.Errorf("%q: %v", text, err)
		}
	}
	truth, err := Read(
		strings.NewReader(
			`{"images":[{"id":1}],"categories":[{"id":1}],"annotations":[{"bbox":[0,0,2,3]}]}`))
	if err != nil || truth.Annotations[0].Area != 6 {
		t.Errorf("%+v, %v", truth, err)
	}
}
