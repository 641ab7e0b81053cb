#!/bin/sh
# Brings a program or library that the tests let publish, or look at the pages, and prints what they
# are to be told of it.
#
#   sh .setup/peers.sh datachannel VERSION    npm's node-datachannel; prints where it lies
#   sh .setup/peers.sh axe VERSION SHA256     npm's axe-core, of which axe.min.js has that checksum;
#                                             prints where that lies
#   sh .setup/peers.sh python AV AIORTC       PyPI's PyAV, which carries FFmpeg, and aiortc; prints
#                                             the Python that has them
set -eu
. "$(dirname "$0")/lib.sh"
usage='usage: peers.sh datachannel VERSION | axe VERSION SHA256 | python AV AIORTC'

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

python() {
  dir=$cache/peers-av-$1-aiortc-$2
  if [ ! -f "$dir/ready" ]; then
    rm -rf "$dir"
    say "downloading PyAV $1 and aiortc $2 (about 50 MB)"
    python3 -m venv "$dir" && "$dir/bin/pip" install --quiet "av==$1" "aiortc==$2" >&2 ||
      die "PyPI could not bring PyAV $1 and aiortc $2"
    touch "$dir/ready"
  fi
  echo "$dir/bin/python3"
}

case ${1:?$usage} in
  datachannel) datachannel "${2:?$usage}" ;;
  axe) axe "${2:?$usage}" "${3:?$usage}" ;;
  python) python "${2:?$usage}" "${3:?$usage}" ;;
  *) die "$usage" ;;
esac
