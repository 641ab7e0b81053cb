package media

// Strain says what gives way because the computer cannot do everything for every frame. Whoever
// shows it puts it into words.
type Strain uint8

// What gives way, in this order: the picture comes last.
const (
	// StrainNone: every frame is shown and looked at.
	StrainNone Strain = iota
	// StrainDetector: every frame is shown, but the detector does not look at each.
	StrainDetector
	// StrainPicture: not even every frame is shown.
	StrainPicture
)

// String is its name in the events; "" for none.
func (s Strain) String() string {
	switch s {
	case StrainDetector:
		return "detector"
	case StrainPicture:
		return "picture"
	}
	return ""
}
