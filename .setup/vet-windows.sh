#!/bin/sh
# Vets for Windows what needs no C compiler for that system: the packages that are Go through and
# through, and so are their tests. The rest is compiled by `make package-windows`.
set -eu
export GOOS=windows GOARCH=amd64
# A line for each package, and one for the program of its tests, "PACKAGE.test": the name, how many
# files have C in them, whether it is ours, and what it depends on.
packages=$(CGO_ENABLED=1 go list -deps -test -f '{{if not .Standard}}{{.ImportPath}}	{{len .CgoFiles}}	{{with .Module}}{{.Main}}{{end}}	{{join .Deps "\t"}}{{end}}' ./... |
  sed 's/ \[[^]]*\]//g' | awk -F '\t' '
    $2 > 0 { c[$1] = 1 }
    $3 == "true" { line[NR] = $0 }
    END {
      for (i in line) {
        n = split(line[i], f, "\t")
        name = f[1]
        sub(/[._]test$/, "", name)
        ours[name] = 1
        if (f[1] in c) impure[name] = 1
        for (j = 4; j <= n; j++) if (f[j] in c) impure[name] = 1
      }
      for (name in ours) if (!(name in impure)) print name
    }')
[ -n "$packages" ] || { echo "vet-windows: there is no package without C" >&2; exit 1; }
CGO_ENABLED=0 go vet $packages
