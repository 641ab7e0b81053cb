#!/bin/sh
# Draws the clips that the tests of this room decode. The clips are kept in the tree; run this again only to change them:
#
#   sh media/ffmpeg/testdata/make.sh
#
# It wants the ffmpeg command with libx264, libvpx and libaom (Debian's package has them). Each picture is four blocks of colour,
#
#   red   green
#   blue  yellow
#
# with a white bar 8 wide and 16 high that starts at the left edge, half way down, and moves 8 pixels to the right with each picture.
# There are 8 pictures at 25 a second and a key frame at each fourth.
set -eu
cd "$(dirname "$0")"

# blocks WIDTH HEIGHT prints a filter graph of that picture in RGB. (The overlay filter counts n from 1.)
blocks() {
  half="$(($1 / 2))x$(($2 / 2))"
  source="s=$half:r=25:d=0.32"
  echo "color=0xDC1E1E:$source[a];color=0x1EC828:$source[b];color=0x1E32D2:$source[c];color=0xE6DC28:$source[d];\
[a][b]hstack[top];[c][d]hstack[bottom];[top][bottom]vstack,format=gbrp[four];\
color=white:s=8x16:r=25:d=0.32,format=gbrp[bar];[four][bar]overlay=x=8*n-8:y=$(($2 / 2 - 8)):format=gbrp"
}

# clip FILE WIDTH HEIGHT MATRIX RANGE FORMAT ENCODER-OPTIONS… encodes it.
clip() {
  file=$1 width=$2 height=$3 matrix=$4 range=$5 format=$6
  shift 6
  ffmpeg -loglevel error -y -f lavfi \
    -i "$(blocks "$width" "$height"),scale=out_color_matrix=$matrix:out_range=$range:sws_flags=accurate_rnd+full_chroma_int,format=$format" \
    -fflags +bitexact -flags:v +bitexact -map_metadata -1 -g 4 -keyint_min 4 "$@" "$file"
}

x264="-c:v libx264 -threads 1 -preset medium -crf 16"
phone="$x264 -profile:v baseline -x264-params aud=1:scenecut=0:bframes=0"
vp8="-c:v libvpx -threads 1 -deadline realtime -cpu-used 0 -lag-in-frames 0 -auto-alt-ref 0 -b:v 400k -qmax 20"
vp9="-c:v libvpx-vp9 -threads 1 -deadline realtime -cpu-used 4 -lag-in-frames 0 -auto-alt-ref 0 -crf 16 -b:v 0"
av1="-c:v libaom-av1 -threads 1 -usage realtime -cpu-used 8 -lag-in-frames 0 -crf 16 -b:v 0"

# What phones send, in two sizes.
for size in "" "-small"; do
  [ -z "$size" ] && w=96 h=64 || w=64 h=48
  clip "h264$size.h264" $w $h bt601 limited yuv420p $phone
  clip "vp8$size.ivf" $w $h bt601 limited yuv420p $vp8
  clip "vp9$size.ivf" $w $h bt601 limited yuv420p $vp9
  clip "av1$size.ivf" $w $h bt601 limited yuv420p $av1
done

# Files: containers, pictures out of order, a phone held upright.
clip reordered.mp4 96 64 bt601 limited yuv420p $x264 -x264-params bframes=2:b-adapt=0:scenecut=0 -movflags +faststart
clip h264.ts 96 64 bt601 limited yuv420p $phone
clip h264.mkv 96 64 bt601 limited yuv420p $phone
clip vp9.webm 96 64 bt601 limited yuv420p $vp9
clip mpeg4.avi 96 64 bt601 limited yuv420p -c:v mpeg4 -threads 1 -q:v 2
clip mjpeg.mov 96 64 bt601 full yuvj422p -c:v mjpeg -threads 1 -q:v 2
clip plain.mp4 96 64 bt601 limited yuv420p $phone
ffmpeg -loglevel error -y -i plain.mp4 -c copy -fflags +bitexact -map_metadata -1 -metadata:s:v rotate=90 rotated.mp4

# Colour descriptions and pixel formats.
clip bt601-full.mp4 96 64 bt601 full yuvj420p $x264 -bf 0 -colorspace smpte170m -color_range pc
clip bt709.mp4 96 64 bt709 limited yuv420p $x264 -bf 0 -colorspace bt709 -color_range tv
clip bt709-full.mp4 96 64 bt709 full yuvj420p $x264 -bf 0 -colorspace bt709 -color_range pc
clip ten-bit.mp4 96 64 bt709 limited yuv420p10le $x264 -bf 0 -colorspace bt709
clip four-four-four.mp4 96 64 bt601 limited yuv444p $x264 -bf 0
clip rgb.mkv 96 64 bt601 full gbrp -c:v libx264rgb -threads 1 -crf 16 -bf 0

# No video in it.
ffmpeg -loglevel error -y -f lavfi -i "sine=d=0.1" -fflags +bitexact -flags:a +bitexact -c:a aac -b:a 16k sound.mp4
ls -l
