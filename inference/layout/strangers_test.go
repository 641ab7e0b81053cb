package layout

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// valued gives a tensor its elements.
func valued(t Tensor, v ...float32) Tensor {
	t.Float32 = v
	return t
}

// rowsOf repeats a row n times, with others at the beginning.
func rowsOf(n int, fill []float32, first ...[]float32) []float32 {
	all := slices.Concat(first...)
	for len(all) < n*len(fill) {
		all = append(all, fill...)
	}
	return all
}

// listOf are a list's outputs with these labels, as TorchVision has them.
func listOf(labels ...int64) []Tensor {
	n := int64(len(labels))
	l := whole("labels", n)
	l.Int64 = labels
	return []Tensor{
		float("boxes", n, 4), l, filledWith(0.9, float("scores", n)),
	}
}

func TestListsCountAsTheyShow(t *testing.T) {
	paddleRows := func(n int64) []Tensor {
		return []Tensor{float("multiclass_nms3_0.tmp_0", n, 6), float("multiclass_nms3_0.tmp_2", 1)}
	}
	scale, sides := Extra{scale: true}, Extra{sides: true}
	small, large := square(416), square(640)
	small.Extras, large.Extras = []Extra{scale}, []Extra{scale}
	both := square(640)
	both.Extras = []Extra{scale, sides}
	zoo, other := square(640), square(640)
	zoo.Single, zoo.Name, other.Single, other.Name = true, "image", true, "images_tensors"
	numbered := listOf(1)
	for i, name := range []string{"6379", "6381", "6383"} {
		numbered[i].Name = name
	}
	detected := []Tensor{
		float("detected_boxes", 1, 3, 4), whole("detected_classes", 1, 3),
		float("detected_scores", 1, 3),
	}
	predicted := listOf(3)
	predicted[0].Name, predicted[1].Name = "pred_boxes", "pred_classes"
	background := map[string]string{"names": "['__background__', 'a', 'b']"}
	for name, c := range map[string]struct {
		in       Input
		outputs  []Tensor
		metadata map[string]string
		family   string
		mean     float32 // of the first plane
		labels   int
		class0   int16 // what class 1 of the model becomes
	}{
		"a background's name first": {
			square(640), listOf(1, 2), background, "torchvision", 0, 2,
			0,
		},
		"the zoo's Faster R-CNN":     {zoo, numbered, nil, "Faster R-CNN", 102.9801, 80, 0},
		"numbers of torchvision":     {other, numbered, nil, "torchvision", 0, 80, 0},
		"Detectron2":                 {square(640), predicted, nil, "Detectron2", 103.53, 80, 1},
		"Custom Vision, no metadata": {square(320), detected, nil, "Custom Vision", 0, 0, 1},
		"PicoDet":                    {small, paddleRows(-1), nil, "PicoDet", 0.485, 80, 1},
		"PP-YOLOE":                   {large, paddleRows(-1), nil, "PaddleDetection", 0, 80, 1},
		"Paddle's YOLOv3":            {both, paddleRows(-1), nil, "PaddleDetection", 0.485, 80, 1},
		"Paddle's RT-DETR":           {both, paddleRows(300), nil, "RT-DETR", 0, 80, 1},
		"OpenVINO's SSD": {
			square(300), []Tensor{float("detection_out", 1, 1, 200, 7)}, nil, "SSD", 0, 80, 0,
		},
	} {
		l, err := Recognise(c.in, c.outputs, c.metadata, nil)
		if err != nil || l.family != c.family || l.mean[0] != c.mean ||
			len(l.Labels()) != c.labels {
			t.Errorf("%s: %+v, %v", name, l, err)
			continue
		}
		class := int16(1)
		if l.renumber != nil {
			class = l.renumber[1]
		}
		if class != c.class0 {
			t.Errorf("%s: class 1 becomes %d", name, class)
		}
	}
}

func TestARunShowsFromWhereClassesCount(t *testing.T) {
	batched := func(top int64) []Tensor {
		list := listOf(1, top)
		for i := range list {
			list[i].Shape = append([]int64{1}, list[i].Shape...)
		}
		return list
	}
	names := map[string]string{"names": "['a', 'b', 'c']"}
	for name, c := range map[string]struct {
		top      int64
		metadata map[string]string
		want     int16
	}{
		"the last of three from 0": {2, names, 2}, "from 1": {3, names, 2},
		"COCO's own numbers": {90, nil, 79},
	} {
		l, err := Recognise(square(640), batched(c.top), c.metadata, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := int16(c.top)
		if l.renumber != nil {
			got = l.renumber[c.top]
		}
		if got != c.want {
			t.Errorf("%s: class %d becomes %d", name, c.top, got)
		}
	}
}

func TestPairsWithoutNames(t *testing.T) {
	box, logits := []float32{.5, .5, .2, .3}, []float32{-8, -8, -8, -8}
	plain := []float32{0, 0, 0, 0}
	for name, scores := range map[string][]float32{"logits": logits, "scores": plain} {
		best := slices.Clone(scores)
		best[2] = 0.9
		outputs := []Tensor{
			valued(float("11", 1, 300, 4), rowsOf(300, scores, best)...),
			valued(float("12", 1, 300, 4), rowsOf(300, box)...),
		}
		for range 2 {
			l, err := Recognise(square(640), outputs, nil, nil)
			if err != nil || outputs[l.boxes].Name != "12" {
				t.Errorf("%s: %+v, %v", name, l, err)
			}
			slices.Reverse(outputs)
		}
	}
}

func TestTransposedScores(t *testing.T) {
	const n = 84
	boxes := valued(float("concat_14.tmp_0", 1, n, 4), rowsOf(n, []float32{1, 2, 40, 50})...)
	boxes.Float32[4*83] = 20
	scores := filledWith(0, float("tmp_16", 1, 3, n))
	scores.Float32[2*n+7], scores.Float32[n+7] = 0.8, 0.7
	outputs := []Tensor{boxes, scores}
	l, err := Recognise(square(64), outputs, nil, nil)
	if err != nil || !l.transposed || l.classes != 3 {
		t.Fatalf("%+v, %v", l, err)
	}
	for all, want := range map[bool]int{false: 1, true: 2} {
		c := candidates{limit: 0.5, allLabels: all}
		if err := l.decode(outputList(outputs), &c); err != nil || len(c.list) != want {
			t.Fatalf("%+v, %v", c.list, err)
		}
		if b := c.list[0].box; !all && (c.list[0].class != 2 || b.X2 != 40 || b.Y2 != 50) {
			t.Errorf("%+v", c.list[0])
		}
	}
}

func TestNoDetectorsAreRefused(t *testing.T) {
	small := func(t Tensor) Tensor { return filledWith(0.01, t) }
	noise := func(t Tensor) Tensor {
		t = filledWith(0, t)
		for i := range t.Float32 {
			t.Float32[i] = float32(math.Abs(math.Sin(float64(i))))
		}
		return t
	}
	for name, outputs := range map[string][]Tensor{
		"a depth":      {noise(float("depth", 1, 384, 384))},
		"a flat depth": {small(float("depth", 1, 384, 384))},
		"features":     {small(float("last_hidden_state", 1, 197, 768))},
		"letters":      {small(float("softmax", 1, 40, 6625))},
		"FCOS without boxes": {
			small(float("a", 1, 8400, 80)), small(float("b", 1, 8400, 4)),
			small(float("c", 1, 8400, 1)),
		},
		"SSD without priors": {
			small(float("class", 1, 1917, 91)),
			small(float("box", 1, 1917, 4)),
		},
		"a segmented picture": {
			small(float("out", 1, 21, 64, 64)),
			small(float("aux", 1, 21, 64, 64)),
		},
	} {
		if l, err := Recognise(square(640), outputs, nil, nil); err == nil ||
			!strings.Contains(err.Error(), outputs[0].Name) {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
	}
}

func TestMasksBeforeBoxesAreNoHeatMaps(t *testing.T) {
	outputs := append([]Tensor{float("masks", -1, 1, 28, 28)}, listOf(1)...)
	if l, err := Recognise(square(640), outputs, nil, nil); err != nil ||
		l.family != "torchvision" {
		t.Errorf("%+v, %v", l, err)
	}
}

// batched are the outputs of a list with a batch before it: these labels at a score of 0.9, and
// rows of nothing.
func batched(labels ...float32) []Tensor {
	const n = 20
	boxes, scores := float("boxes", 1, n, 4), float("scores", 1, n)
	l := float("classes", 1, n)
	boxes.Float32, scores.Float32 = make([]float32, 4*n), make([]float32, n)
	l.Float32 = append(labels, make([]float32, n-len(labels))...)
	for i := range labels {
		copy(boxes.Float32[4*i:], []float32{100, 50, 200, 300})
		scores.Float32[i] = 0.9
	}
	return []Tensor{boxes, scores, l}
}

// asWhole has the labels of a list be whole numbers.
func asWhole(list []Tensor) []Tensor {
	l := whole("labels", list[2].Shape...)
	for _, v := range list[2].Float32 {
		l.Int64 = append(l.Int64, int64(v))
	}
	list[2] = l
	return list
}

func TestListsCountFromWhereTheyShow(t *testing.T) {
	names := map[string]string{"names": "['a', 'b', 'c']"}
	zero := listOf(0, 2)
	if l := recognised(t, square(640), names, zero...); l.renumber != nil || l.classes != 3 {
		t.Errorf("a list with a class 0 counts from 1: %v", l.renumber)
	}
	for _, c := range []struct {
		labels []float32
		warned bool
	}{{[]float32{1, 2}, true}, {[]float32{0, 2}, false}, {[]float32{1, 3}, false}} {
		l := recognised(t, square(640), names, asWhole(batched(c.labels...))...)
		if got := strings.Contains(strings.Join(l.warnings, " "), "from where"); got != c.warned {
			t.Errorf("labels %v: it warns %q", c.labels, l.warnings)
		}
	}
}

func TestListsOfNoNames(t *testing.T) {
	bytes := square(320)
	bytes.Type, bytes.Interleaved = Uint8, true
	list := batched(2, 3)
	list[0].Name, list[1].Name, list[2].Name = "Identity_1:0", "Identity_2:0", "Identity_4:0"
	list[0].Float32 = list[0].Float32[:0:0]
	for range 20 {
		list[0].Float32 = append(list[0].Float32, .1, .2, .3, .4)
	}
	for _, order := range [][]Tensor{list, {list[0], list[2], list[1]}} {
		l := recognised(t, bytes, nil, order...)
		got := found(t, l, order...)
		if len(got) != 1 || got[0].Label != "bicycle" ||
			math.Abs(float64(got[0].Box.X1)-.2) > .001 {
			t.Errorf("it finds %+v", got)
		}
	}
	tf := batched(1, 2)
	tf[0].Name, tf[1].Name, tf[2].Name = "detection_boxes", "detection_scores", "detection_classes"
	tf = append(tf, float("detection_multiclass_scores", 1, 20, 4))
	l := recognised(t, bytes, nil, tf...)
	if want := []string{"class 0", "class 1", "class 2"}; !slices.Equal(l.Labels(), want) {
		t.Errorf("its classes are %q", l.Labels())
	}
	centres := asWhole(batched(0, 1))
	copy(centres[0].Float32, []float32{300, 200, 100, 50})
	got := found(t, recognised(t, square(640), nil, centres...), centres...)
	if len(got) == 0 || math.Abs(float64(got[0].Box.X1)-250./640) > .001 {
		t.Errorf("centres are read as %+v", got)
	}
}

func TestNamesOfPairsCountForMoreThanTheirOrder(t *testing.T) {
	scores, boxes := float("scores", 1, 8400, 80), float("boxes", 1, 8400, 4)
	l := recognised(t, square(640), nil, scores, boxes)
	if !l.unit || !strings.Contains(strings.Join(l.warnings, " "), "0..1") {
		t.Errorf("it is %s, and warns %q", l.family, l.warnings)
	}
	scores.Name, boxes.Name = "output", "952"
	if l := recognised(t, square(640), nil, scores, boxes); l.unit || l.family != "DAMO-YOLO" {
		t.Errorf("it is %s", l.family)
	}
}
