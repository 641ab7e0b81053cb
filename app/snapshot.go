package main

import (
	"errors"
	"fmt"
	"image"
	"time"

	"handlens/inference/overlay"
	"handlens/media/ffmpeg"
	"handlens/media/record"
)

// snapshot saves what a phone shows now, with and without its boxes, in the pictures folder. It takes some tens of
// milliseconds, so it does not belong on the UI goroutine.
func (p *program) snapshot(phone string) (record.Saved, error) {
	s := p.manager.Find(phone)
	if s == nil {
		return record.Saved{}, errors.New("this phone has left, so there is no picture to save")
	}
	sc := s.Scene()
	if sc.Frame == nil {
		return record.Saved{}, errors.New("there is no picture yet to save")
	}
	defer sc.Frame.Release()
	clean := image.NewRGBA(sc.Frame.Bounds())
	if err := ffmpeg.NewConverter().ToRGBA(clean, sc.Frame); err != nil {
		return record.Saved{}, fmt.Errorf("the picture could not be converted: %w", err)
	}
	annotated := image.NewRGBA(clean.Rect)
	copy(annotated.Pix, clean.Pix)
	overlay.Draw(annotated, sc.Detections)

	dir, err := record.PicturesDir()
	if err != nil {
		return record.Saved{}, err
	}
	saved, err := record.SaveSnapshot(dir, time.Now(), s.Name(), annotated, clean)
	if err != nil {
		return record.Saved{}, err
	}
	p.events.snapshot(s, saved.Annotated, saved.Clean)
	return saved, nil
}
