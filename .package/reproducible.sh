#!/bin/sh
# Builds and packs the last commit twice, in two folders and with no build cache in common, and says
# what differs. `make reproducible` runs it.
#
# FFmpeg and the engine come from the user's cache, as for everybody who builds twice. With
# HANDLENS_REPRODUCIBLE=all each build makes its own FFmpeg, in a cache of its own.
set -eu
cd "$(dirname "$0")/.."
. .setup/lib.sh
here=$PWD
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

commit=$(git rev-parse HEAD)

# The folders differ in their names and in the length of these.
for folder in one another/folder; do
  say "building in $work/$folder"
  mkdir -p "$work/$folder"
  git clone --quiet --no-local "$here" "$work/$folder/handlens"
  git -C "$work/$folder/handlens" checkout --quiet "$commit"
  own=
  if [ "${HANDLENS_REPRODUCIBLE:-}" = all ]; then
    own=$work/$folder/cache
    mkdir -p "$own/handlens"
    cp -R "$cache/downloads" "$own/handlens/"
  fi
  ( cd "$work/$folder/handlens" && unset HANDLENS_VERSION SOURCE_DATE_EPOCH &&
    env GOCACHE="$work/$folder/gocache" ${own:+XDG_CACHE_HOME="$own"} \
      make package TARGET="${HANDLENS_TARGET:-}" ) >"$work/log" 2>&1 ||
    { tail -n 20 "$work/log" >&2; die "the build in $folder failed"; }
  rm -rf "$work/$folder/gocache"
done

one=$work/one/handlens another=$work/another/folder/handlens
different=
# compare FOLDER: says of each file in it whether both builds have the same.
compare() {
  ( cd "$one/$1" && find . -type f ) | LC_ALL=C sort >"$work/files"
  ( cd "$another/$1" && find . -type f ) | LC_ALL=C sort | cmp -s - "$work/files" ||
    { echo "the names of the files in $1 differ"; different=yes; }
  while read -r file; do
    if cmp -s "$one/$1/$file" "$another/$1/$file"; then
      echo "same       $1/${file#./}"
    else
      bytes=$(cmp -l "$one/$1/$file" "$another/$1/$file" 2>/dev/null | wc -l | tr -d ' ')
      echo "DIFFERENT  $1/${file#./} ($bytes bytes)"
      different=yes
    fi
  done <"$work/files"
}
compare build/package
[ -z "$different" ] || die "the two builds differ"
say "both builds are the same, byte for byte"
