#!/bin/sh
# Puts all that a page needs to detect by itself into one folder: ONNX Runtime Web, and package
# layout as WebAssembly with Go's loader.
#
#   sh inference/layout/browser/build.sh ENGINE FOLDER
#
# ENGINE is what inference/ort/fetch-web.sh has printed. What is there already is not made again.
set -eu
engine=${1:?usage: build.sh ENGINE FOLDER} folder=${2:?usage: build.sh ENGINE FOLDER}
mkdir -p "$folder"
for file in "$engine"/*.mjs "$engine"/*.gz; do
  cmp -s "$file" "$folder/$(basename "$file")" || cp "$file" "$folder/"
done
cp "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$folder/"
GOOS=js GOARCH=wasm CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" \
  -o "$folder/layout.wasm" ./inference/layout/browser/wasm
gzip -9nf "$folder/layout.wasm"
