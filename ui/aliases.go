package ui

import (
	"handlens/ui/gallery"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// The types that tile, gallery and kit declare, under the names that users of this package know.
type (
	Scene          = tile.Scene
	Stats          = tile.Stats
	RecordingState = tile.RecordingState
	CameraState    = tile.CameraState
	CameraSize     = tile.CameraSize
	Lens           = tile.Lens
	Past           = tile.Past
	ClassCount     = tile.ClassCount
	Figures        = tile.Figures
	AgeFrom        = tile.AgeFrom

	Library     = gallery.Library
	LibraryItem = gallery.Item
	LibraryKind = gallery.Kind

	Notice     = kit.Notice
	NoticeKind = kit.NoticeKind
)

// The values of those types.
const (
	FiguresBrief  = tile.FiguresBrief
	FiguresStages = tile.FiguresStages
	FiguresOff    = tile.FiguresOff

	FromArrival = tile.FromArrival
	FromBrowser = tile.FromBrowser
	FromCamera  = tile.FromCamera

	KindPicture   = gallery.KindPicture
	KindRecording = gallery.KindRecording

	Info    = kit.Info
	Success = kit.Success
	Warning = kit.Warning
	Failure = kit.Failure
)
