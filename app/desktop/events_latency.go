package desktop

import "handlens/app/session"

// latencyJSON is what one stage took in the last second, in milliseconds.
type latencyJSON struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
}

// latencies are those of the stages that had any samples, by the names that scripts know them by.
func latencies(s session.Stages) map[string]latencyJSON {
	all := make(map[string]latencyJSON)
	for name, l := range map[string]session.Latency{
		"network": s.Network, "decode": s.Decode, "preprocess": s.Preprocess, "engine": s.Engine,
		"postprocess": s.Postprocess, "detected": s.Detected, "shown": s.Shown,
		"phone": s.Phone,
	} {
		if l.Samples > 0 {
			all[name] = latencyJSON{ms(l.P50), ms(l.P95)}
		}
	}
	return all
}
