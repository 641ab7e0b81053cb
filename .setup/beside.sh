#!/bin/sh
# Puts the ONNX Runtime library beside the program, so that the two can be copied and started anywhere.
set -eu
cd "$(dirname "$1")"
name=$(basename "$HANDLENS_ONNXRUNTIME")
cmp -s "$HANDLENS_ONNXRUNTIME" "$name" || cp "$HANDLENS_ONNXRUNTIME" "$name"
