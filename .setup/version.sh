#!/bin/sh
# Prints the version of what is built here:
#
#   1.2.3               at the tag v1.2.3
#   1.2.3+git45.0a1b2c3 45 commits after it
#   1.2.3-git45.0a1b2c3 before the first tag, the 45th commit on the way to the number of FyneApp.toml
#   …dirty              where files that git knows have been changed since
#
# Without git, as in an archive of the source, it is the number of FyneApp.toml.
set -eu
cd "$(dirname "$0")/.."
base=$(sed -n 's/^Version = "\(.*\)"$/\1/p' FyneApp.toml)
if ! commit=$(git rev-parse --short=7 HEAD 2>/dev/null); then
  echo "$base"
  exit 0
fi
# "v1.2.3-45-g0a1b2c3"; the hash itself without a tag.
described=$(git describe --tags --match 'v[0-9]*' --long --abbrev=7 2>/dev/null) || described=
join=-
if [ -n "$described" ]; then
  join=+
  tag=${described%-*-*}
  base=${tag#v} count=${described%-*}
  count=${count##*-}
else
  count=$(git rev-list --count HEAD)
fi
dirty=
git diff --quiet HEAD -- 2>/dev/null || dirty=dirty
case $count$dirty in
  0) echo "$base" ;;
  *) echo "$base${join}git$count.$commit$dirty" ;;
esac
