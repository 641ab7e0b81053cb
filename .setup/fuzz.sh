#!/bin/sh
# Runs every fuzz target in the tree for the given time.
set -eu
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for package in $(go list ./...); do
  for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
    echo "$package $target"
    go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" "$package" >"$log" 2>&1 && continue
    # Go sometimes reports the end of the time itself as a failure; a real find names its input.
    if grep -q 'context deadline exceeded' "$log" && ! grep -q 'Failing input' "$log"; then
      continue
    fi
    cat "$log"
    exit 1
  done
done
