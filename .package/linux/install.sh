#!/bin/sh
# Installs Handlens for the user who runs this, or for all users when root does, and takes it away
# again:
#
#   ./install.sh
#   ./install.sh --uninstall     pictures, models and settings stay
#
# Nothing needs installing: usr/bin/handlens starts where it lies. This only puts it where the
# desktop finds it.
set -eu
cd "$(dirname "$0")"
if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
share=$prefix/share

refresh() {
  command -v update-desktop-database >/dev/null 2>&1 &&
    update-desktop-database -q "$share/applications" || :
  command -v update-mime-database >/dev/null 2>&1 &&
    update-mime-database "$share/mime" 2>/dev/null || :
}

( cd usr && find . -type f -o -type l ) | sed 's,^\./,,' | while read -r file; do
  if [ "${1:-}" = --uninstall ]; then
    rm -f "$prefix/$file"
  else
    mkdir -p "$(dirname "$prefix/$file")"
    cp -P "usr/$file" "$prefix/$file"
  fi
done
if [ "${1:-}" = --uninstall ]; then
  rmdir "$prefix/lib/handlens/browser" "$prefix/lib/handlens" "$share/doc/handlens" 2>/dev/null || :
  refresh
  echo "Handlens is removed from $prefix. Your pictures, models and settings are where they were."
  exit 0
fi
# A desktop file is started without the shell's PATH: it gets the whole one.
desktop=$share/applications/app.handlens.desktop.desktop
sed -i "s,^\(Try\)\{0,1\}Exec=handlens,\1Exec=$prefix/bin/handlens," "$desktop"
refresh
echo "Handlens is installed in $prefix: look for it among your programs, or run"
echo "$prefix/bin/handlens."
