# Shell functions that the set-up scripts share. Sourced, never run.

case $(uname -s) in
  Darwin) cache=$HOME/Library/Caches/handlens ;;
  *) cache=${XDG_CACHE_HOME:-$HOME/.cache}/handlens ;;
esac
mkdir -p "$cache/downloads"

# HANDLENS_TARGET names another system to build for (linux-arm64); what is built for it has a folder
# of its own.
build=build${HANDLENS_TARGET:+/$HANDLENS_TARGET}

# native COMMAND...: runs a Go tool of ours for this system, whatever is built.
native() { env -u GOOS -u GOARCH -u CC -u CXX "$@"; }

say() { printf 'setup: %s\n' "$*" >&2; }
die() { printf 'setup: %s\n' "$*" >&2; exit 1; }

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1" | cut -d' ' -f1
  else shasum -a 256 "$1" | cut -d' ' -f1; fi
}

# fetch FILE SHA256 NAME ADDRESS...: gets the file with that checksum from the first address that
# has it.
fetch() {
  file=$1 want=$2 name=$3
  shift 3
  if [ -f "$file" ]; then
    [ "$(sha256_of "$file")" = "$want" ] && return 0
    rm -f "$file"
  fi
  for address in "$@"; do
    say "downloading $name"
    if curl --fail --location --silent --show-error --connect-timeout 15 --retry 2 \
      --output "$file.part" "$address" 2>"$file.err"; then
      if [ "$(sha256_of "$file.part")" = "$want" ]; then
        mv "$file.part" "$file"
        rm -f "$file.err"
        return 0
      fi
      say "  what came was not $name (wrong checksum); trying elsewhere"
    else
      say "  not there: $(tail -n 1 "$file.err")"
    fi
    rm -f "$file.part"
  done
  rm -f "$file.err"
  die "could not get $name; put the file with SHA-256 $want at $file and run again"
}
