// Package mqtt tells an MQTT broker what phones show, so that home automation can act on it, and
// describes it in the form in which Home Assistant finds it by itself (MQTT discovery).
//
//	BASE/status            "online", and by the last will "offline"; retained
//	BASE/phone/PHONE       what a phone shows, as JSON; retained, once a second at most
//	BASE/rule/RULE         a rule that fired, as JSON; not retained
//	homeassistant/…/config what there is of these; retained
//
// BASE is handlens/COMPUTER. A [Client] has one goroutine, which publishes; the library (autopaho)
// has others, which keep the connection. Nothing waits for the broker: the newest state of each
// phone counts, of rules the oldest that wait are left out. Names from the network are made
// harmless before they become parts of topics and templates (package slug).
package mqtt
