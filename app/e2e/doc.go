// Package e2e tests the program as people meet it: the built program with its window (under Xvfb)
// or without, a real Chromium as the phone with a camera that plays a clip drawn here, real WebRTC
// between them, and the tiny detector of package testmodel. What comes out is looked at where
// people look: in the events, on the phone's page and on the screen.
//
// There is nothing but tests here. They need Chromium, Xvfb, xdotool and ImageMagick's import; one
// that is missing is a failure. Network traffic stays on the loopback interface or in network
// namespaces that a test makes. Tests wait for things to happen, with patience enough for a busy
// machine. How long something lasts is told by the clock of the camera's frames, never by the
// test's own; only TestNothingLeaves watches for a fixed time that nothing happens.
//
// Tests share a browser and a program, where they do not need their own (sharedBrowser, sharedApp),
// and so run one after the other.
package e2e
