package testmodel

import (
	"encoding/binary"
	"math"
)

// message writes protocol buffers (protobuf.dev/programming-guides/encoding): each field is its
// number and wire type, then its value.
type message []byte

// The wire types that ONNX uses here.
const (
	wireVarint = 0
	wireBytes  = 2
)

func (m *message) tag(field, wire int) {
	*m = binary.AppendUvarint(*m, uint64(field)<<3|uint64(wire))
}

// int writes a varint field.
func (m *message) int(field int, v int64) {
	m.tag(field, wireVarint)
	*m = binary.AppendUvarint(*m, uint64(v))
}

// bytes writes a length-delimited field: bytes, a string, or another message.
func (m *message) bytes(field int, v []byte) {
	m.tag(field, wireBytes)
	*m = binary.AppendUvarint(*m, uint64(len(v)))
	*m = append(*m, v...)
}

func (m *message) string(field int, v string) { m.bytes(field, []byte(v)) }

// floats and ints lay numbers out as TensorProto.raw_data wants them: little-endian.
func floats(v ...float32) []byte {
	var b []byte
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func ints(v ...int64) []byte {
	var b []byte
	for _, i := range v {
		b = binary.LittleEndian.AppendUint64(b, uint64(i))
	}
	return b
}
