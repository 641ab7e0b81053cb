package ui

import "fyne.io/fyne/v2/lang"

// L says an English text in the user's language; without a translation it stays English. In texts with values, {{.Name}} stands for the
// value of that name in the data (lang.L). Every text that a person reads in the window passes through here, as a literal: a
// test gathers the literals and wants each in every translation.
func L(text string, data ...any) string { return lang.L(text, data...) }
