#!/bin/sh
# Packs the program for Linux: a .deb, and a .tar.xz for all other distributions. `make package`
# runs it, after `make build`.
#
# Both hold the same tree: the program with the libraries beside it in lib/handlens, what a desktop
# needs to show and start it in share, and the licences in share/doc/handlens.
set -eu
cd "$(dirname "$0")/.."
. .setup/lib.sh
out=build/package
version=$HANDLENS_VERSION
# Debian and AppStream sort what is before a version by "~".
sorted=$(printf '%s' "$version" | sed 's/-/~/')
arch=$(go env GOARCH)
# The time of the last commit stands on all files, so that the same source gives the same package.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
rm -rf "$out/stage"
tree=$out/stage/usr
lib=$tree/lib/handlens share=$tree/share id=app.handlens.desktop
mkdir -p "$lib" "$tree/bin" "$share/applications" "$share/metainfo" "$share/mime/packages" \
  "$share/doc/handlens"

cp "$build/handlens" "$build/libonnxruntime.so.1" "$lib/"
cp -R build/browser "$lib/browser"
ln -s ../lib/handlens/handlens "$tree/bin/handlens"
cp ".package/linux/$id.desktop" "$share/applications/"
cp .package/linux/handlens.xml "$share/mime/packages/"
sed -e "s/@VERSION@/$sorted/" -e "s/@DATE@/$(date -u -d "@$SOURCE_DATE_EPOCH" +%F)/" \
  ".package/linux/$id.metainfo.xml" >"$share/metainfo/$id.metainfo.xml"
for side in 48 64 128 256 512; do
  mkdir -p "$share/icons/hicolor/${side}x$side/apps"
  native go run ./assets/icon -side "$side" "$share/icons/hicolor/${side}x$side/apps/$id.png"
done
# The manual and what shells complete are written by the program, where it can run.
if [ "$arch" = "$(native go env GOARCH)" ]; then
  mkdir -p "$share/man/man1" "$share/bash-completion/completions" "$share/zsh/site-functions" \
    "$share/fish/vendor_completions.d"
  "$lib/handlens" man | gzip -9n >"$share/man/man1/handlens.1.gz"
  "$lib/handlens" completion bash >"$share/bash-completion/completions/handlens"
  "$lib/handlens" completion zsh >"$share/zsh/site-functions/_handlens"
  "$lib/handlens" completion fish >"$share/fish/vendor_completions.d/handlens.fish"
else
  say "built for another processor: without the manual page and the shells' completions"
fi
sh .package/licences.sh linux "$arch" >"$share/doc/handlens/copyright"
python3 .package/sbom.py "$build/handlens" >"$share/doc/handlens/handlens.cdx.json"
go version -m -json build/handlens >"$share/doc/handlens/modules.json"
# Where the tools are, what is wrong in these is an error.
if command -v desktop-file-validate >/dev/null 2>&1; then
  desktop-file-validate "$share/applications/$id.desktop"
fi
if command -v appstreamcli >/dev/null 2>&1; then
  appstreamcli validate --no-net "$share/metainfo/$id.metainfo.xml" >&2
fi
chmod -R u=rwX,go=rX "$out/stage"
chmod 755 "$lib/handlens"
chmod 644 "$lib/libonnxruntime.so.1" "$lib/browser"/*

# The archive: unpack it anywhere and run install.sh, or the program where it lies.
name=handlens-$version-linux-$arch
cp .package/linux/install.sh "$out/stage/"
archive() {
  tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" "$@"
}
archive --directory "$out/stage" --transform "flags=r;s,^\.,$name," -cf - . |
  xz -6 -T2 >"$out/$name.tar.xz"
rm "$out/stage/install.sh"
cp "$share/doc/handlens/handlens.cdx.json" "$out/$name.cdx.json"

# Debian has a folder of its own for what zsh completes.
[ ! -d "$share/zsh/site-functions" ] || mv "$share/zsh/site-functions" "$share/zsh/vendor-completions"
command -v dpkg-deb >/dev/null 2>&1 || {
  say "dpkg-deb is missing, so that there is no .deb"
  exit 0
}
# Libraries that are looked for when the program runs are not in what it is linked with: those of
# the window (GLFW) and of WebGPU.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/debian"
printf 'Source: handlens\n\nPackage: handlens\nArchitecture: any\n' >"$work/debian/control"
linked=$(cd "$work" && DEB_HOST_ARCH=$arch dpkg-shlibdeps -O --ignore-missing-info \
  "$OLDPWD/$lib/handlens" "$OLDPWD/$lib/libonnxruntime.so.1" 2>/dev/null |
  sed -n 's/^shlibs:Depends=//p')
# Older systems than the one that it is built on have it, too: say so when that becomes untrue.
oldest=2.34
newest=$({ objdump -T "$lib/handlens"; objdump -T "$lib/libonnxruntime.so.1"; } |
  sed -n 's/.*GLIBC_\([0-9.]*\)).*/\1/p' | sort -uV | tail -n 1)
[ "$(printf '%s\n' "$oldest" "$newest" | sort -V | tail -n 1)" = "$oldest" ] ||
  say "this needs glibc $newest, and $oldest was enough before"
# As Debian counts it: by the sizes of the files and not by what this disk takes for them.
installed=$(find "$tree" -printf '%y %s\n' |
  awk '{ n += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print n }')
mkdir -p "$out/stage/DEBIAN"
cat >"$out/stage/DEBIAN/control" <<END
Package: handlens
Version: $sorted
Architecture: $arch
Maintainer: The Handlens developers <handlens@localhost>
Installed-Size: $installed
Depends: $linked, libegl1, libxcursor1, libxi6, libxinerama1, libxrandr2, libxkbcommon0
Recommends: libgl1-mesa-dri, mesa-vulkan-drivers, xdg-utils, shared-mime-info,
 desktop-file-utils, hicolor-icon-theme
Section: video
Priority: optional
Description: turn a phone into an object-detecting camera
 Scan the QR code with a phone: its browser sends the camera's picture, and
 Handlens shows it in a window with boxes on what it recognises. Nothing is
 installed on the phone, and nothing leaves the local network.
END
dpkg-deb --root-owner-group -Zxz --build "$out/stage" \
  "$out/handlens_${sorted}_$arch.deb" >/dev/null
# What the licence of FFmpeg wants: all that is needed to link it anew, where the package is.
sources=handlens-$version-sources
rm -rf "$out/$sources"
mkdir -p "$out/$sources"
git archive --prefix="handlens-$version/" HEAD | gzip -9n >"$out/$sources/handlens-$version.tar.gz"
cp "$cache/downloads/ffmpeg-$FFMPEG_VERSION.tar.xz" "$cache/downloads/dav1d-$DAV1D_VERSION.tar.xz" \
  "$out/$sources/"
archive --directory "$out" -cf "$out/$sources.tar" "$sources"
rm -r "$out/$sources"
( cd "$out" && sha256sum -- *.deb *.tar.xz *.cdx.json *.tar >SHA256SUMS )
say "packed:"
ls -l "$out"/*.deb "$out"/*.tar.xz "$out"/*.tar >&2
