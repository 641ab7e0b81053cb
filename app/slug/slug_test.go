package slug

import (
	"regexp"
	"strings"
	"testing"
)

func TestSlugsAreHarmlessAndDiffer(t *testing.T) {
	harmless := regexp.MustCompile(`^[a-z0-9_]{1,60}$`)
	seen := make(map[string]string)
	for _, name := range []string{
		"person", "Pixel 7", "Pixel-7 (2)", "猫", "犬", "", "'] }} {{ x", "a/b/#", "+", "a",
		strings.Repeat("x", 300), strings.Repeat("x", 301), "\x00\xff",
	} {
		s := Of(name)
		if !harmless.MatchString(s) {
			t.Errorf("%q becomes %q", name, s)
		}
		if other, ok := seen[s]; ok {
			t.Errorf("%q and %q both become %q", name, other, s)
		}
		seen[s] = name
	}
	if Of("Pixel 7") != "pixel_7" || Of("person") != "person" {
		t.Errorf("plain names become %q and %q", Of("Pixel 7"), Of("person"))
	}
}
