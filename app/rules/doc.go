// Package rules decides when something that the user waits for has happened: "when a person is in
// Zone 1 for 5 s, at most every 60 s, then take a snapshot".
//
// A [Rule] is what the user wishes. [Parse] reads it from a sentence, and [Rule.String] writes that
// sentence again. A [Watch] looks at what is found in one phone's picture and says which rules
// [Fired]. What is done then is not its business.
//
// All of it is pure: no clock but the times that it is handed, no goroutine, no file. Nothing here
// is safe for concurrent use; whoever owns a Watch guards it. A Watch keeps a few numbers for each
// rule, however long it runs.
package rules
