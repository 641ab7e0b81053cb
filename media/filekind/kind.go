// Package filekind tells from its first bytes what a file is that somebody has named: a picture, a
// film, or something that is not read here, and what to do then. It also tells whether a picture
// moves, and whether a file is cut off. It imports nothing that decodes, and trusts nothing that
// it reads.
package filekind

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"handlens/media/heif"
)

// Class is what is done with a file.
type Class uint8

const (
	// Unknown may still be a film: some have no mark at their beginning.
	Unknown Class = iota
	// Picture is a still picture that is read.
	Picture
	// Film is a film, or a picture that moves.
	Film
	// Unread is known, and not read.
	Unread
)

// Kind is what a file is.
type Kind struct {
	Class Class
	// Name is what people call it, "JPEG XL" for example; "" when it is unknown.
	Name string
	// Still says of what is not read that it is a picture all the same.
	Still bool
}

// Names of what is read, for those that ask for one in particular.
const (
	JPEG = "JPEG"
	PNG  = "PNG"
	GIF  = "GIF"
	WebP = "WebP"
	TIFF = "TIFF"
	BMP  = "BMP"
	HEIF = "HEIC"
	AVIF = "AVIF"
)

// PicturesRead and FilmsRead say in a list what is read.
const (
	PicturesRead = "JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP and TIFF"
	FilmsRead    = "MP4, MOV, MKV, WebM, AVI, MPEG, WMV, FLV, Ogg, MXF, animated GIF, WebP, PNG " +
		"and AVIF"
)

// suffixes are the endings of the names of pictures that are read.
var suffixes = []string{
	".apng", ".avif", ".avifs", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif", ".jfif", ".jpe",
	".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp",
}

// NamedPicture says whether a file's name is that of a picture which is read.
func NamedPicture(path string) bool {
	return slices.Contains(suffixes, strings.ToLower(filepath.Ext(path)))
}

// mark is what stands at a place in every file of a kind.
type mark struct {
	at    int
	bytes string
	kind  Kind
}

func picture(name string) Kind { return Kind{Class: Picture, Name: name} }
func film(name string) Kind    { return Kind{Class: Film, Name: name} }
func unread(name string) Kind  { return Kind{Class: Unread, Name: name} }

func unreadPicture(name string) Kind { return Kind{Class: Unread, Name: name, Still: true} }

const rawName = "a camera's raw picture"

// marks are tried in order.
var marks = []mark{
	{0, "\xff\xd8\xff", picture(JPEG)},
	{0, "\x89PNG\r\n\x1a\n", picture(PNG)},
	{0, "GIF87a", picture(GIF)},
	{0, "GIF89a", picture(GIF)},
	{8, "WEBP", picture(WebP)},
	{8, "CR\x02", unreadPicture(rawName + " (CR2)")},
	{0, "II*\x00", picture(TIFF)},
	{0, "MM\x00*", picture(TIFF)},
	{0, "II+\x00", unreadPicture("BigTIFF")},
	{0, "MM\x00+", unreadPicture("BigTIFF")},
	{0, "\xff\x0a", unreadPicture("JPEG XL")},
	{0, "\x00\x00\x00\x0cJXL \r\n\x87\n", unreadPicture("JPEG XL")},
	{0, "\x00\x00\x00\x0cjP  \r\n\x87\n", unreadPicture("JPEG 2000")},
	{0, "\xff\x4f\xff\x51", unreadPicture("JPEG 2000")},
	{0, "II\xbc\x01", unreadPicture("JPEG XR")},
	{0, "\xff\xd8\xf7", unreadPicture("JPEG-LS")},
	{0, "8BPS", unreadPicture("a Photoshop picture (PSD)")},
	{0, "gimp xcf", unreadPicture("a GIMP picture (XCF)")},
	{0, "\x76\x2f\x31\x01", unreadPicture("OpenEXR")},
	{0, "#?RADIANCE", unreadPicture("Radiance HDR")},
	{0, "qoif", unreadPicture("QOI")},
	{0, "BPG\xfb", unreadPicture("BPG")},
	{0, "DDS ", unreadPicture("a DirectDraw texture (DDS)")},
	{0, "FUJIFILMCCD-RAW", unreadPicture(rawName + " (RAF)")},
	{0, "IIRO", unreadPicture(rawName + " (ORF)")},
	{0, "IIRS", unreadPicture(rawName + " (ORF)")},
	{0, "IIU\x00", unreadPicture(rawName + " (RW2)")},
	{0, "FOVb", unreadPicture(rawName + " (X3F)")},
	{0, "\x00\x00\x01\x00", unreadPicture("an icon (ICO)")},
	{0, "%PDF", unread("a PDF document")},
	{0, "PK\x03\x04", unread("a ZIP archive or an office document")},
	{0, "\x1f\x8b", unread("compressed with gzip")},
	{0, "7z\xbc\xaf", unread("a 7z archive")},
	{0, "Rar!", unread("a RAR archive")},
	{0, ".RMF", unread("a RealMedia film")},
	{0, "ID3", unread("sound (MP3)")},
	{0, "fLaC", unread("sound (FLAC)")},
	{8, "WAVE", unread("sound (WAV)")},
	{8, "AVI ", film("AVI")},
	{0, "\x1aE\xdf\xa3", film("Matroska")},
	{0, "0&\xb2u\x8ef\xcf\x11", film("Windows Media")},
	{0, "FLV\x01", film("Flash video")},
	{0, "OggS", film("Ogg")},
	{0, "\x00\x00\x01\xba", film("MPEG")},
	{0, "\x00\x00\x01\xb3", film("MPEG")},
	{0, "\x00\x00\x00\x01", film("raw video")},
	{0, "\x00\x00\x01\x67", film("raw video")},
	{0, "\x06\x0e\x2b\x34", film("MXF")},
	{0, "YUV4MPEG2", film("Y4M")},
	{0, "DKIF", film("IVF")},
	{4, "moov", film("MOV")},
	{4, "mdat", film("MOV")},
	{4, "wide", film("MOV")},
	{4, "skip", film("MOV")},
	{4, "free", film("MOV")},
}

// The packets of a transport stream (ISO 13818-1); those of cameras have a time before them (BDAV).
const packetSize, timedPacketSize = 188, 192

// headSize is as much as is looked at first.
const headSize = 512

// Of says what a file is. The name only tells apart what looks the same inside.
func Of(r io.ReaderAt, size int64, name string) Kind {
	head := make([]byte, headSize)
	n, _ := r.ReadAt(head, 0)
	head = head[:n]
	if len(head) > 8 && string(head[4:8]) == "ftyp" {
		return ofBrands(r, size)
	}
	for _, m := range marks {
		if len(head) < m.at || !bytes.HasPrefix(head[m.at:], []byte(m.bytes)) {
			continue
		}
		return closer(m.kind, r, size, name)
	}
	switch {
	case len(head) > 26 && string(head[:2]) == "BM" && head[6]|head[7]|head[8]|head[9] == 0:
		return picture(BMP)
	case transportStream(head, 0, packetSize), transportStream(head, 4, timedPacketSize):
		return film("MPEG-TS")
	case netpbm(head):
		return unreadPicture("a Netpbm picture")
	}
	return text(head)
}

// closer looks further into what has the mark of a kind that comes in several forms.
func closer(k Kind, r io.ReaderAt, size int64, name string) Kind {
	switch k.Name {
	case TIFF:
		if raw, is := rawFile(r, name); is {
			return raw
		}
	case GIF, PNG, WebP:
		if walk(r, size, k.Name).frames > 1 {
			return film("animated " + k.Name)
		}
	}
	return k
}

// ofBrands tells apart what is built of the boxes of MP4.
func ofBrands(r io.ReaderAt, size int64) Kind {
	brands := heif.Brands(r, size)
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(brands, n) })
	}
	kind := film("MP4")
	switch {
	case has("crx "):
		return unreadPicture(rawName + " (CR3)")
	case has("avif", "avis"):
		kind = picture(AVIF)
	case has("mif1", "mif2", "msf1", "heic", "heix", "hevc", "hevx", "heim", "heis", "avci",
		"jpeg"):
		kind = picture(HEIF)
	case has("qt  "):
		kind = film("MOV")
	case has("M4A "):
		kind = film("MP4 sound")
	}
	if kind.Class == Picture && heif.Sequence(r, size) && has("avis", "msf1", "hevc", "hevx") {
		return film("animated " + kind.Name)
	}
	return kind
}

// transportStream says whether packets of that length begin at a place.
func transportStream(head []byte, at, length int) bool {
	for range 3 {
		if at >= len(head) || head[at] != 'G' {
			return false
		}
		at += length
	}
	return true
}

// netpbm is "P" with a number and a space.
func netpbm(head []byte) bool {
	return len(head) > 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '7' &&
		bytes.IndexByte([]byte(" \t\r\n"), head[2]) >= 0
}

// text tells apart what people can read.
func text(head []byte) Kind {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for _, b := range head {
		if b < ' ' && bytes.IndexByte([]byte("\t\r\n\f"), b) < 0 {
			return Kind{}
		}
	}
	low := bytes.ToLower(bytes.TrimSpace(head))
	begins := func(with ...string) bool {
		return slices.ContainsFunc(with, func(s string) bool {
			return bytes.HasPrefix(low, []byte(s))
		})
	}
	switch {
	case len(low) == 0:
		return Kind{}
	case begins("<!doctype html", "<html"):
		return unread("a web page (HTML)")
	case bytes.Contains(low, []byte("<svg")):
		return unreadPicture("a drawing (SVG)")
	case begins("version https://git-lfs"):
		return unread("a Git LFS pointer, which stands for a file that was not fetched")
	}
	return unread("text")
}
