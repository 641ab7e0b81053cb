#!/bin/sh
# Fetches the default model if none is installed. Not having it is no failure: the app runs without and says how to get one.
set -eu
. "$(dirname "$0")/lib.sh"
"$1" models ready >/dev/null 2>&1 && exit 0
say "fetching the default model"
"$1" models get >&2 || say "no model could be fetched; the app opens without one and says how to get it"
