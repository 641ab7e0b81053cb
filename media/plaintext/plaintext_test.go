package plaintext

import (
	"strings"
	"testing"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"  Anna's phone \n":        "Anna's phone",
		"a\x00b\x1b[31mc\u202Ed":   "ab[31mcd",
		"café\xff \u200B日本":        "café 日本",
		"two\nlines\tand a \r tab": "twolinesand a  tab",
	} {
		if got := Printable(text); got != want {
			t.Errorf("Printable(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		" Anna's phone ":             " Anna's phone ",
		"a\x00b\x1b[31mc\x7f":        `a\x00b\x1b[31mc\x7f`,
		"café\xff \u00a0日本 👩\u200d🚀": "café" + `\xff` + " \u00a0日本 👩\u200d🚀",
		"two\nlines\t\r":             `two\nlines\t\r`,
		"\u009b\u202e\ufeff":         `\u009b\u202e\ufeff`,
		"\U000e0001":                 `\U000e0001`,
		"\ufffd":                     "\ufffd",
	} {
		if got := Shown(text); got != want {
			t.Errorf("Shown(%q) is %q, want %q", text, got, want)
		}
	}
}

func TestPrintableASCII(t *testing.T) {
	if got := PrintableASCII("Mo\u00adzilla/5.0 (é)\r\n", 100); got != "Mozilla/5.0 ()" {
		t.Errorf("%q", got)
	}
	if got := PrintableASCII(strings.Repeat("é!", 100), 7); got != "!!!!!!!" {
		t.Errorf("%q", got)
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1500: "2 kB", 4116144: "4.1 MB", 2_500_000_000: "2.5 GB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestSuggest(t *testing.T) {
	names := []string{"deimv2-femto-416", "yolox-nano-416", "wheels", "Überlandbus"}
	for typed, want := range map[string]string{
		"yolox": "yolox-nano-416", "wheel": "wheels", "deimv2-femto": "deimv2-femto-416",
		"yolox-nana-416": "yolox-nano-416",
		"416":            "deimv2-femto-416 yolox-nano-416", "YOLOX nano": "yolox-nano-416",
		"yoloxnano": "yolox-nano-416", "": "", "ab": "", "--": "", "elephant": "",
		"überlandbuß": "Überlandbus", strings.Repeat("x", 10_000): "",
	} {
		if got := strings.Join(Suggest(typed, names), " "); got != want {
			t.Errorf("for %q it suggests %q, want %q", typed, got, want)
		}
	}
	if got := Suggest("car", []string{"cart", "cara", "scar", "carp"}); len(got) != 3 {
		t.Errorf("it suggests %q", got)
	}
}
