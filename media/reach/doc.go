// Package reach looks at this computer for what could keep a phone from reaching it: firewalls,
// VPNs, and networks that the two do not share. It only looks, by what the system tells any program
// without special rights; it changes nothing and sends nothing.
package reach
