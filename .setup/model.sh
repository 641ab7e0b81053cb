#!/bin/sh
# Fetches the default model for the program that is named, if no model is installed. Not having one is no failure: the app opens
# without and says how to get one.
set -eu
. "$(dirname "$0")/lib.sh"
"$1" models list | grep -q ' yes' && exit 0
say "fetching the default detection model"
"$1" models get deimv2-femto-416 >&2 || say "no model is here yet; the app opens without and offers to fetch one"
