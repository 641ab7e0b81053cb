package desktop

import (
	"fmt"
	"os"
	"path/filepath"

	"handlens/app/cli"
	"handlens/app/recording"
	"handlens/media/ffmpeg"
	"handlens/media/record"
)

// folders are where recordings and pictures go, as the command line says; "" for the user's own.
type folders struct{ forVideos, forPictures string }

func (f *folders) flags() []cli.Flag {
	return []cli.Flag{
		{
			Name: "videos", To: &f.forVideos, Placeholder: "DIR", Paths: cli.Folders,
			Help: "where recordings go", Default: "Handlens in your videos folder",
		},
		{
			Name: "pictures", To: &f.forPictures, Placeholder: "DIR", Paths: cli.Folders,
			Help: "where pictures and samples go", Default: "Handlens in your pictures folder",
		},
	}
}

// check makes the folders that are named, so that a wrong one is told at once.
func (f *folders) check() error {
	for name, dir := range map[string]*string{"videos": &f.forVideos, "pictures": &f.forPictures} {
		if *dir == "" {
			continue
		}
		err := os.MkdirAll(*dir, 0o755)
		if err == nil {
			*dir, err = filepath.Abs(*dir)
		}
		if err != nil {
			return fmt.Errorf("--%s: %w", name, err)
		}
	}
	return nil
}

// videos is where recordings go.
func (f *folders) videos() (string, error) {
	if f.forVideos != "" {
		return f.forVideos, nil
	}
	return record.VideosDir()
}

// pictures is where pictures go.
func (f *folders) pictures() (string, error) {
	if f.forPictures != "" {
		return f.forPictures, nil
	}
	return record.PicturesDir()
}

// measured is how a recording is doing that is finished: as long, and as large, as its video is.
func measured(st recording.State, video string) recording.State {
	if video == "" {
		return st
	}
	if length, err := ffmpeg.Length(video); err == nil {
		st.Length = length
	}
	if info, err := os.Stat(video); err == nil && st.Bytes == 0 {
		st.Bytes = info.Size()
	}
	return st
}
