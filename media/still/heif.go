package still

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"
	"slices"

	"handlens/media"
	"handlens/media/ffmpeg"
	"handlens/media/heif"
)

// decodeHEIF decodes all parts of the main picture and puts them together.
func decodeHEIF(r io.ReaderAt, size int64) (image.Image, error) {
	p, err := heif.Read(r, size)
	if err != nil {
		if errors.Is(err, heif.ErrUnread) {
			return nil, err
		}
		return nil, fmt.Errorf("is not a complete picture: %w", err)
	}
	var d heifDecoder
	defer d.close()
	img, err := d.picture(p)
	if err != nil {
		return nil, err
	}
	return img, nil
}

// heifDecoder keeps a decoder for the tiles that follow one another.
type heifDecoder struct {
	pool      media.Pool
	kind      string
	config    []byte
	decoder   *ffmpeg.StillDecoder
	converter *ffmpeg.Converter
}

func (d *heifDecoder) close() {
	if d.decoder != nil {
		d.decoder.Close()
	}
	if d.converter != nil {
		d.converter.Close()
	}
}

func (d *heifDecoder) picture(p *heif.Picture) (img *image.RGBA, err error) {
	if p.Size != (image.Point{}) {
		if err := checkSize(p.Size.X, p.Size.Y); err != nil {
			return nil, err
		}
	}
	if p.Coded != nil {
		img, err = d.coded(p.Coded)
	} else {
		img, err = d.parts(p)
	}
	for _, t := range p.Turns {
		if err == nil {
			img, err = turned(img, t)
		}
	}
	return img, err
}

// parts lays out the tiles of a grid. All of them are as large as the first.
func (d *heifDecoder) parts(p *heif.Picture) (*image.RGBA, error) {
	var canvas *image.RGBA
	var tile image.Point
	for i, part := range p.Parts {
		img, err := d.picture(part)
		if err != nil {
			return nil, err
		}
		if p.Size == (image.Point{}) {
			return img, nil
		}
		if canvas == nil {
			tile = img.Rect.Size()
			rows := len(p.Parts) / p.Columns
			if tile.X*p.Columns < p.Size.X || tile.Y*rows < p.Size.Y {
				return nil, fmt.Errorf("is not a complete picture: its %d tiles of %d × %d do "+
					"not cover %d × %d", len(p.Parts), tile.X, tile.Y, p.Size.X, p.Size.Y)
			}
			canvas = image.NewRGBA(image.Rectangle{Max: p.Size})
		}
		if img.Rect.Size() != tile {
			return nil, fmt.Errorf("is not a complete picture: tile %d of %d is %d × %d, the "+
				"others are %d × %d", i+1, len(p.Parts), img.Rect.Dx(), img.Rect.Dy(), tile.X,
				tile.Y)
		}
		at := image.Pt(i%p.Columns*tile.X, i/p.Columns*tile.Y)
		draw.Draw(canvas, img.Rect.Add(at), img, image.Point{}, draw.Src)
	}
	return canvas, nil
}

// coded decodes one coded picture.
func (d *heifDecoder) coded(c *heif.Coded) (*image.RGBA, error) {
	if d.decoder == nil || c.Kind != d.kind || !slices.Equal(c.Config, d.config) {
		if d.decoder != nil {
			d.decoder.Close()
		}
		var err error
		if d.decoder, err = ffmpeg.NewStillDecoder(c.Kind, c.Config); err != nil {
			d.decoder = nil
			return nil, fmt.Errorf("cannot be decoded: %w", err)
		}
		d.kind, d.config = c.Kind, c.Config
	}
	if d.converter == nil {
		d.converter = ffmpeg.NewConverter()
	}
	data, err := c.Data()
	if err != nil {
		return nil, fmt.Errorf("is not a complete picture: %w", err)
	}
	var color *ffmpeg.StillColor
	if c.Color != nil && c.Kind != "jpeg" {
		color = &ffmpeg.StillColor{Matrix: c.Color.Matrix, FullRange: c.Color.FullRange}
	}
	frame, err := d.decoder.Decode(data, color, &d.pool)
	if err != nil {
		return nil, fmt.Errorf("is not a complete picture: %w", err)
	}
	defer frame.Release()
	img := image.NewRGBA(frame.Bounds())
	return img, d.converter.ToRGBA(img, frame)
}

// turned applies one step from the stored picture to the one to be shown.
func turned(img *image.RGBA, t heif.Turn) (*image.RGBA, error) {
	orientation := 1
	switch t.Kind {
	case heif.Crop:
		keep := t.Keep(img.Rect.Size())
		if keep.Empty() {
			return nil, errors.New("is not a complete picture: nothing of it is to be shown")
		}
		cropped := image.NewRGBA(image.Rectangle{Max: keep.Size()})
		draw.Draw(cropped, cropped.Rect, img, keep.Min, draw.Src)
		return cropped, nil
	case heif.MirrorX:
		orientation = 2
	case heif.MirrorY:
		orientation = 4
	case heif.Rotate: // anticlockwise
		orientation = [4]int{1, 8, 3, 6}[t.Quarters&3]
	}
	return media.ToRGBA(upright(img, orientation)), nil
}
