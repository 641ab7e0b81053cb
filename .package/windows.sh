#!/bin/sh
# Builds Handlens for Windows here, by mingw-w64, and packs it: a .zip, and an installer by makensis. `make package-windows`
# runs it, after `make setup`.
#
# A program for Windows brings all its libraries. ONNX Runtime's needs Microsoft's C++ runtime, which a
# fresh Windows lacks; the wheel msvc-runtime on PyPI has its files as Microsoft signed them. Microsoft
# lets those pass them on who have a licence for Visual Studio, so they are packed only when that is
# said: HANDLENS_MSVC_RUNTIME=licensed make package-windows. Without them README.txt says what to install.
set -eu
cd "$(dirname "$0")/.."
. .setup/lib.sh
sh .setup/packages.sh windows

msvc_version=14.51.36231
msvc_sha256=89f70d1a37bb64164cdb09d02dd82d6b1400e1310be2995b4ed5a9f23efe2222
msvc_files="msvcp140.dll msvcp140_1.dll msvcp140_atomic_wait.dll vcruntime140.dll vcruntime140_1.dll"
triple=x86_64-w64-mingw32
version=$HANDLENS_VERSION
out=$PWD/build/package
# Microsoft's versions are four numbers.
number=$(printf '%s' "$version" | sed -nE 's/^([0-9]+)\.([0-9]+)\.([0-9]+).*/\1.\2.\3.0/p')
[ -n "$number" ] || die "the version $version does not begin with three numbers"
# The time of the last commit stands on all files, so that the same source gives the same package.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

export HANDLENS_TARGET=windows-amd64
unset HANDLENS_ONNXRUNTIME
ffmpeg=$(sh media/ffmpeg/build.sh "$FFMPEG_VERSION" "$FFMPEG_SHA256" \
  "$DAV1D_VERSION" "$DAV1D_SHA256" "$NVENC_VERSION" "$NVENC_SHA256")
ort=$(dirname "$(sh inference/ort/fetch.sh "$ORT_VERSION")")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=handlens-$version-windows-amd64
stage=$work/$name
mkdir -p "$stage" "$out"

msvc=$cache/downloads/msvc_runtime-$msvc_version.whl
if [ "${HANDLENS_MSVC_RUNTIME:-}" != licensed ]; then
  say "without Microsoft's C++ runtime (HANDLENS_MSVC_RUNTIME=licensed packs it)"
  msvc_files=
elif [ ! -f "$msvc" ]; then
  say "downloading Microsoft's C++ runtime $msvc_version (2 MB)"
  python3 -m pip download --quiet --no-deps --only-binary :all: --platform win_amd64 \
    --python-version 3.12 --dest "$work/wheel" "msvc-runtime==$msvc_version" >&2 ||
    die "PyPI could not bring msvc-runtime $msvc_version"
  [ "$(sha256_of "$work"/wheel/*.whl)" = "$msvc_sha256" ] ||
    die "the msvc-runtime that PyPI brought has another checksum than $msvc_sha256; it is not used"
  mv "$work"/wheel/*.whl "$msvc"
fi
[ -z "$msvc_files" ] || python3 -m zipfile -e "$msvc" "$work/msvc"
for file in $msvc_files; do
  cp "$work/msvc/msvc_runtime-$msvc_version.data/data/Scripts/$file" "$stage/"
done
cp "$ort/onnxruntime.dll" "$ort/DirectML.dll" "$stage/"
cp -R build/browser "$stage/browser"

# resource FILE compiles what Windows shows of that program.
go run ./assets/icon "$work/handlens.ico"
sed "s/@NUMBER@/$number/" .package/windows/handlens.manifest >"$work/handlens.manifest"
resource() {
  $triple-windres -I "$work" -DNUMBER="$(printf '%s' "$number" | tr . ,)" -DVERSION="\\\"$version\\\"" \
    -DFILE="\\\"$1\\\"" .package/windows/handlens.rc -o "$work/$1.o"
}
resource handlens.exe
resource handlens.com

say "building handlens.exe"
env -u PKG_CONFIG_PATH PKG_CONFIG_LIBDIR="$ffmpeg/lib/pkgconfig" GOOS=windows GOARCH=amd64 \
  CGO_ENABLED=1 CC=$triple-gcc CXX=$triple-g++ CGO_CFLAGS="-O2 -g -I$ffmpeg/include" \
  go build -trimpath -buildvcs=false -o "$stage/handlens.exe" -ldflags "-s -w -buildid= -H windowsgui \
    -X handlens/app/cli.Version=$version -linkmode external \
    -extldflags '-static $work/handlens.exe.o'" ./app
$triple-gcc -municode -Os -s -Wall -Wextra -Wl,--no-insert-timestamp .package/windows/console.c \
  "$work/handlens.com.o" -o "$stage/handlens.com"
# What it needs beside it has to be part of every Windows 10.
for program in handlens.exe handlens.com; do
  strange=$($triple-objdump -p "$stage/$program" | sed -n 's/.*DLL Name: //p' | grep -viE \
    '^(kernel32|user32|gdi32|shell32|ole32|oleaut32|opengl32|msvcrt|bcrypt|winmm|ws2_32|advapi32|comdlg32|imm32|version|iphlpapi|mfplat|uiautomationcore|dwmapi|winhttp|crypt32|api-ms-win-[a-z0-9-]*)\.(dll|drv)$') || :
  [ -z "$strange" ] || die "$program needs what Windows may not have: $strange"
done

sh .package/licences.sh windows amd64 | sed 's/\r*$/\r/' >"$stage/LICENCES.txt"
sed 's/$/\r/' .package/windows/README.txt >"$stage/README.txt"
PKG_CONFIG_LIBDIR=$ffmpeg/lib/pkgconfig HANDLENS_ONNXRUNTIME=$ort/onnxruntime.dll \
  python3 .package/sbom.py "$stage/handlens.exe" >"$out/$name.cdx.json"
chmod -R u=rwX,go=rX "$stage"
find "$stage" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
rm -f "$out/$name.zip" "$out/$name-setup.exe"
( cd "$work" && find "$name" -type f | LC_ALL=C sort | zip -q -9 -X "$out/$name.zip" -@ )

# The uninstaller removes these files and no others.
( cd "$stage" && find . -type f | sed 's,^\./,,; s,/,\\,g; s,.*,Delete "$INSTDIR\\&",' &&
  find . -depth -mindepth 1 -type d | sed 's,^\./,,; s,/,\\,g; s,.*,RMDir "$INSTDIR\\&",' ) >"$work/files.nsh"
cp .package/windows/installer.nsi .package/windows/words.nsh "$work/"
( cd "$work" && makensis -V2 -INPUTCHARSET UTF8 -DSTAGE="$stage" -DOUT="$out/$name-setup.exe" -DICON="$work/handlens.ico" \
  -DVERSION="$version" -DNUMBER="$number" installer.nsi ) >&2 || die "makensis could not pack the installer"
( cd "$out" && sha256sum "$name.zip" "$name-setup.exe" "$name.cdx.json" >SHA256SUMS-windows )
say "packed:"
ls -l "$out/$name.zip" "$out/$name-setup.exe" >&2
