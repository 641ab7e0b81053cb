// Package alert does what a rule asks for when it fires: it tells a webhook, runs a command, makes
// a sound, and has pictures and videos saved by those who can.
//
//	r := alert.New(means)
//	r.Run(a, rule.Then) // never waits
//	…
//	r.Close()
//
// A [Runner] has one goroutine for each alert that is under way, at most [MaxUnderWay] of them, and
// one for each of its actions; an alert beyond that is left out and said. Close ends them.
//
// What comes from the network, names of phones and labels of models, reaches a command by its
// environment and its standard input only, never in the command line. A webhook is sent to the
// address that the user gave and to no other: redirections are not followed.
package alert
