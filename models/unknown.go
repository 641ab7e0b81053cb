package models

import (
	"fmt"
	"strings"

	"handlens/media/plaintext"
)

// unknown says that there is no such model and what may have been meant.
func (s *Store) unknown(name string) error {
	names := s.added()
	for _, e := range s.entries {
		names = append(names, e.Name)
	}
	hint := "`handlens models` lists those there are"
	if similar := plaintext.Suggest(name, names); len(similar) > 0 {
		hint = "did you mean " + strings.Join(similar, " or ") + "?"
	}
	return userError(fmt.Sprintf("no model is called %q: %s", shorten(name), hint), ErrUnknown)
}

// shorten keeps an error a line long whatever was typed.
func shorten(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}
