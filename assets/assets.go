// Package assets holds the files that are built into the program: the web pages for phones, the
// icon and the window's texts in other languages. Everything is embedded, so the program stays one
// file to copy and works without a network.
//
// The package starts no goroutine and imports no other room; what it returns may be read from any
// goroutine.
package assets

import (
	"embed"
	"io/fs"
	"strings"
)

//go:generate go run ./icon icon.png
//go:generate go run ./icon -side 192 web/icon-192.png
//go:generate go run ./icon -side 512 web/icon-512.png
//go:generate go run ./icon -fill 0.72 web/icon-maskable.png
//go:generate go run ./icon -side 180 -fill 0.86 web/icon-180.png

var (
	//go:embed web
	web embed.FS
	//go:embed icon.png
	icon []byte
	//go:embed translations
	translations embed.FS
)

// Translations returns the window's texts in other languages: CODE.json for each, a flat object
// from English text to translation.
func Translations() fs.FS { return within(translations, "translations") }

// Languages returns the codes of the languages that there are texts for, in the order of the
// alphabet.
func Languages() []string {
	names, err := fs.Glob(Translations(), "*.json")
	if err != nil {
		panic("assets: " + err.Error()) // the pattern is written here
	}
	for i, n := range names {
		names[i] = strings.TrimSuffix(n, ".json")
	}
	return names
}

// Web returns the web pages, with index.html (the phone page) and trust.html (how to stop the
// certificate warning) at its root. The pages keep to the policy "default-src 'none'; script-src
// 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self' blob:", so
// they may be served under it. They expect to stand at the root of their origin, beside /whip.
func Web() fs.FS { return within(web, "web") }

func within(files embed.FS, folder string) fs.FS {
	sub, err := fs.Sub(files, folder)
	if err != nil {
		// fs.Sub fails for an invalid path only, and this one is written here.
		panic("assets: " + err.Error())
	}
	return sub
}

// Icon returns the program's icon, a square PNG of 512 pixels with transparent corners. The caller
// must not change it.
func Icon() []byte { return icon }
