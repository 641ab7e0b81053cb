#!/bin/sh
# Builds the static FFmpeg that this room links against and prints the folder it lies in.
#
#   sh media/ffmpeg/build.sh VERSION SHA256
#
# The result is kept in the user's cache under a name made of the version and of this script, so a second
# call costs nothing and a change of an option makes a new build. The source is looked for in the cache, at
# FFmpeg's own release address and in the Debian source archive this machine's apt knows; one checksum
# judges all three.
set -eu

version=${1:?usage: build.sh VERSION SHA256}
sha256=${2:?usage: build.sh VERSION SHA256}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../.setup/lib.sh"

recipe=$(sha256_of "$here/build.sh" | cut -c1-8)
prefix=$cache/ffmpeg-$version-$recipe
if [ -f "$prefix/lib/pkgconfig/libavcodec.pc" ]; then
  echo "$prefix"
  exit 0
fi

tarball=$cache/downloads/ffmpeg-$version.tar.xz
upstream="https://ffmpeg.org/releases/ffmpeg-$version.tar.xz"

# debian_archive prints the address of the same file in each source archive that apt is set up with.
debian_archive() {
  command -v apt-get >/dev/null 2>&1 || return 0
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | sort -u |
    while read -r site; do echo "$site/pool/main/f/ffmpeg/ffmpeg_$version.orig.tar.xz"; done
}

fetch "$tarball" "$sha256" "FFmpeg $version" "$upstream" $(debian_archive)

work=$(mktemp -d "$cache/build-ffmpeg.XXXXXX")
trap 'rm -rf "$work"' EXIT
say "unpacking FFmpeg $version"
tar -xf "$tarball" -C "$work" --strip-components=1

# Everything is off but what Handlens calls; no GPL or non-free part is asked for, so the result is LGPL.
# avdevice is empty but present, because the Go binding names all seven libraries.
say "configuring FFmpeg $version"
cd "$work"
./configure \
  --prefix="$prefix.tmp" --disable-shared --enable-static --enable-pic --disable-debug \
  --disable-everything --disable-programs --disable-doc --disable-network --disable-autodetect \
  --enable-avdevice --enable-avfilter --enable-swscale --enable-swresample --enable-zlib \
  --enable-libdav1d --enable-libopenh264 \
  --enable-protocol=file,pipe \
  --enable-demuxer=mov,matroska,ivf,h264,hevc,avi,mpegts,mjpeg,image2,obu \
  --enable-muxer=mp4,mov,matroska,webm,ivf,h264,image2,null \
  --enable-decoder=h264,hevc,vp8,vp9,libdav1d,mjpeg,png,mpeg4,rawvideo,opus,aac \
  --enable-encoder=libopenh264,mpeg4,mjpeg,png \
  --enable-parser=h264,hevc,vp8,vp9,av1,mjpeg,mpeg4video,png,opus,aac \
  --enable-bsf=h264_mp4toannexb,hevc_mp4toannexb,extract_extradata,vp9_superframe,vp9_superframe_split,av1_frame_merge \
  --enable-filter=buffer,buffersink,scale,format,transpose,hflip,vflip,null \
  --extra-libs="-lstdc++ -lm" \
  >configure.log 2>&1 || { tail -n 20 configure.log >&2; die "FFmpeg's configure failed; its last lines stand above"; }

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
objects=$(make -n 2>/dev/null | grep -c '[.]o$\|[.]o ' || true)
say "building FFmpeg $version with $jobs jobs (about three minutes on two cores)"
( make -j"$jobs" >make.log 2>&1 && make install >>make.log 2>&1; echo $? >make.rc ) &
while [ ! -f make.rc ]; do
  sleep 10
  say "  FFmpeg: $(find . -name '*.o' | wc -l | tr -d ' ') objects of about ${objects:-?}"
done
[ "$(cat make.rc)" = 0 ] || { grep -m5 -i 'error' make.log >&2 || tail -n 20 make.log >&2; die "building FFmpeg failed; its first errors stand above"; }

# The folder takes its final name only when it is whole; the .pc files say where they are by a relative path.
for pc in "$prefix.tmp"/lib/pkgconfig/*.pc; do
  sed -i.bak "s|$prefix.tmp|$prefix|g" "$pc" && rm -f "$pc.bak"
done
rm -rf "$prefix"
mv "$prefix.tmp" "$prefix"
say "FFmpeg $version is ready in $prefix"
echo "$prefix"
