// Package still reads still pictures from files, upright, whatever they are coded in: the formats
// that Go and its x/image know by those, HEIC and AVIF by package ffmpeg. How a picture is to be
// turned stands in its EXIF or XMP data (JPEG, PNG, WebP, TIFF) or in its own properties (HEIC,
// AVIF); it is turned as Pillow's ImageOps.exif_transpose does.
package still
