#!/bin/sh
# Copies the ONNX Runtime library next to the program, so that the two run wherever they are
# copied to.
set -eu
cd "$(dirname "$1")"
name=$(basename "$HANDLENS_ONNXRUNTIME")
cmp -s "$HANDLENS_ONNXRUNTIME" "$name" || cp "$HANDLENS_ONNXRUNTIME" "$name"
