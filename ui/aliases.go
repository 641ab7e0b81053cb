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
	Mark           = tile.Mark
	ClassCount     = tile.ClassCount
	Figures        = tile.Figures
	AgeFrom        = tile.AgeFrom
	Place          = tile.Place
	PlaceFigures   = tile.PlaceFigures
	PhoneDetector  = tile.PhoneDetector

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

	OnComputer = tile.OnComputer
	OnPhone    = tile.OnPhone

	PhoneLoading  = tile.PhoneLoading
	PhoneReady    = tile.PhoneReady
	PhoneSlow     = tile.PhoneSlow
	PhoneNoMemory = tile.PhoneNoMemory
	PhoneNoEngine = tile.PhoneNoEngine
	PhoneNoModel  = tile.PhoneNoModel

	KindPicture   = gallery.KindPicture
	KindRecording = gallery.KindRecording

	Info    = kit.Info
	Success = kit.Success
	Warning = kit.Warning
	Failure = kit.Failure
)
