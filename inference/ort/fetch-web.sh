#!/bin/sh
# Brings ONNX Runtime Web, the engine for pages that detect by themselves, and prints the folder
# where it lies, ready to be served: the modules in gzip, and the loaders.
#
#   sh inference/ort/fetch-web.sh VERSION
#
# npm checks the archive against its registry; we check each file against the sums below.
set -eu
version=${1:?usage: fetch-web.sh VERSION}
. "$(dirname "$0")/../../.setup/lib.sh"

# The sums belong to one version: whoever raises ORT_VERSION brings new ones. The engine on the
# processor, and the larger one that also has WebGPU.
case $version in
  1.30.0) sums='
11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90 ort.wasm.bundle.min.mjs
3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2 ort-wasm-simd-threaded.wasm
0730816731ce2cdfb06f273da065d4a1c7091eb9d1756a83b2916c8a89d015e2 ort.webgpu.bundle.min.mjs
39f9f0894d478800487ed9f7dbe92618498db320cf55c8e3d89adff8dce658da ort-wasm-simd-threaded.asyncify.wasm' ;;
  *) die "no checksums are known for ONNX Runtime Web $version" ;;
esac

dir=$cache/onnxruntime-web-$version
[ -f "$dir/ready" ] && { echo "$dir"; exit 0; }

command -v npm >/dev/null 2>&1 || die "npm is missing, and it brings ONNX Runtime Web; install npm (Node.js)"
work=$(mktemp -d "$cache/fetch-web.XXXXXX")
trap 'rm -rf "$work"' EXIT
say "downloading ONNX Runtime Web $version (about 35 MB)"
( cd "$work" && npm pack --silent "onnxruntime-web@$version" >/dev/null 2>npm.log ) ||
  { tail -n 3 "$work/npm.log" >&2; die "npm could not bring onnxruntime-web@$version; its last lines stand above"; }
tar -xzf "$work/onnxruntime-web-$version.tgz" -C "$work"
mkdir "$work/dir"
echo "$sums" | while read -r sum file; do
  [ -n "$file" ] || continue
  got=$(sha256_of "$work/package/dist/$file")
  [ "$got" = "$sum" ] || die "$file of ONNX Runtime Web has the checksum $got, not $sum; it is not used"
  case $file in
    *.wasm) gzip -9nc "$work/package/dist/$file" >"$work/dir/$file.gz" ;;
    *) cp "$work/package/dist/$file" "$work/dir/" ;;
  esac
done
touch "$work/dir/ready"
rm -rf "$dir"
mv "$work/dir" "$dir"
say "ONNX Runtime Web $version is ready in $dir"
echo "$dir"
