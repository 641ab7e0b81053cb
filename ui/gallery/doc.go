// Package gallery shows what was taken: pictures, bursts, data sets and recordings. The window
// hands it a [Library] and what it needs of the window in a [Config].
package gallery
