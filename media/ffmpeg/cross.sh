# What build.sh does otherwise when HANDLENS_TARGET names another system than this one. Sourced by it, never run.
#
# windows-amd64: mingw-w64's compilers (Debian: g++-mingw-w64-x86-64-posix, libz-mingw-w64-dev). No system packs OpenH264 for it, so that
# it is built here from the Debian source archive.
# linux-arm64: GNU's cross compilers and Debian's packages of that architecture (g++-aarch64-linux-gnu, zlib1g-dev:arm64,
# libopenh264-dev:arm64, libva-dev:arm64).
openh264_version=2.3.1+dfsg
openh264_sha256=87124d0eb5d86ea78c59bab916ecdc3d9dfa752ce6bf73a609bbb98db7d96383

case $target in
  windows-amd64) system=MINGW64 triple=x86_64-w64-mingw32 family=x86_64 meson_system=windows target_os=mingw32 libraries= ;;
  linux-arm64)
    system=Linux triple=aarch64-linux-gnu family=aarch64 meson_system=linux target_os=linux
    libraries=:/usr/lib/$triple/pkgconfig:/usr/share/pkgconfig ;;
  *) die "HANDLENS_TARGET is $target; known are windows-amd64 and linux-arm64" ;;
esac
cc=$triple-gcc ar=$triple-ar
command -v "$triple-g++" >/dev/null 2>&1 || die "$triple-g++ is missing; media/ffmpeg/cross.sh names the packages"
# The libraries of this system are not those of the other.
unset PKG_CONFIG_PATH
export PKG_CONFIG_LIBDIR="$prefix.tmp/lib/pkgconfig$libraries"

cat >"$work/cross.ini" <<END
[binaries]
c = '$triple-gcc'
cpp = '$triple-g++'
ar = '$triple-ar'
strip = '$triple-strip'
[host_machine]
system = '$meson_system'
cpu_family = '$family'
cpu = '$family'
endian = 'little'
END
meson_options="--cross-file=$work/cross.ini"
configure_options="--enable-cross-compile --cross-prefix=$triple- --arch=$family --target-os=$target_os --pkg-config=pkg-config"

if [ "$system" = MINGW64 ]; then
  configure_options="$configure_options --disable-pthreads --enable-w32threads"
  openh264_tarball=$cache/downloads/openh264-$openh264_version.tar.xz
  fetch "$openh264_tarball" "$openh264_sha256" "OpenH264 $openh264_version" \
    $(debian_archive "o/openh264/openh264_$openh264_version.orig.tar.xz")
  say "building OpenH264 $openh264_version"
  mkdir "$work/openh264"
  tar -xf "$openh264_tarball" -C "$work/openh264" --strip-components=1
  make -C "$work/openh264" -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" OS=mingw_nt ARCH="$family" \
    CC="$triple-gcc" CXX="$triple-g++" AR="$triple-ar" PREFIX="$prefix.tmp" install-static >"$work/openh264.log" 2>&1 ||
    { tail -n 20 "$work/openh264.log" >&2; die "building OpenH264 failed; its last lines stand above"; }
fi
