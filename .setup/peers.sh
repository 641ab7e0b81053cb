#!/bin/sh
# Brings a program or library that the tests let publish, or look at the pages, and prints what they
# are to be told of it.
#
#   sh .setup/peers.sh datachannel VERSION    npm's node-datachannel; prints where it lies
#   sh .setup/peers.sh axe VERSION SHA256     npm's axe-core, of which axe.min.js has that checksum;
#                                             prints where that lies
#   sh .setup/peers.sh python AV AIORTC       PyPI's PyAV, which carries FFmpeg, and aiortc; prints
#                                             the Python that has them
#   sh .setup/peers.sh loaders COCO SUPERVISION   PyPI's pycocotools and supervision, likewise
#   sh .setup/peers.sh servers MLSERVER ONNXRUNTIME   PyPI's MLServer and ONNX Runtime, likewise
set -eu
. "$(dirname "$0")/lib.sh"
usage='usage: peers.sh datachannel VERSION | axe VERSION SHA256 | python AV AIORTC |
  loaders COCO SUPERVISION | servers MLSERVER ONNXRUNTIME'

datachannel() {
  dir=$cache/node-datachannel-$1
  if [ ! -d "$dir" ]; then
    command -v npm >/dev/null 2>&1 || die "npm is missing, and it brings node-datachannel"
    rm -rf "$dir.new"
    say "downloading node-datachannel $1 (about 4 MB)"
    npm install --silent --no-audit --no-fund --prefix "$dir.new" "node-datachannel@$1" >&2 ||
      die "npm could not bring node-datachannel $1"
    mv "$dir.new" "$dir"
  fi
  echo "$dir/node_modules/node-datachannel"
}

axe() {
  dir=$cache/axe-core-$1
  script=$dir/node_modules/axe-core/axe.min.js
  if [ ! -f "$script" ]; then
    command -v npm >/dev/null 2>&1 || die "npm is missing, and it brings axe-core"
    rm -rf "$dir" "$dir.new"
    say "downloading axe-core $1 (about 3 MB)"
    npm install --silent --no-audit --no-fund --prefix "$dir.new" "axe-core@$1" >&2 ||
      die "npm could not bring axe-core $1"
    mv "$dir.new" "$dir"
  fi
  [ "$(sha256_of "$script")" = "$2" ] || die "$script is not that of axe-core $1: remove $dir"
  echo "$script"
}

# packages FOLDER SIZE PACKAGE... prints a Python that has packages of PyPI.
packages() {
  dir=$cache/$1
  size=$2
  shift 2
  if [ ! -f "$dir/ready" ]; then
    rm -rf "$dir"
    say "downloading $* (about $size)"
    python3 -m venv "$dir" && "$dir/bin/pip" install --quiet "$@" >&2 ||
      die "PyPI could not bring $*"
    touch "$dir/ready"
  fi
  echo "$dir/bin/python3"
}

python() { packages "peers-av-$1-aiortc-$2" "50 MB" "av==$1" "aiortc==$2"; }

loaders() {
  packages "loaders-pycocotools-$1-supervision-$2" "460 MB on disk" "pycocotools==$1" \
    "supervision==$2"
}

servers() {
  packages "mlserver-$1-onnxruntime-$2" "300 MB on disk" "mlserver==$1" "onnxruntime==$2"
}

case ${1:?$usage} in
  datachannel) datachannel "${2:?$usage}" ;;
  axe) axe "${2:?$usage}" "${3:?$usage}" ;;
  python) python "${2:?$usage}" "${3:?$usage}" ;;
  loaders) loaders "${2:?$usage}" "${3:?$usage}" ;;
  servers) servers "${2:?$usage}" "${3:?$usage}" ;;
  *) die "$usage" ;;
esac
