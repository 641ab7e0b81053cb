#!/bin/sh
# Builds the static FFmpeg that this room links against, with the AV1 decoder dav1d in it, and prints the folder it lies in.
#
#   sh media/ffmpeg/build.sh VERSION SHA256 DAV1D_VERSION DAV1D_SHA256 NVENC_VERSION NVENC_SHA256
#
# HANDLENS_TARGET names another system to build for: windows-amd64 or linux-arm64 (see cross.sh).
#
# What is built does not depend on who builds it, or where: FFmpeg keeps its options in the program, so
# that it is configured for the folder /handlens, and moved.
#
# The result is kept in the user's cache under a name made of the version and of these scripts, so a second
# call costs nothing and a change of an option makes a new build. A source is looked for in the cache, at its
# project's own release address and in the Debian source archive this machine's apt knows; one checksum
# judges all three. dav1d is built here as well, since systems have it as a shared library only, each another one,
# and the program is to be one file that starts anywhere.
#
# What codes and decodes in hardware comes in as far as the program still starts on a machine that has none of it: VideoToolbox on macOS,
# D3D11VA on Windows, V4L2 memory-to-memory on Linux (small boards), and there NVENC, NVDEC and VAAPI, whose drivers are looked
# for when the program runs. Nvidia's headers (MIT) are taken from the Debian source archive; where that is out of reach the build goes on
# without them. VAAPI needs the headers of libva; the library itself is looked for by libva/libva.c, which is linked in its place.
# Vulkan is left out: FFmpeg 9 asks for headers from 1.3.277 on (1.4.317 for VP9), newer than those of Debian 12, and decodes by it on
# the same cards as VAAPI and NVDEC do.
set -eu

usage='usage: build.sh VERSION SHA256 DAV1D_VERSION DAV1D_SHA256 NVENC_VERSION NVENC_SHA256'
version=${1:?$usage} sha256=${2:?$usage} dav1d_version=${3:?$usage} dav1d_sha256=${4:?$usage} nvenc_version=${5:?$usage} nvenc_sha256=${6:?$usage}
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../.setup/lib.sh"

work=$(mktemp -d "$cache/build-ffmpeg.XXXXXX")
trap 'rm -rf "$work"' EXIT
target=${HANDLENS_TARGET:-}
cat "$here/build.sh" "$here/libva/libva.c" ${target:+"$here/cross.sh"} >"$work/recipe"
recipe=$(sha256_of "$work/recipe" | cut -c1-8)
prefix=$cache/ffmpeg-$version-${target:+$target-}$recipe
if [ -f "$prefix/lib/pkgconfig/libavcodec.pc" ]; then
  echo "$prefix"
  exit 0
fi

# debian_archive NAME prints the address of the file pool/main/NAME in each source archive that apt is set up with.
debian_archive() {
  command -v apt-get >/dev/null 2>&1 || return 0
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | sort -u |
    while read -r site; do echo "$site/pool/main/$1"; done
}

tarball=$cache/downloads/ffmpeg-$version.tar.xz
fetch "$tarball" "$sha256" "FFmpeg $version" "https://ffmpeg.org/releases/ffmpeg-$version.tar.xz" \
  $(debian_archive "f/ffmpeg/ffmpeg_$version.orig.tar.xz")
dav1d_tarball=$cache/downloads/dav1d-$dav1d_version.tar.xz
fetch "$dav1d_tarball" "$dav1d_sha256" "dav1d $dav1d_version" \
  "https://downloads.videolan.org/pub/videolan/dav1d/$dav1d_version/dav1d-$dav1d_version.tar.xz" \
  $(debian_archive "d/dav1d/dav1d_$dav1d_version.orig.tar.xz")

trap 'rm -rf "$work" "$prefix.tmp"' EXIT
rm -rf "$prefix.tmp"

# What differs when the build is for another system than this one.
system=$(uname -s) cc=cc ar=ar meson_options= configure_options=
[ -z "$target" ] || . "$here/cross.sh"

say "building dav1d $dav1d_version"
mkdir "$work/dav1d" "$work/ffmpeg"
tar -xf "$dav1d_tarball" -C "$work/dav1d" --strip-components=1
( cd "$work/dav1d" && meson setup build --prefix="$prefix.tmp" --libdir=lib --default-library=static --buildtype=release \
  $meson_options -Denable_tools=false -Denable_tests=false && ninja -C build install ) >"$work/dav1d.log" 2>&1 ||
  { tail -n 20 "$work/dav1d.log" >&2; die "building dav1d failed; its last lines stand above"; }

# stand_in_for_libva puts our libva.c where FFmpeg's configure looks for libva.
stand_in_for_libva() {
  mkdir -p "$prefix.tmp/lib/pkgconfig"
  $cc $(pkg-config --cflags libva) -O2 -fPIC -Wall -c "$here/libva/libva.c" -o "$work/libva.o" && $ar rcs "$prefix.tmp/lib/libva-handlens.a" "$work/libva.o" || return 1
  for name in libva libva-drm; do
    cat >"$prefix.tmp/lib/pkgconfig/$name.pc" <<END
Name: $name
Description: looks for libva when it is called
Version: $(pkg-config --modversion libva)
Cflags: $(pkg-config --cflags libva)
Libs: -L$prefix.tmp/lib -lva-handlens -ldl -pthread
END
  done
}

# hwaccels KIND CODEC... prints the options that enable decoding these codecs by that kind.
hwaccels() {
  kind=$1
  shift
  for codec in "$@"; do printf ' --enable-hwaccel=%s_%s' "$codec" "$kind"; done
}

# nvidia_headers puts Nvidia's headers where FFmpeg's configure looks for them, or says that it is without.
nvidia_headers() {
  nvenc_tarball=$cache/downloads/nv-codec-headers-$nvenc_version.tar.xz
  addresses=$(debian_archive "n/nv-codec-headers/nv-codec-headers_$nvenc_version.orig.tar.xz")
  ( fetch "$nvenc_tarball" "$nvenc_sha256" "Nvidia's headers $nvenc_version" $addresses ) ||
    { say "going on without Nvidia's encoder and decoder"; return 1; }
  mkdir "$work/nvenc"
  tar -xf "$nvenc_tarball" -C "$work/nvenc" --strip-components=1
  make -C "$work/nvenc" PREFIX="$prefix.tmp" install >"$work/nvenc.log" 2>&1 || { tail -n 5 "$work/nvenc.log" >&2; die "installing Nvidia's headers failed"; }
}

hardware=
case $system in
  Darwin) hardware="--enable-videotoolbox --enable-encoder=h264_videotoolbox $(hwaccels videotoolbox h264 hevc vp9 av1)" ;;
  MINGW* | MSYS*)
    # d3d11va2 is what we call, and its code comes with d3d11va's only.
    hardware="--enable-d3d11va $(hwaccels d3d11va h264 hevc vp9 av1) $(hwaccels d3d11va2 h264 hevc vp9 av1)"
    if nvidia_headers; then hardware="$hardware --enable-ffnvcodec --enable-nvenc --enable-encoder=h264_nvenc"; fi ;;
  Linux)
    hardware="--enable-v4l2-m2m --enable-encoder=h264_v4l2m2m"
    if pkg-config --exists libva; then
      stand_in_for_libva || die "compiling libva/libva.c failed; see above"
      hardware="$hardware --enable-vaapi $(hwaccels vaapi h264 hevc vp8 vp9 av1)"
    else
      say "going on without VAAPI, since libva's headers are missing"
    fi
    if nvidia_headers; then
      hardware="$hardware --enable-ffnvcodec --enable-nvenc --enable-encoder=h264_nvenc"
      hardware="$hardware --enable-cuda --enable-cuvid --enable-nvdec $(hwaccels nvdec h264 hevc vp8 vp9 av1)"
    fi ;;
esac

say "unpacking FFmpeg $version"
tar -xf "$tarball" -C "$work/ffmpeg" --strip-components=1

# Everything is off but what Handlens calls; no GPL or non-free part is asked for, so the result is LGPL.
# FFmpeg's own AV1 decoder only leads the hardware, software decoding is dav1d's.
# What phones send needs the first line of the demuxers, decoders and parsers; the others read the films that people have: from
# cameras and editing (ProRes, DNxHD, CineForm, DV, APV, MXF), older computers (Windows Media, Flash, MPEG-1 and -2, QuickTime) and
# the web (Theora, animated GIF, PNG and WebP). None reaches the network or opens a second file.
# avdevice is empty but present, because the Go binding names all seven libraries.
say "configuring FFmpeg $version"
cd "$work/ffmpeg"
PKG_CONFIG_PATH=$prefix.tmp/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} ./configure --pkg-config-flags=--static \
  --prefix=/handlens --disable-shared --enable-static --enable-pic --disable-debug \
  --disable-everything --disable-programs --disable-doc --disable-network --disable-autodetect \
  --enable-avdevice --enable-avfilter --enable-swscale --enable-swresample --enable-zlib \
  --enable-libdav1d --enable-libopenh264 \
  --enable-protocol=file,pipe \
  --enable-demuxer=mov,matroska,ivf,h264,hevc,avi,mpegts,mjpeg,image2,obu \
  --enable-demuxer=asf,flv,mpegps,mpegvideo,m4v,ogg,dv,mxf,yuv4mpegpipe,apv,gif,apng,webp_anim \
  --enable-muxer=mp4,mov,matroska,webm,ivf,h264,image2,null \
  --enable-decoder=h264,hevc,vp8,vp9,libdav1d,av1,mjpeg,png,mpeg4,rawvideo,opus,aac \
  --enable-decoder=prores,prores_raw,dnxhd,cfhd,apv,dvvideo,ffv1,huffyuv,ffvhuff,utvideo,v210,jpeg2000,mjpegb \
  --enable-decoder=wmv1,wmv2,wmv3,vc1,msmpeg4v1,msmpeg4v2,msmpeg4v3,mpeg1video,mpeg2video,h263,h263p,flv,vp6,vp6a,vp6f \
  --enable-decoder=theora,svq1,svq3,cinepak,qtrle,msvideo1,gif,apng,webp_anim \
  --enable-encoder=libopenh264,mpeg4,mjpeg,png \
  --enable-parser=h264,hevc,vp8,vp9,av1,mjpeg,mpeg4video,png,opus,aac \
  --enable-parser=mpegvideo,h263,vc1,vp3,dnxhd,prores,prores_raw,apv,ffv1,jpeg2000,gif \
  --enable-bsf=h264_mp4toannexb,hevc_mp4toannexb,extract_extradata,vp9_superframe,vp9_superframe_split,av1_frame_merge \
  --enable-filter=buffer,buffersink,scale,format,transpose,hflip,vflip,null \
  $hardware $configure_options --extra-libs="-lstdc++ -lm" \
  >configure.log 2>&1 || { tail -n 20 configure.log >&2; die "FFmpeg's configure failed; its last lines stand above"; }

jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
objects=$(make -n 2>/dev/null | grep -c '[.]o$\|[.]o ' || true)
say "building FFmpeg $version with $jobs jobs (about three minutes on two cores)"
( make -j"$jobs" >make.log 2>&1 && make install DESTDIR="$work/installed" >>make.log 2>&1
  echo $? >make.rc ) &
while [ ! -f make.rc ]; do
  sleep 10
  say "  FFmpeg: $(find . -name '*.o' | wc -l | tr -d ' ') objects of about ${objects:-?}"
done
[ "$(cat make.rc)" = 0 ] || { grep -m5 -i 'error' make.log >&2 || tail -n 20 make.log >&2; die "building FFmpeg failed; its first errors stand above"; }

cp -R "$work/installed/handlens/." "$prefix.tmp/"

# The folder takes its final name only when it is whole, and the .pc files name it by that.
# OpenH264's static library is named by its path, or else the linker would take the shared one beside it.
openh264=$(pkg-config --variable=libdir openh264)/libopenh264.a
[ -f "$openh264" ] || openh264=-lopenh264
for pc in "$prefix.tmp"/lib/pkgconfig/*.pc; do
  sed -i.bak -e "s|-lopenh264|$openh264|g" -e "s|$prefix.tmp|$prefix|g" \
    -e "s|=/handlens|=$prefix|" "$pc" && rm -f "$pc.bak"
done
rm -rf "$prefix"
mv "$prefix.tmp" "$prefix"
say "FFmpeg $version is ready in $prefix"
echo "$prefix"
