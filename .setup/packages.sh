#!/bin/sh
# Installs the system packages that building, running, testing or packing Handlens needs.
#
#   sh .setup/packages.sh run|test|package|windows
#
# On Debian and its relatives what is missing is installed, as root or with sudo. Elsewhere the list
# of what to install is printed, and set-up ends there only if something necessary is missing.
set -eu
. "$(dirname "$0")/lib.sh"
purpose=${1:?usage: packages.sh run|test|package|windows}

run_packages="gcc g++ make curl ca-certificates xz-utils pkg-config nasm meson ninja-build
  zlib1g-dev libopenh264-dev libva-dev libgl1-mesa-dev xorg-dev libxkbcommon-dev
  libwayland-dev libegl1-mesa-dev libgles2-mesa-dev"
# For the tests with real browsers and a real window: what has browsers trust a certificate, software
# OpenGL, a virtual screen and tools for it, what makes the network on which nothing may leave the program, a firewall (ufw, which is
# off after its installation, and is turned on in a network of the test's own only), an MQTT broker,
# and GStreamer to publish.
test_packages="chromium firefox-esr libnss3-tools xvfb xdotool imagemagick libgl1-mesa-dri
  iproute2 ufw mosquitto mosquitto-clients python3-gst-1.0
  gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-nice"

# For building and packing for Windows on this system.
windows_packages="g++-mingw-w64-x86-64-posix libz-mingw-w64-dev nsis zip"

packages=$run_packages
[ "$purpose" = test ] && packages="$packages $test_packages"
# The libraries of another architecture stand beside those of this one.
[ "${HANDLENS_TARGET:-}" != linux-arm64 ] || packages="make curl ca-certificates xz-utils pkg-config
  meson ninja-build crossbuild-essential-arm64 zlib1g-dev:arm64 libopenh264-dev:arm64
  libva-dev:arm64 libgl1-mesa-dev:arm64 libx11-dev:arm64 libxcursor-dev:arm64 libxi-dev:arm64
  libxinerama-dev:arm64 libxrandr-dev:arm64 libxxf86vm-dev:arm64 libxkbcommon-dev:arm64
  libwayland-dev:arm64 libegl1-mesa-dev:arm64 libgles2-mesa-dev:arm64"
# To pack it: pip brings licences, the others make and check what a distribution wants.
[ "$purpose" = package ] &&
  packages="$packages python3-pip dpkg-dev binutils appstream desktop-file-utils"
[ "$purpose" = windows ] && packages="$packages $windows_packages"
# npm brings ONNX Runtime; a machine that has its own (nvm, for example) keeps it.
command -v npm >/dev/null 2>&1 || [ -n "${HANDLENS_ONNXRUNTIME:-}" ] || packages="$packages npm"

on_debian() {
  case "$packages" in *:arm64*) dpkg --print-foreign-architectures | grep -q '^arm64$' ||
    die "apt does not know arm64 here; run dpkg --add-architecture arm64 && apt-get update as root, \
best in a container, and run again" ;; esac
  missing=
  for p in $packages; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' ||
      missing="$missing $p"
  done
  [ -z "$missing" ] && return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || die "these packages are missing, and installing them needs \
root or sudo; have them installed and run again: apt-get install$missing"
    as_root=sudo
  fi
  broker=
  case " $missing " in *' mosquitto '*) broker=new ;; esac
  say "installing system packages:$missing"
  log=$cache/apt.log
  {
    $as_root apt-get update -qq &&
      $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $missing
  } >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    die "apt-get could not install$missing; its last lines are above, all of them in $log"
  }
  # The tests start a broker of their own; Debian's would from now on run on this computer.
  if [ -n "$broker" ] && command -v systemctl >/dev/null 2>&1; then
    $as_root systemctl disable --now --quiet mosquitto >>"$log" 2>&1 || :
  fi
}

# need TOOL...: adds those that are not here to what is missing.
need() {
  for tool in "$@"; do command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"; done
}

on_mac() {
  missing=
  need nasm meson ninja pkg-config npm
  for lib in openh264; do pkg-config --exists $lib 2>/dev/null || missing="$missing $lib"; done
  [ -z "$missing" ] && return 0
  command -v brew >/dev/null 2>&1 ||
    die "these are missing; install Homebrew or them by hand and run again:$missing"
  say "installing with Homebrew:$missing"
  brew install $(echo "$missing" | sed 's/ npm/ node/') >&2
}

elsewhere() {
  missing=
  need gcc g++ make curl xz pkg-config nasm meson ninja npm
  for lib in zlib openh264 libva gl egl x11 xrandr xcursor xi xinerama xxf86vm xkbcommon \
    wayland-client; do
    pkg-config --exists $lib 2>/dev/null || missing="$missing $lib(development-files)"
  done
  [ "$purpose" != test ] || need chromium Xvfb xdotool convert mosquitto mosquitto_sub
  [ "$purpose" != windows ] || need x86_64-w64-mingw32-g++ makensis zip
  [ -z "$missing" ] || die "install these with the system's package manager and run again:$missing"
}

command -v go >/dev/null 2>&1 ||
  die "Go is missing; install Go 1.26 or newer (https://go.dev/dl) and run again"
if command -v dpkg-query >/dev/null 2>&1; then on_debian
elif [ "$(uname -s)" = Darwin ]; then on_mac
else elsewhere; fi
