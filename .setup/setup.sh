#!/bin/sh
# All set-up that building, running and testing Handlens needs, in one go; what is there already
# costs nothing.
#
#   sh .setup/setup.sh run|test
#
# Writes build/env.sh: source it to use the go command by hand. The versions come from the Makefile.
# With HANDLENS_TARGET=linux-arm64 it is build/linux-arm64/env.sh, for that system.
set -eu
cd "$(dirname "$0")/.."
. .setup/lib.sh
purpose=${1:?usage: setup.sh run|test}
: "${FFMPEG_VERSION:?run this through make}" "${ORT_VERSION:?run this through make}"

sh .setup/packages.sh "$purpose"
ffmpeg=$(sh media/ffmpeg/build.sh "$FFMPEG_VERSION" "$FFMPEG_SHA256" \
  "$DAV1D_VERSION" "$DAV1D_SHA256" "$NVENC_VERSION" "$NVENC_SHA256")
ort=$(sh inference/ort/fetch.sh "$ORT_VERSION")
web=$(sh inference/ort/fetch-web.sh "$ORT_VERSION")
sh inference/layout/browser/build.sh "$web" build/browser
# What the tests need stays known once it is there, so that make build does not take it away.
datachannel=
axe=
if [ "$purpose" = test ] || [ -d "$cache/node-datachannel-$DATACHANNEL_VERSION" ]; then
  datachannel=$(sh .setup/peers.sh datachannel "$DATACHANNEL_VERSION")
fi
if [ "$purpose" = test ] || [ -d "$cache/axe-core-$AXE_VERSION" ]; then
  axe=$(sh .setup/peers.sh axe "$AXE_VERSION" "$AXE_SHA256")
fi

mkdir -p "$build"
cat >"$build/env.sh.new" <<END
# Written by .setup/setup.sh: what the go command needs to build and test Handlens.
export PKG_CONFIG_PATH="$ffmpeg/lib/pkgconfig\${PKG_CONFIG_PATH:+:\$PKG_CONFIG_PATH}"
# The go command does not notice when the answer of pkg-config changes, but it does notice these
# flags: so another FFmpeg is really linked.
export CGO_CFLAGS="-O2 -g -I$ffmpeg/include"
export HANDLENS_ONNXRUNTIME="$ort"
export HANDLENS_BROWSER="$PWD/build/browser"
export CGO_ENABLED=1
END
if [ "${HANDLENS_TARGET:-}" = linux-arm64 ]; then
  cat >>"$build/env.sh.new" <<END
export GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++
export PKG_CONFIG_LIBDIR=/usr/lib/aarch64-linux-gnu/pkgconfig:/usr/share/pkgconfig
END
fi
[ -z "$datachannel" ] ||
  echo "export HANDLENS_TEST_DATACHANNEL=\"$datachannel\"" >>"$build/env.sh.new"
[ -z "$axe" ] || echo "export HANDLENS_TEST_AXE=\"$axe\"" >>"$build/env.sh.new"
if cmp -s "$build/env.sh.new" "$build/env.sh"; then
  rm "$build/env.sh.new"
else
  mv "$build/env.sh.new" "$build/env.sh"
fi
