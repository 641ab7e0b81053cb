package layout

import (
	"fmt"
	"strings"
)

// Facts says in one line what a tensor is, and what its elements are like if there are any: how far
// they reach, by columns where rows are short.
func (t *Tensor) Facts() string {
	line := t.describe()
	width, rows := t.columns()
	if rows == 0 {
		return line
	}
	low, high, ok := t.span(0, width)
	if !ok {
		return line + ": not all of it numbers"
	}
	line += fmt.Sprintf(": %.4g to %.4g", low, high)
	const short = 8
	if width > 1 && width <= short && rows > 1 {
		var parts []string
		for k := range width {
			l, h, _ := t.column(k)
			parts = append(parts, fmt.Sprintf("%.4g…%.4g", l, h))
		}
		line += "; by column " + strings.Join(parts, ", ")
	}
	switch {
	case t.sumToOne():
		line += "; rows sum to 1"
	case width == 4 && t.inShares():
		line += "; shares of the sides, if boxes"
	}
	return line
}
