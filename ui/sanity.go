package ui

import (
	"fmt"
	"slices"
	"time"

	"handlens/inference/track"
	"handlens/ui/kit"
	"handlens/ui/tile"
)

// The bounds of the slider of confidence.
const leastConfidence, mostConfidence = 0.05, 0.95

// replays are the lengths of the past that can be kept at hand.
var replays = [...]time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}

// The bounds of what is believed of lists, beside tile.MaxRegions.
const (
	maxNames  = 2000
	maxPoints = 64
	maxRules  = 100
)

// Sane returns settings that the window can show, whatever a file or a person made of them: each
// value is brought into its range. They share nothing with the original.
func (s Settings) Sane() Settings {
	s = s.clone()
	standard := DefaultSettings()
	s.Confidence = clampConfidence(s.Confidence)
	if s.Replay == 0 {
		s.Replay = standard.Replay
	}
	s.Replay = min(max(s.Replay, replays[0]), replays[len(replays)-1])
	s.Hidden = s.Hidden[:min(len(s.Hidden), maxNames)]
	s.Blurred = s.Blurred[:min(len(s.Blurred), maxNames)]
	s.Counted = saneRegions(s.Counted)
	s.Rules = s.Rules[:min(len(s.Rules), maxRules)]
	if s.Figures < FiguresBrief || s.Figures > FiguresOff {
		s.Figures = standard.Figures
	}
	switch s.Approve {
	case "":
		s.Approve = standard.Approve
	case ApproveAuto:
	default: // whatever was meant, asking is on the safe side
		s.Approve = ApproveAsk
	}
	if !slices.Contains(detectPlaces[:], s.DetectOn) {
		s.DetectOn = standard.DetectOn
	}
	if s.MaxPhones == 0 {
		s.MaxPhones = standard.MaxPhones
	}
	s.MaxPhones = min(max(s.MaxPhones, 1), MostPhones)
	if s.MaxViewers == 0 {
		s.MaxViewers = standard.MaxViewers
	}
	s.MaxViewers = min(max(s.MaxViewers, 1), MostViewers)
	if !slices.Contains(
		[]kit.Appearance{kit.AppearanceAuto, kit.AppearanceLight, kit.AppearanceDark},
		kit.Appearance(s.Appearance),
	) {
		s.Appearance = standard.Appearance
	}
	return s
}

// clampConfidence takes what is no number for the least.
func clampConfidence(c float64) float64 {
	if !(c > leastConfidence) {
		return leastConfidence
	}
	return min(c, mostConfidence)
}

// saneRegions leaves out what is no line or zone, and gives each a name of its own, since their
// counts are told apart by it. It changes all.
func saneRegions(all []track.Region) []track.Region {
	all = slices.DeleteFunc(all[:min(len(all), tile.MaxRegions)], func(r track.Region) bool {
		return len(r.Points) < 2 || len(r.Points) > maxPoints ||
			slices.ContainsFunc(r.Points, outside)
	})
	names := make(map[string]bool)
	for i, r := range all {
		for n := 2; names[all[i].Name]; n++ {
			all[i].Name = fmt.Sprintf("%s %d", r.Name, n)
		}
		names[all[i].Name] = true
	}
	return all
}

// outside says that a point is not in the frame, or no point at all.
func outside(p track.Point) bool { return !(p.X >= 0 && p.X <= 1 && p.Y >= 0 && p.Y <= 1) }
