package rules

import (
	"fmt"
	"strconv"
	"strings"
)

// String is the rule as the sentence that Parse reads.
func (r Rule) String() string {
	var b strings.Builder
	if r.Name != "" {
		b.WriteString(quoted(r.Name) + ": ")
	}
	b.WriteString(r.Condition() + " then ")
	for i, a := range r.Then {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(a.String())
	}
	return b.String()
}

// Condition is the part of the sentence that says when. Unlike the whole, which may name the
// address of a webhook with its password, it can be told to anybody.
func (r Rule) Condition() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	say("when ")
	if len(r.Classes) == 0 {
		say("anything")
	}
	for i, c := range r.Classes {
		if i > 0 {
			say(" or ")
		}
		say("%s", quoted(c))
	}
	switch r.Where {
	case InZone:
		say(" in %s", quoted(r.Place))
	case AcrossLine:
		say(" crosses %s", quoted(r.Place))
	}
	if r.Missing {
		say(" is missing")
	}
	if r.MoreThan > 0 {
		say(" more than %d", r.MoreThan)
	}
	if r.Seconds > 0 {
		say(" for %s", seconds(r.Seconds))
	}
	if r.Hours.From != r.Hours.To {
		say(" between %s and %s", clock(r.Hours.From), clock(r.Hours.To))
	}
	if r.Every > 0 {
		say(" at most every %s", seconds(r.Every))
	}
	return b.String()
}

// String is the action as in a rule's sentence.
func (a Action) String() string {
	switch {
	case a.Do == Clip:
		return fmt.Sprintf("clip %s before %s after", seconds(a.Before), seconds(a.After))
	case a.Do == Webhook && a.Picture:
		return "webhook " + quoted(a.To) + " with picture"
	case a.To != "":
		return string(a.Do) + " " + quoted(a.To)
	}
	return string(a.Do)
}

func seconds(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + " s" }

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// quoted puts a word into quotes where it would be read as several, or as one of the sentence's
// own.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\r\n,\"'\\") && !strings.HasSuffix(word, ":") &&
		!isKeyword(word) {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}
