#!/bin/sh
# Installs Handlens for the user who runs this, or for all users when root does, and takes it away
# again:
#
#   ./install.sh
#   ./install.sh --uninstall     pictures, models and settings stay
#   ./install.sh --purge         only pictures and recordings stay (of the user who runs this)
#
# Nothing needs installing: usr/bin/handlens starts where it lies. This only puts it where the
# desktop finds it.
set -eu
cd "$(dirname "$0")"
if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
share=$prefix/share
desktop=$share/applications/app.handlens.desktop.desktop
action=${1:-}

refresh() {
  command -v update-desktop-database >/dev/null 2>&1 &&
    update-desktop-database -q "$share/applications" || :
  command -v update-mime-database >/dev/null 2>&1 &&
    update-mime-database "$share/mime" 2>/dev/null || :
}

files() { ( cd usr && find . -type f -o -type l ) | sed 's,^\./,,'; }

case $action in
  '')
    files | while read -r file; do
      mkdir -p "$(dirname "$prefix/$file")"
      cp -P --remove-destination "usr/$file" "$prefix/$file"
    done
    # A desktop file is started without the shell's PATH: it gets the whole one.
    sed -i -e "s,^Exec=handlens,Exec=\"$prefix/bin/handlens\"," \
      -e "s,^TryExec=handlens,TryExec=$prefix/bin/handlens," "$desktop"
    refresh
    echo "Handlens is installed in $prefix: look for it among your programs, or run"
    echo "$prefix/bin/handlens."
    ;;
  --uninstall | --purge)
    [ "$action" = --uninstall ] || usr/bin/handlens uninstall --yes
    files | while read -r file; do rm -f "$prefix/$file"; done
    rmdir "$prefix/lib/handlens/browser" "$prefix/lib/handlens" "$share/doc/handlens" \
      2>/dev/null || :
    refresh
    echo "Handlens is removed from $prefix."
    [ "$action" = --purge ] ||
      echo "Your pictures, models and settings are where they were."
    ;;
  *)
    echo "usage: ./install.sh [--uninstall | --purge]" >&2
    exit 2
    ;;
esac
