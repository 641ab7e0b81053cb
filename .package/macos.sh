#!/bin/sh
# Packs build/handlens for macOS: Handlens.app in a .dmg. `make package` runs it there, after
# `make build`; the processor is that of the program.
#
# Options, by environment:
#
#   HANDLENS_SIGN      the name of a "Developer ID Application" certificate of the keychain. Without
#                      it the app is signed for nobody ("ad hoc"): it runs, but who downloads it has
#                      to allow it in the settings, under Privacy & Security.
#   HANDLENS_NOTARISE  the name of a keychain profile of `xcrun notarytool store-credentials`: Apple
#                      is asked to notarise the .dmg, and what it says is stapled to it.
#   HANDLENS_KEYCHAIN  the file of the keychain that has the profile, if it is not the usual one.
#
# Only what every macOS has is used: /bin/sh (bash 3.2), BSD's tools and Xcode's.
set -eu
cd "$(dirname "$0")/.."
. .setup/lib.sh
out=build/package
version=$HANDLENS_VERSION
arch=$(go env GOARCH)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
stage=$out/stage
app=$stage/Handlens.app
contents=$app/Contents
name=handlens-$version-macos-$arch
rm -rf "$stage"
mkdir -p "$contents/MacOS" "$contents/Frameworks" "$contents/Resources"

cp "$build/handlens" "$contents/MacOS/"
cp -R build/browser "$contents/Resources/browser"

# bring FILE: puts the libraries that it needs and the system does not have (those of Homebrew)
# into the app, and theirs, and has it look for them there.
bring() {
  otool -L "$1" | sed -n 's/^[[:space:]]*\(\/.*\) (compatibility.*/\1/p' |
    grep -v -e '^/usr/lib/' -e '^/System/' | while read -r library; do
      base=$(basename "$library")
      [ "$base" != "$(basename "$1")" ] || continue # its own name
      if [ ! -f "$contents/Frameworks/$base" ]; then
        cp -L "$library" "$contents/Frameworks/$base"
        chmod u+w "$contents/Frameworks/$base"
        install_name_tool -id "@rpath/$base" "$contents/Frameworks/$base"
        bring "$contents/Frameworks/$base"
      fi
      install_name_tool -change "$library" "@rpath/$base" "$1"
    done
}
cp -L "$HANDLENS_ONNXRUNTIME" "$contents/Frameworks/libonnxruntime.1.dylib"
chmod u+w "$contents/Frameworks/libonnxruntime.1.dylib"
bring "$contents/Frameworks/libonnxruntime.1.dylib"
bring "$contents/MacOS/handlens"
# The libraries are looked for by this as well, also those that are loaded later.
install_name_tool -add_rpath @executable_path/../Frameworks "$contents/MacOS/handlens"
# The oldest system that all of it runs on: what is from Homebrew may want a newer one than Go does.
system=$(for file in "$contents"/MacOS/* "$contents"/Frameworks/*; do
  otool -l "$file" | awk '$1 == "minos" { print $2 } /LC_VERSION_MIN_MACOSX/ { old = 1 }
    old && $1 == "version" { print $2; old = 0 }'
done | sort -t. -k1,1n -k2,2n | tail -n 1)
say "it needs macOS $system"

number=$(printf '%s' "$version" | sed 's/[^0-9.].*//')
sed -e "s/@NUMBER@/$number/" -e "s/@VERSION@/$version/" -e "s/@SYSTEM@/$system/" \
  .package/macos/Info.plist >"$contents/Info.plist"
plutil -lint -s "$contents/Info.plist"
go run ./assets/icon "$contents/Resources/handlens.icns"
sh .package/licences.sh darwin "$arch" >"$contents/Resources/LICENCES.txt"
python3 .package/sbom.py "$build/handlens" >"$contents/Resources/handlens.cdx.json"
cp "$contents/Resources/handlens.cdx.json" "$out/$name.cdx.json"
chmod -R u=rwX,go=rX "$app"
chmod 755 "$contents/MacOS/handlens"
find "$app" -exec env TZ=UTC touch -h -t "$(date -u -r "$SOURCE_DATE_EPOCH" +%Y%m%d%H%M.%S)" {} +

# From the inside out. A timestamp is Apple's, which only a real signature can have.
identity=${HANDLENS_SIGN:--}
timestamp=--timestamp
[ "$identity" != - ] || timestamp=--timestamp=none
for library in "$contents"/Frameworks/*; do
  codesign --force --sign "$identity" $timestamp --options runtime "$library"
done
codesign --force --sign "$identity" $timestamp --options runtime \
  --entitlements .package/macos/entitlements.plist "$app"
codesign --verify --deep --strict "$app"
# It starts as it will on another computer, with no library but those inside.
env -i HOME="$HOME" PATH=/usr/bin:/bin "$contents/MacOS/handlens" version >&2

ln -s /Applications "$stage/Applications"
rm -f "$out/$name.dmg"
hdiutil create -quiet -volname Handlens -srcfolder "$stage" -fs HFS+ -format ULMO "$out/$name.dmg"
if [ "$identity" != - ]; then
  codesign --sign "$identity" --timestamp "$out/$name.dmg"
fi
if [ -n "${HANDLENS_NOTARISE:-}" ]; then
  xcrun notarytool submit "$out/$name.dmg" --keychain-profile "$HANDLENS_NOTARISE" \
    ${HANDLENS_KEYCHAIN:+--keychain "$HANDLENS_KEYCHAIN"} --wait
  xcrun stapler staple "$out/$name.dmg"
fi
( cd "$out" && shasum -a 256 "$name.dmg" "$name.cdx.json" >"SHA256SUMS-macos-$arch" )
say "packed:"
ls -l "$out/$name.dmg" >&2
