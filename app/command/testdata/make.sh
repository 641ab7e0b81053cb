#!/bin/sh
# Draws the files in this folder that Go's own packages cannot write. Needs the ffmpeg and ImageMagick command lines; run it here.
set -eu

# A red patch of 64 × 64 on grey, 8 frames at 10 a second; its left edge is at 40 + 16 × the frame's number
# from 0 (the filter counts from 1), its top at 80.
ffmpeg -hide_banner -loglevel error -y \
	-f lavfi -i color=0x606060:s=320x240:r=10:d=0.8 -f lavfi -i color=0xff0000:s=64x64:r=10:d=0.8 \
	-filter_complex "[0][1]overlay=x='24+16*n':y=80:format=yuv444,format=yuv420p" \
	-c:v libx264 -preset veryslow -crf 20 -bf 2 -fflags +bitexact -flags:v +bitexact -map_metadata -1 patch.mp4

# A green patch of 32 × 32 at 16, 32 in a lossless WebP of 64 × 64.
convert -size 64x64 xc:'#606060' -fill '#00ff00' -draw 'rectangle 16,32 47,63' -define webp:lossless=true patch.webp
