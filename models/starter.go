package models

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"sync"
)

// Starter is the name of the model that is a part of the program.
const Starter = "starter"

// starterFile is an ONNX file that models/starter/export.py made. It says itself which classes it
// knows and what it was trained on.
//
//go:embed starter.onnx
var starterFile []byte

// starter returns the model that is a part of the program.
var starter = sync.OnceValue(func() Model {
	sum := sha256.Sum256(starterFile)
	return Model{
		Entry: Entry{
			Name: Starter, Title: "Handlens starter", Family: "handlens", License: "Apache-2.0",
			Size: int64(len(starterFile)), Input: InputSize{Width: 320, Height: 320},
			SHA256: hex.EncodeToString(sum[:]),
			Note: "a part of the program, for the first start: a few classes that it finds " +
				"less surely than the others",
		},
		Data: starterFile, Shipped: true,
	}
})
