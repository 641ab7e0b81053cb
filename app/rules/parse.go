package rules

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Grammar is what Parse reads, for the help.
const Grammar = `when CLASS [or CLASS…] [in ZONE | crosses LINE | is missing] [more than K]
[for N s] [between HH:MM and HH:MM] [at most every N s] then ACTION[, ACTION…]`

// keywords begin the parts of a sentence.
var keywords = []string{
	"when", "or", "in", "crosses", "is", "missing", "more", "than", "for", "between", "and", "at",
	"most", "every", "then", "with", "anything", "before", "after", "s", "min", "h",
}

func isKeyword(word string) bool { return slices.Contains(keywords, strings.ToLower(word)) }

// Parse reads a rule from a sentence like
//
//	Gate: when person or car in "Zone 1" for 5 s between 22:00 and 06:00
//	at most every 60 s then snapshot, webhook https://example.org/hook
//
// The name before the colon may be left out. Names of more than one word, and those that the
// sentence uses itself, stand in quotes. A time is in seconds (s), minutes (min) or hours (h). The
// rule has passed Check.
func Parse(sentence string) (Rule, error) {
	r, err := parse(sentence, false)
	if err != nil {
		return Rule{}, err
	}
	return r, r.Check()
}

// ParseCondition reads a rule of which only the condition matters: "then" and what follows may be
// left out.
func ParseCondition(sentence string) (Rule, error) {
	r, err := parse(sentence, true)
	if err != nil {
		return Rule{}, err
	}
	return r, r.checkCondition()
}

func parse(sentence string, bare bool) (Rule, error) {
	words, err := split(sentence)
	if err != nil {
		return Rule{}, err
	}
	p := parser{words: words, bare: bare}
	p.sentence()
	if p.err == nil && len(p.words) > 0 {
		p.fail("%q is not understood there", p.words[0].text)
	}
	return p.rule, p.err
}

// parser goes through a sentence from left to right. After the first error it stands still.
type parser struct {
	words []word
	rule  Rule
	err   error
	// bare says that it may end before "then".
	bare bool
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// take passes over words of the sentence if they come next.
func (p *parser) take(want ...string) bool {
	if p.err != nil || len(p.words) < len(want) {
		return false
	}
	for i, w := range want {
		if p.words[i].quoted || !strings.EqualFold(p.words[i].text, w) {
			return false
		}
	}
	p.words = p.words[len(want):]
	return true
}

// name takes a name of the user's.
func (p *parser) name(what string) string {
	if p.err != nil {
		return ""
	}
	if len(p.words) == 0 || p.words[0].text == "," || !p.words[0].quoted &&
		isKeyword(p.words[0].text) {
		p.fail("%s is missing (a name that the sentence uses itself stands in quotes)", what)
		return ""
	}
	w := p.words[0].text
	p.words = p.words[1:]
	return w
}

func (p *parser) sentence() {
	if len(p.words) > 0 && p.words[0].title {
		p.rule.Name = p.words[0].text
		p.words = p.words[1:]
	}
	if !p.take("when") {
		p.fail(`a rule begins with "when", as in: when person for 5 s then snapshot`)
		return
	}
	p.classes()
	for p.condition() {
	}
	if p.bare && len(p.words) == 0 {
		return
	}
	if !p.take("then") {
		next := "the end"
		if len(p.words) > 0 {
			next = strconv.Quote(p.words[0].text)
		}
		p.fail(`%s is not understood there; what is to be done stands after "then"`, next)
	}
	for p.action(); p.take(","); {
		p.action()
	}
}

func (p *parser) classes() {
	if p.take("anything") {
		return
	}
	p.rule.Classes = append(p.rule.Classes, p.name("the class"))
	for p.take("or") {
		p.rule.Classes = append(p.rule.Classes, p.name("the class"))
	}
}

// condition takes one part between the classes and "then".
func (p *parser) condition() bool {
	r := &p.rule
	place := func(where Where, what string) {
		if r.Where != Anywhere {
			p.fail("a rule is about one zone or one line")
		}
		r.Where, r.Place = where, p.name(what)
	}
	switch {
	case p.take("in"):
		place(InZone, "the name of the zone")
	case p.take("crosses"):
		place(AcrossLine, "the name of the line")
	case p.take("is", "missing"):
		r.Missing = true
	case p.take("more", "than"):
		r.MoreThan = p.count()
	case p.take("for"):
		r.Seconds = p.seconds()
	case p.take("between"):
		r.Hours.From = p.clock()
		if !p.take("and") {
			p.fail("between two hours stands an \"and\": between 22:00 and 06:00")
		}
		r.Hours.To = p.clock()
	case p.take("at", "most", "every"):
		r.Every = p.seconds()
	default:
		return false
	}
	return p.err == nil
}

func (p *parser) action() {
	do := Kind(strings.ToLower(p.name("what is to be done")))
	if p.err != nil {
		return
	}
	a := Action{Do: do}
	switch do {
	case Clip:
		p.clip(&a)
	case Webhook:
		a.To = p.name("the address of the webhook")
		a.Picture = p.take("with", "picture")
	case Command:
		a.To = p.name("the command")
	default:
		if !slices.Contains(Kinds, do) {
			p.fail("%q is nothing that can be done; there are snapshot, clip, sound, notify, "+
				"webhook ADDRESS, command \"PROGRAM …\", mqtt", string(do))
		}
	}
	p.rule.Then = append(p.rule.Then, a)
}

// clip takes how long a clip is: "clip", "clip 5 s before", "clip 5 s before 10 s after".
func (p *parser) clip(a *Action) {
	a.Before, a.After = ClipBefore, ClipAfter
	if p.err != nil || len(p.words) == 0 || p.words[0].text == "," {
		return
	}
	a.Before, a.After = 0, 0
	for p.err == nil && len(p.words) > 0 && p.words[0].text != "," {
		switch n := p.seconds(); {
		case p.take("before"):
			a.Before = n
		case p.take("after"):
			a.After = n
		default:
			p.fail("a clip is as long as in: clip 5 s before 10 s after")
		}
	}
}

// number takes a number, and the unit that may be written against it.
func (p *parser) number(what string) (n float64, unit string) {
	text := p.name(what)
	if p.err != nil {
		return 0, ""
	}
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		p.fail("%q is no number", text)
	}
	return n, text[len(digits):]
}

func (p *parser) count() int {
	n, unit := p.number("how many")
	if p.err == nil && (unit != "" || n != float64(int(n))) {
		p.fail("a whole number stands after \"more than\"")
	}
	return int(n)
}

// units are those of a time, in seconds.
var units = map[string]float64{"s": 1, "min": 60, "h": 3600}

func (p *parser) seconds() float64 {
	n, unit := p.number("a time")
	if unit == "" {
		unit = "s"
		for u := range units {
			if p.take(u) {
				unit = u
				break
			}
		}
	}
	per, ok := units[unit]
	if !ok {
		p.fail("%q is no unit of time; there are s, min and h", unit)
	}
	return n * per
}

func (p *parser) clock() int {
	text := p.name("an hour")
	t, err := time.Parse("15:04", text)
	if err != nil {
		p.fail("%q is no hour; it is written as in 06:30", text)
	}
	return t.Hour()*60 + t.Minute()
}

// word is one of a sentence.
type word struct {
	text   string
	quoted bool // it is a name, whatever it says
	title  bool // it ended in a colon: the name of the rule
}

// split takes a sentence apart at spaces and commas, but not inside quotes, in which a backslash
// makes the next character an ordinary one.
func split(sentence string) ([]word, error) {
	if len(sentence) > 8*maxText {
		return nil, errors.New("that is too long for a rule")
	}
	var words []word
	rest := sentence
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		switch {
		case rest == "":
			return words, nil
		case rest[0] == ',':
			words, rest = append(words, word{text: ","}), rest[1:]
			continue
		}
		w, after, err := next(rest)
		if err != nil {
			return nil, err
		}
		if len(words) == 0 {
			w, after = title(w, after)
		}
		words, rest = append(words, w), after
	}
}

// next takes the first word of what does not begin with a space.
func next(s string) (w word, rest string, err error) {
	if s[0] != '"' && s[0] != '\'' {
		end := strings.IndexAny(s, " \t\r\n,")
		if end < 0 {
			end = len(s)
		}
		return word{text: s[:end]}, s[end:], nil
	}
	var text strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0]:
			return word{text: text.String(), quoted: true}, s[i+1:], nil
		case c == '\\' && i+1 < len(s):
			i++
			text.WriteByte(s[i])
		default:
			text.WriteByte(c)
		}
	}
	return word{}, "", errors.New("a quotation mark is not closed")
}

// title takes the colon away that makes the first word the name of the rule.
func title(w word, rest string) (word, string) {
	name, colon := strings.CutSuffix(w.text, ":")
	switch {
	case w.quoted && strings.HasPrefix(rest, ":"):
		w.title, rest = true, rest[1:]
	case !w.quoted && colon && name != "":
		w.text, w.title = name, true
	}
	return w, rest
}
