package desktop

import (
	"errors"
	"testing"
)

// TestFaultsAreToldOnce tells what lasts once, and again when it comes back.
func TestFaultsAreToldOnce(t *testing.T) {
	front := new(fakeFrontend)
	var o once
	first, second := errors.New("one"), errors.New("two")
	for _, err := range []error{nil, first, first, second, second, nil, nil, second} {
		o.tell(front, err)
	}
	front.want(t, "fault: one", "fault: two", "fault: two")
}
