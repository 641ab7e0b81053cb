#!/bin/sh
# Takes the README's screenshot: draws scene.svg, has a real Chromium play it as its camera, and
# photographs the real window under Xvfb. The detector is our own colour-patch model.
#
#   make build && sh assets/screenshot/make.sh
#
# It wants Debian's chromium, xvfb, xdotool, imagemagick and ffmpeg, and Node.js with npm.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
work=$(mktemp -d)
display=:93
pids=
trap 'kill $pids 2>/dev/null; wait; rm -rf "$work"' EXIT

chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,720 \
  --screenshot="$work/scene.png" "file://$here/scene.svg" >/dev/null 2>&1
ffmpeg -loglevel error -loop 1 -framerate 30 -i "$work/scene.png" -t 2 -pix_fmt yuvj420p -q:v 2 \
  "$work/camera.mjpeg"
( cd "$root" && . build/env.sh && go run ./inference/testmodel/write "$work" 416 >/dev/null )
cp "$here/phone.mjs" "$work"
( cd "$work" && npm install --silent playwright-core >/dev/null 2>&1 )

Xvfb $display -screen 0 1280x800x24 >/dev/null 2>&1 & pids="$pids $!"
sleep 1
# A zone in front of the house, numbers on the boxes, and a recording that runs.
mkdir "$work/data"
cat >"$work/data/settings.json" <<'SETTINGS'
{
  "ids": true,
  "trails": true,
  "counted": [
    {
      "name": "Zone 1",
      "points": [
        { "x": 0.04, "y": 0.5 }, { "x": 0.5, "y": 0.5 },
        { "x": 0.5, "y": 0.95 }, { "x": 0.04, "y": 0.95 }
      ]
    }
  ]
}
SETTINGS
HOME=$work DISPLAY=$display "$root/build/handlens" --address 127.0.0.1 --port 0 \
  --data-dir "$work/data" --model "$work/patches-yolov8-416.onnx" --events "$work/events" \
  2>/dev/null & pids="$pids $!"
until grep -q '"ready"' "$work/events" 2>/dev/null; do sleep 0.2; done
url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' "$work/events")
node "$work/phone.mjs" "$url" "$work/camera.mjpeg" & pids="$pids $!"
sleep 10
DISPLAY=$display xdotool search --onlyvisible --name '^Handlens$' windowfocus key r
sleep 8
DISPLAY=$display import -window root "$work/shot.png"
convert "$work/shot.png" -strip -colors 256 PNG8:"$root/assets/screenshot.png"
