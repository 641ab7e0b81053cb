package filekind

import "strings"

// Refusal says of what is not read what it is and how to go on. It follows the file's name.
func (k Kind) Refusal() string {
	switch {
	case strings.HasPrefix(k.Name, rawName):
		return "is " + k.Name + ", which is not read: develop it to JPEG or TIFF first"
	case k.Still:
		return "is " + k.Name + ", which is not read: convert it to PNG or JPEG first " +
			"(read are " + PicturesRead + ")"
	case strings.Contains(k.Name, "HTML"):
		return "is " + k.Name +
			", not a picture: what was saved is a page of the site, not the file"
	case strings.Contains(k.Name, "archive") || strings.Contains(k.Name, "gzip"):
		return "is " + k.Name + ", which is not looked into: unpack it first"
	case strings.Contains(k.Name, "film"):
		return "is " + k.Name + ", which is not read: convert it to MP4 first (read are " +
			FilmsRead + ")"
	}
	return "is " + k.Name + ", neither a picture nor a video"
}
