package media

// Limit is what keeps a phone from sending more than it does. Whoever shows it puts it into words.
type Limit uint8

// The limits.
const (
	// LimitUnknown: the phone has not told.
	LimitUnknown Limit = iota
	// LimitNone: it sends all that its camera gives.
	LimitNone
	// LimitBandwidth: the network carries no more.
	LimitBandwidth
	// LimitCPU: the phone cannot encode more.
	LimitCPU
	// LimitOther is something else.
	LimitOther

	limits // how many there are
)

// limitNames are those of the W3C's RTCQualityLimitationReason, for scripts and phones.
var limitNames = [limits]string{"", "none", "bandwidth", "cpu", "other"}

// Limits returns the limits that people are told of, for tests that want each of them worded.
func Limits() []Limit { return []Limit{LimitBandwidth, LimitCPU, LimitOther} }

// ParseLimit returns the limit of that name, LimitUnknown for none.
func ParseLimit(name string) Limit {
	for l := LimitNone; l < limits; l++ {
		if limitNames[l] == name {
			return l
		}
	}
	return LimitUnknown
}

// String names the limit for scripts; "" when it is unknown.
func (l Limit) String() string {
	if l >= limits {
		return ""
	}
	return limitNames[l]
}
