package remote

import (
	"errors"
	"math"
	"strconv"
)

// errHalves: the protocol has no numbers for half-precision floats in JSON.
var errHalves = errors.New("half-precision tensors go as bytes only, which this server does not " +
	"take; serve the model in float32")

// appendNumbers appends the elements as a flat list of JSON.
func (t *Tensor) appendNumbers(to []byte) ([]byte, error) {
	to = append(to, '[')
	switch data := t.Data.(type) {
	case []float32:
		to = appendList(to, data, func(b []byte, v float32) []byte {
			return strconv.AppendFloat(b, finite(float64(v)), 'g', -1, 32)
		})
	case []float64:
		to = appendList(to, data, func(b []byte, v float64) []byte {
			return strconv.AppendFloat(b, finite(v), 'g', -1, 64)
		})
	case []int32:
		to = appendIntegers(to, data)
	case []int64:
		to = appendIntegers(to, data)
	case []uint8:
		to = appendIntegers(to, data)
	default:
		return nil, errHalves
	}
	return append(to, ']'), nil
}

// finite replaces what JSON has no number for.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

func appendIntegers[T int32 | int64 | uint8](to []byte, list []T) []byte {
	return appendList(to, list, func(b []byte, v T) []byte {
		return strconv.AppendInt(b, int64(v), 10)
	})
}

func appendList[T any](to []byte, list []T, one func([]byte, T) []byte) []byte {
	for i, v := range list {
		if i > 0 {
			to = append(to, ',')
		}
		to = one(to, v)
	}
	return to
}

// readNumbers takes over a list of JSON, flat or nested as the shape is, for whose elements there
// is room.
func (t *Tensor) readNumbers(list []byte) error {
	switch data := t.Data.(type) {
	case []float32:
		return readList(list, data, func(s string) (float32, error) {
			v, err := strconv.ParseFloat(s, 32)
			return float32(v), err
		}, float32(math.NaN()))
	case []float64:
		return readList(list, data, func(s string) (float64, error) {
			return strconv.ParseFloat(s, 64)
		}, math.NaN())
	case []int32:
		return readList(list, data, integer[int32](32), 0)
	case []int64:
		return readList(list, data, integer[int64](64), 0)
	case []uint8:
		return readList(list, data, func(s string) (uint8, error) {
			v, err := strconv.ParseUint(s, 10, 8)
			return uint8(v), err
		}, 0)
	}
	return errHalves
}

func integer[T int32 | int64](bits int) func(string) (T, error) {
	return func(s string) (T, error) {
		v, err := strconv.ParseInt(s, 10, bits)
		return T(v), err
	}
}

// readList reads exactly as many numbers as there is room for. null stands for what is not finite.
func readList[T any](list []byte, to []T, number func(string) (T, error), null T) error {
	n := 0
	for i := 0; i < len(list); {
		switch list[i] {
		case ' ', '\t', '\n', '\r', ',', '[', ']':
			i++
			continue
		}
		end := i
		for end < len(list) && !separates(list[end]) {
			end++
		}
		if n == len(to) {
			return errors.New("it has more numbers than its shape says")
		}
		word := string(list[i:end])
		var err error
		if to[n], err = null, nil; word != "null" {
			to[n], err = number(word)
		}
		if err != nil {
			return errors.New("it has something among its numbers that is none of its type")
		}
		n, i = n+1, end
	}
	if n != len(to) {
		return errors.New("it has fewer numbers than its shape says")
	}
	return nil
}

func separates(c byte) bool {
	switch c {
	case ' ', '\t', '\n', '\r', ',', '[', ']':
		return true
	}
	return false
}
