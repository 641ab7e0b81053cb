#!/bin/sh
# Brings the ONNX Runtime library that this room loads and prints where it lies.
#
#   sh inference/ort/fetch.sh VERSION
#
# The npm package onnxruntime-node carries the library for each platform, with the CPU provider and the platform's GPU
# one (WebGPU, CoreML or DirectML). npm checks the archive against its registry; we check the library itself against the
# sums below. A library of one's own is named in HANDLENS_ONNXRUNTIME.
# HANDLENS_TARGET names another system to fetch for, as for media/ffmpeg/build.sh.
set -eu
version=${1:?usage: fetch.sh VERSION}
. "$(dirname "$0")/../../.setup/lib.sh"

if [ -n "${HANDLENS_ONNXRUNTIME:-}" ]; then
  [ -f "$HANDLENS_ONNXRUNTIME" ] || die "HANDLENS_ONNXRUNTIME names $HANDLENS_ONNXRUNTIME, which is not there"
  echo "$HANDLENS_ONNXRUNTIME"
  exit 0
fi

# The sums belong to one version: whoever raises ORT_VERSION brings new ones. The first file is the
# library that is printed, and what it needs lies beside it. dxcompiler.dll and dxil.dll of the package
# are left out: only WebGPU uses them, where Windows' own compiler of shaders is not enough, DirectML
# comes before it there, and they are a seventh of the download.
case $version/${HANDLENS_TARGET:-$(uname -s)/$(uname -m)} in
  1.30.0/Linux/x86_64) files='linux/x64/libonnxruntime.so.1 ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23' ;;
  1.30.0/Linux/aarch64 | 1.30.0/linux-arm64)
    files='linux/arm64/libonnxruntime.so.1 1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76' ;;
  1.30.0/Darwin/arm64) files='darwin/arm64/libonnxruntime.1.dylib 685d2be5dba1309c89d3a5324b7fd06a5c42f1a61bfea32d14c4cc28d072121d' ;;
  1.30.0/windows-amd64)
    files='win32/x64/onnxruntime.dll 508c362f5673483dd3a086379c392795b2e42d10d5e6f3f90ebd7ac21c97af67
      win32/x64/DirectML.dll 234e8898778cdec88d3cb0539508273494082812c968699f3de665a018971625' ;;
  *) die "no ONNX Runtime $version is known for ${HANDLENS_TARGET:-$(uname -s) on $(uname -m)}; install it by hand and name it in HANDLENS_ONNXRUNTIME" ;;
esac

dir=$cache/onnxruntime-$version${HANDLENS_TARGET:+-$HANDLENS_TARGET}

# each COMMAND calls it with each file's place in the package and its sum.
each() {
  set -- "$1" $files
  command=$1
  shift
  while [ $# -gt 0 ]; do
    $command "$1" "$2"
    shift 2
  done
}

# note_missing MEMBER SHA256 adds what is not here, or is damaged, to what is missing.
note_missing() {
  library=$dir/$(basename "$1")
  if [ -f "$library" ]; then
    [ "$(sha256_of "$library")" = "$2" ] && return 0
    say "$library is damaged; fetching it again"
    rm -f "$library"
  fi
  missing="$missing package/bin/napi-v6/$1"
}

# keep MEMBER SHA256 puts what came into the cache, if it is what was asked for.
keep() {
  came=$work/package/bin/napi-v6/$1
  [ -f "$came" ] || return 0
  got=$(sha256_of "$came")
  [ "$got" = "$2" ] || die "the file $(basename "$1") that npm brought has the checksum $got, not $2; it is not used"
  mv "$came" "$dir/"
}

missing=
each note_missing
if [ -n "$missing" ]; then
  command -v npm >/dev/null 2>&1 || die "npm is missing, and it brings ONNX Runtime; install npm (Node.js), or name a library of your own in HANDLENS_ONNXRUNTIME"
  work=$(mktemp -d "$cache/fetch-ort.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "downloading ONNX Runtime $version (about 110 MB)"
  ( cd "$work" && npm pack --silent "onnxruntime-node@$version" >/dev/null 2>npm.log ) ||
    { tail -n 3 "$work/npm.log" >&2; die "npm could not bring onnxruntime-node@$version; its last lines stand above"; }
  tar -xzf "$work/onnxruntime-node-$version.tgz" -C "$work" $missing
  mkdir -p "$dir"
  each keep
  say "ONNX Runtime $version is ready in $dir"
fi
set -- $files
echo "$dir/$(basename "$1")"
