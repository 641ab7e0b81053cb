package layout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A described layout is one that a sidecar spells out: what each number of each output is. Nothing
// about it is recognised, so that any model with boxes, scores and classes somewhere in its outputs
// can be read (decode_described.go).

// role is what a column of an output holds.
type role uint8

const (
	ignoredRole role = iota
	// The four numbers of a box, boxParts in all forms.
	boxRole
	objectnessRole
	scoresRole     // one for each class
	backgroundRole // the score of there being nothing
	scoreRole      // of the class that a column names
	classRole
	countRole
	masksRole
	prototypesRole
	pointsRole
	angleRole
	roles
)

// form says what the four numbers of a box are.
type form uint8

const (
	cornerForm   form = iota + 1 // x1, y1, x2, y2
	centreForm                   // cx, cy, w, h
	placeForm                    // x, y of the upper left corner, w, h
	distanceForm                 // to the left, top, right and bottom from a place in a grid
)

// boxColumns are the names of the four numbers in each form.
var boxColumns = map[form][4]string{
	cornerForm: {"x1", "y1", "x2", "y2"}, centreForm: {"cx", "cy", "w", "h"},
	placeForm: {"x", "y", "w", "h"}, distanceForm: {"left", "top", "right", "bottom"},
}

// columnRoles are the names of the other columns.
var columnRoles = map[string]role{
	"ignored": ignoredRole, "objectness": objectnessRole, "scores": scoresRole,
	"background": backgroundRole, "score": scoreRole, "class": classRole, "count": countRole,
	"masks": masksRole, "prototypes": prototypesRole,
	"points-xy": pointsRole, "points-xys": pointsRole, "angle": angleRole,
}

// columnNames are all of them, for messages.
const columnNames = "x1 y1 x2 y2, cx cy w h, x y w h, left top right bottom, objectness, scores, " +
	"background, score, class, count, masks, prototypes, points-xy, points-xys, angle, ignored"

const (
	// maxColumns bounds the numbers of a row.
	maxColumns = 1 << 15
	// maxDescribed bounds the outputs that are described.
	maxDescribed = 64
	// rest is the number of columns of an entry that takes all that are left.
	rest = -1
)

// column is an entry of a sidecar's columns: "w", "scores", "ignored*10".
type column struct {
	name string
	n    int // how many numbers; rest for "scores" alone
}

// parseColumn reads an entry; false when it is none.
func parseColumn(text string) (column, bool) {
	name, number, many := strings.Cut(text, "*")
	c := column{name: name, n: 1}
	if _, known := columnRoles[name]; !known && !slices.Contains(boxNames(), name) {
		return c, false
	}
	if many {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > maxColumns {
			return c, false
		}
		c.n = n
	} else if name == "scores" {
		c.n = rest
	}
	return c, true
}

// boxNames are the names of all numbers of boxes.
func boxNames() []string {
	var all []string
	for _, names := range boxColumns {
		all = append(all, names[:]...)
	}
	return all
}

// numbers is how many numbers of a row the entry stands for.
func (c column) numbers() int {
	switch c.name {
	case "points-xy":
		return 2 * c.n
	case "points-xys":
		return 3 * c.n
	}
	return c.n
}

// part says where n things of one kind lie, each of so many numbers: in output number view of the
// described ones, from column at on. n is 0 when there are none.
type part struct{ view, at, n, each int }

// described is what a sidecar says of the outputs.
type described struct {
	outputs []describedOutput
	form    form
	// levels are those of the strides that have outputs of their own; else there is one.
	levels []rowLevel
	count  int // of detections, the index of an output; -1 for none
	grid   grid
	said   map[string]SidecarOutput // what it was made of
}

// describedOutput is an output with its columns.
type describedOutput struct {
	index  int // of the model's outputs
	width  int // numbers in a row
	turned bool
	level  int
}

// rowLevel says where a level's numbers are.
type rowLevel struct {
	box [4]part
	// by holds the rest by role.
	by     [roles]part
	stride int // 0 when all strides follow each other
}

// formula says how the numbers of a cell become a box.
type formula uint8

const (
	noFormula formula = iota // they are one already
	yoloxFormula
	yolov3Formula
	yolov5Formula
	ssdFormula
	distanceFormula
)

var formulas = map[string]formula{
	"yolox": yoloxFormula, "yolov3": yolov3Formula, "yolov5": yolov5Formula, "ssd": ssdFormula,
	"distances": distanceFormula,
}

// grid says how boxes are decoded where the model leaves that open.
type grid struct {
	formula formula
	strides []int
	// anchors are width and height in pixels, by stride.
	anchors [][][2]float32
	// middle is where in its cell a distance begins, 0..1.
	middle float32
}

// perCell is how many boxes each cell of a stride has.
func (g *grid) perCell(level int) int {
	if level < len(g.anchors) {
		return max(1, len(g.anchors[level]))
	}
	return 1
}

// layRows makes the levels of the outputs' columns. It returns in words what is wrong.
func (d *described) layRows(columns [][]column) string {
	if !d.findForm(columns) {
		return "mixes numbers of different forms of boxes"
	}
	for v, list := range columns {
		o := &d.outputs[v]
		at := 0
		for _, c := range list {
			if c.n == rest {
				c.n = o.width - totalOf(list)
			}
			if what := d.put(c, part{view: v, at: at, n: c.n, each: c.numbers() / max(1, c.n)},
				&d.levels[o.level]); what != "" {
				return what
			}
			at += c.numbers()
		}
	}
	for i := range d.levels {
		if what := d.levels[i].lacks(); what != "" {
			return what
		}
	}
	return ""
}

// totalOf is how many numbers the entries take, but for the one that takes the rest.
func totalOf(list []column) int {
	sum := 0
	for _, c := range list {
		if c.n != rest {
			sum += c.numbers()
		}
	}
	return sum
}

// put notes where an entry's numbers are.
func (d *described) put(c column, at part, level *rowLevel) string {
	kind, other := columnRoles[c.name]
	if !other {
		return d.putBox(c, at, level)
	}
	switch {
	case kind == ignoredRole:
		return ""
	case level.by[kind].n > 0:
		return fmt.Sprintf("has %s twice", c.name)
	case kind == countRole:
		d.count = d.outputs[at.view].index
	}
	level.by[kind] = at
	return ""
}

// putBox notes where one of a box' four numbers is.
func (d *described) putBox(c column, at part, level *rowLevel) string {
	names := boxColumns[d.form]
	i := slices.Index(names[:], c.name)
	switch {
	case i < 0:
		return fmt.Sprintf("has %s, which is of another form of boxes than the rest", c.name)
	case level.box[i].n > 0:
		return fmt.Sprintf("has %s twice", c.name)
	}
	level.box[i] = at
	return ""
}

// findForm finds the form of the boxes by those columns that belong to one form only, all but w and
// h. It returns false when there are several.
func (d *described) findForm(columns [][]column) bool {
	for _, list := range columns {
		for _, c := range list {
			for f, names := range boxColumns {
				if c.name == "w" || c.name == "h" || !slices.Contains(names[:], c.name) {
					continue
				}
				if d.form != 0 && d.form != f {
					return false
				}
				d.form = f
			}
		}
	}
	return true
}

// lacks says what a level has too little or too much of.
func (l *rowLevel) lacks() string {
	for _, p := range l.box {
		if p.n == 0 {
			return "does not say which four numbers are the box"
		}
		if p.n != l.box[0].n || p.n > maxBins {
			return "has distances of different lengths"
		}
	}
	scores, score, class := l.by[scoresRole].n, l.by[scoreRole].n, l.by[classRole].n
	single := max(score, class, l.by[objectnessRole].n, l.by[backgroundRole].n, l.by[angleRole].n)
	switch {
	case scores == 0 && score == 0 && l.by[objectnessRole].n == 0:
		return "does not say where the scores are"
	case scores > 0 && score+class > 0:
		return "has scores of all classes beside a score or class of one"
	case single > 1:
		return "has a list where one number is due"
	case scores > maxClasses:
		return fmt.Sprintf("has more than %d classes", maxClasses)
	case (l.by[masksRole].n > 0) != (l.by[prototypesRole].n > 0):
		return "has masks without prototypes, or the other way round"
	}
	return ""
}
