package models

// Suggest returns those of names that contain what was typed or differ from it by a few letters,
// the nearest first.
func Suggest(typed string, names []string) []string { return nearest(typed, names) }
