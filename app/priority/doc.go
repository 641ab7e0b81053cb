// Package priority lets the work that may wait give way to the picture: the operating system gives
// its threads less of the processor where there is not enough for all.
package priority
