#!/bin/sh
# Brings the ONNX Runtime library that this room loads and prints where it lies.
#
#   sh inference/ort/fetch.sh VERSION
#
# The npm package onnxruntime-node carries the library for each platform, with the CPU provider and the platform's GPU
# one (WebGPU, CoreML or DirectML). npm checks the archive against its registry; we check the library itself against the
# sums below. A library of one's own is named in HANDLENS_ONNXRUNTIME.
set -eu
version=${1:?usage: fetch.sh VERSION}
. "$(dirname "$0")/../../.setup/lib.sh"

if [ -n "${HANDLENS_ONNXRUNTIME:-}" ]; then
  [ -f "$HANDLENS_ONNXRUNTIME" ] || die "HANDLENS_ONNXRUNTIME names $HANDLENS_ONNXRUNTIME, which is not there"
  echo "$HANDLENS_ONNXRUNTIME"
  exit 0
fi

# The sums belong to one version: whoever raises ORT_VERSION brings new ones.
case $version/$(uname -s)/$(uname -m) in
  1.30.0/Linux/x86_64)
    member=linux/x64/libonnxruntime.so.1 sha256=ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23 ;;
  1.30.0/Linux/aarch64)
    member=linux/arm64/libonnxruntime.so.1 sha256=1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76 ;;
  1.30.0/Darwin/arm64)
    member=darwin/arm64/libonnxruntime.1.dylib sha256=685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d ;;
  *) die "no ONNX Runtime $version is known for $(uname -s) on $(uname -m); install it by hand and name it in HANDLENS_ONNXRUNTIME" ;;
esac

dir=$cache/onnxruntime-$version
library=$dir/$(basename "$member")
if [ -f "$library" ]; then
  [ "$(sha256_of "$library")" = "$sha256" ] && { echo "$library"; exit 0; }
  say "$library is damaged; fetching it again"
  rm -f "$library"
fi

command -v npm >/dev/null 2>&1 || die "npm is missing, and it brings ONNX Runtime; install npm (Node.js), or name a library of your own in HANDLENS_ONNXRUNTIME"
work=$(mktemp -d "$cache/fetch-ort.XXXXXX")
trap 'rm -rf "$work"' EXIT
say "downloading ONNX Runtime $version (about 110 MB)"
( cd "$work" && npm pack --silent "onnxruntime-node@$version" >/dev/null 2>npm.log ) ||
  { tail -n 3 "$work/npm.log" >&2; die "npm could not bring onnxruntime-node@$version; its last lines stand above"; }
tar -xzf "$work/onnxruntime-node-$version.tgz" -C "$work" "package/bin/napi-v6/$member"
got=$(sha256_of "$work/package/bin/napi-v6/$member")
[ "$got" = "$sha256" ] || die "the ONNX Runtime library that npm brought has the checksum $got, not $sha256; it is not used"
mkdir -p "$dir"
mv "$work/package/bin/napi-v6/$member" "$library"
say "ONNX Runtime $version is ready in $dir"
echo "$library"
