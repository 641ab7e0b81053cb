package layout

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// maxExtra bounds the elements of an extra input.
const maxExtra = maxInput * maxInput

// InputValues are the values that a sidecar gives an input: numbers, or words for them.
type InputValues struct{ list []inputValue }

// inputValue is a number, unless there is a word.
type inputValue struct {
	number float64
	word   string
}

// inputWords are what values may be instead of numbers.
var inputWords = map[string]func(Input) float64{
	"width":    func(in Input) float64 { return float64(in.Width) },
	"height":   func(in Input) float64 { return float64(in.Height) },
	"original": func(Input) float64 { return OriginalSide },
}

var errValues = errors.New(
	`inputs must be numbers, or "width", "height" (of the model's input) or "original", or lists ` +
		`of them`)

// UnmarshalJSON implements json.Unmarshaler.
func (v *InputValues) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		list = []json.RawMessage{data}
	}
	const most = 1 << 10
	if len(list) == 0 || len(list) > most {
		return errValues
	}
	for _, data := range list {
		var e inputValue
		if string(data) == "null" || json.Unmarshal(data, &e.number) != nil {
			if json.Unmarshal(data, &e.word) != nil || inputWords[e.word] == nil {
				return errValues
			}
		}
		v.list = append(v.list, e)
	}
	return nil
}

// RecogniseInput is the function of that name for a model beside which the sidecar, which may be
// nil, lies: it says the size of an input that takes any, and the values of further inputs.
func (s *Sidecar) RecogniseInput(list []Tensor, metadata map[string]string) (Input, error) {
	if s == nil {
		return RecogniseInput(list, metadata)
	}
	if s.Input.Width > 0 {
		metadata = maps.Clone(metadata)
		if metadata == nil {
			metadata = make(map[string]string)
		}
		metadata["imgsz"] = fmt.Sprintf("[%d, %d]", s.Input.Height, s.Input.Width)
	}
	if err := s.checkInputs(list); err != nil {
		return Input{}, err
	}
	in, err := s.recogniseOthers(list, metadata)
	if err != nil {
		return in, err
	}
	if w, h := s.Input.Width, s.Input.Height; w > 0 && (w != in.Width || h != in.Height) {
		return in, fmt.Errorf("%s: input.width and height are %d × %d, and the model takes %d × %d",
			s.file, w, h, in.Width, in.Height)
	}
	for i := range list {
		if v, given := s.Inputs[list[i].Name]; given {
			e, err := s.extra(in, i, &list[i], v)
			if err != nil {
				return in, err
			}
			in.Extras = append(in.Extras, e)
		}
	}
	return in, nil
}

// recogniseOthers recognises those inputs that the sidecar gives no values.
func (s *Sidecar) recogniseOthers(list []Tensor, metadata map[string]string) (Input, error) {
	var others []Tensor
	var places []int
	for i, t := range list {
		if _, given := s.Inputs[t.Name]; !given {
			others, places = append(others, t), append(places, i)
		}
	}
	in, err := RecogniseInput(others, metadata)
	if err != nil {
		return in, err
	}
	in.Image = places[in.Image]
	if in.Sizes >= 0 {
		in.Sizes = places[in.Sizes]
	}
	for i := range in.Extras {
		in.Extras[i].Index = places[in.Extras[i].Index]
	}
	return in, nil
}

// checkInputs refuses values for inputs that the model does not have.
func (s *Sidecar) checkInputs(list []Tensor) error {
	for _, name := range slices.Sorted(maps.Keys(s.Inputs)) {
		if !slices.ContainsFunc(list, func(t Tensor) bool { return t.Name == name }) {
			return fmt.Errorf("%s: inputs has %q, which the model has not", s.file, clean(name))
		}
	}
	return nil
}

// extra makes the values of one input.
func (s *Sidecar) extra(in Input, index int, t *Tensor, v InputValues) (Extra, error) {
	known, _ := in.extra(index, t) // what it means for the outputs is not forgotten
	e := Extra{
		Index: index, Type: t.Type, Shape: append([]int64{}, t.Shape...), scale: known.scale,
		sides: known.sides,
	}
	if t.Type == Other {
		return e, fmt.Errorf("%s: inputs.%s is of a type that cannot be given", s.file,
			clean(t.Name))
	}
	for _, one := range v.list {
		if value := inputWords[one.word]; value != nil {
			one.number = value(in)
		}
		if math.IsInf(one.number, 0) || t.isInteger() && one.number != math.Trunc(one.number) {
			return e, fmt.Errorf("%s: inputs.%s is of %s, and %g is not", s.file, clean(t.Name),
				t.Type, one.number)
		}
		e.Values = append(e.Values, float32(one.number))
	}
	if !e.settle(in) {
		return e, fmt.Errorf("%s: inputs.%s has %d values, and it is %s", s.file, clean(t.Name),
			len(e.Values), t.describe())
	}
	return e, nil
}

// settle fixes the axes that take any size: the last two are the frame's where there are three or
// more (a mask), one takes all values, and the others are 1. False when the values do not fit.
func (e *Extra) settle(in Input) bool {
	n, open := int64(1), -1
	last := len(e.Shape) - 1
	for i := range e.Shape {
		switch axis := &e.Shape[i]; {
		case *axis >= 0:
		case last >= 2 && i == last:
			*axis = int64(in.Width)
		case last >= 2 && i == last-1:
			*axis = int64(in.Height)
		default:
			*axis, open = 1, i
		}
		if e.Shape[i] > maxExtra || n*e.Shape[i] > maxExtra {
			return false
		}
		n *= e.Shape[i]
	}
	count := int64(len(e.Values))
	if open >= 0 && n > 0 && count > n && count%n == 0 {
		e.Shape[open] = count / n
		n = count
	}
	return n > 0 && (count == n || count == 1)
}
