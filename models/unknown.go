package models

import "handlens/media/plaintext"

// unknown says that there is no such model and what may have been meant.
func (s *Store) unknown(name string) error {
	names := s.added()
	for _, e := range s.entries {
		names = append(names, e.Name)
	}
	return &Fault{
		Code: Unknown, Name: shorten(name), Similar: plaintext.Suggest(name, names),
	}
}

// shorten keeps an error a line long whatever was typed.
func shorten(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return s
}
