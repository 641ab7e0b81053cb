package desktop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// testID is the fingerprint of a phone's key.
func testID(n int) string { return fmt.Sprintf("%043d", n) }

func mustOpenKnown(t *testing.T, dir string) *knownPhones {
	t.Helper()
	k, err := openKnown(dir, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKnownPhonesLast(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	k := mustOpenKnown(t, dir)
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	k.now = func() time.Time { return now }
	if k.has("") || k.has(testID(1)) || len(k.list()) != 0 {
		t.Error("at the first start somebody is known")
	}
	for n, name := range []string{"Anna's\nphone", strings.Repeat("x", 99)} {
		if err := k.add(testID(n), name); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.add("", "OBS"); err != nil || k.has("") {
		t.Errorf("who has no key is remembered: %v", err)
	}
	now = now.Add(time.Hour)
	k.saw(testID(0), "Pixel 7")
	k.saw(testID(1), "") // it does not say
	k.saw(testID(7), "a stranger")
	k.flush()

	again := mustOpenKnown(t, dir)
	list := again.list()
	if len(list) != 2 || !again.has(testID(0)) || again.has(testID(7)) {
		t.Fatalf("the next start knows %+v", list)
	}
	want := knownPhone{ID: testID(0), Name: "Pixel 7", Added: now.Add(-time.Hour), Seen: now}
	if list[0] != want || list[1].Name != strings.Repeat("x", maxKnownName) {
		t.Errorf("the next start knows %+v", list)
	}
	path := filepath.Join(dir, knownFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the file: %v, %v", info, err)
	}

	if err := again.forget(testID(0)); err != nil {
		t.Fatal(err)
	}
	if k := mustOpenKnown(t, dir); k.has(testID(0)) || !k.has(testID(1)) {
		t.Errorf("after one was forgotten the next start knows %+v", k.list())
	}
}

// The one that was away for longest makes room.
func TestKnownPhonesAreBounded(t *testing.T) {
	dir := t.TempDir()
	k := mustOpenKnown(t, dir)
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	k.now = func() time.Time { now = now.Add(time.Minute); return now }
	for n := range maxKnown {
		if err := k.add(testID(n), "phone"); err != nil {
			t.Fatal(err)
		}
	}
	k.saw(testID(0), "phone")
	if err := k.add(testID(maxKnown), "phone"); err != nil {
		t.Fatal(err)
	}
	if n := len(k.list()); n != maxKnown || !k.has(testID(0)) || k.has(testID(1)) ||
		!k.has(testID(maxKnown)) {
		t.Errorf("%d are known, the first %v, the second %v, the last %v", n, k.has(testID(0)),
			k.has(testID(1)), k.has(testID(maxKnown)))
	}
	k.flush()
	if info, err := os.Stat(k.path); err != nil || info.Size() > maxKnownFile/2 {
		t.Errorf("the file of as many as may be: %v, %v", info.Size(), err)
	}
}

// Whatever somebody made of the file, what is believed of it is in order, and what is of no use is
// kept for whoever wants to mend it.
func TestKnownPhonesThatMakeNoSense(t *testing.T) {
	write := func(text string) (*knownPhones, string, error) {
		dir := t.TempDir()
		path := filepath.Join(dir, knownFile)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := openKnown(dir, func(err error) { t.Error(err) })
		return k, path, err
	}
	for _, text := range []string{
		"", "{", `{"id":7}`, `[{"id":7}]`,
		strings.Repeat(" ", maxKnownFile+1),
	} {
		k, path, err := write(text)
		if err == nil || strings.Contains(err.Error(), "\n") || len(k.list()) != 0 {
			t.Errorf("%.20q gives %+v, %v", text, k.list(), err)
		}
		if kept, err := os.ReadFile(path + ".broken"); err != nil || string(kept) != text {
			t.Errorf("%.20q is not kept: %v", text, err)
		}
		if err := k.add(testID(1), "phone"); err != nil {
			t.Error(err)
		}
	}

	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var many []knownPhone
	for n := range maxKnown + 9 {
		many = append(many, knownPhone{ID: testID(n), Name: "a\x1b[31m", Seen: now})
	}
	many = append(many, many[0], knownPhone{ID: "short", Seen: now})
	b, err := json.Marshal(many)
	if err != nil {
		t.Fatal(err)
	}
	k, _, err := write(string(b))
	list := k.list()
	if err != nil || len(list) != maxKnown || list[0].Name != "a[31m" || k.has("short") {
		t.Errorf("%d are known, the first is %+v, %v", len(list), list[0], err)
	}
}

// Where the file cannot be written, what was decided holds for this run, and that is said.
func TestKnownPhonesThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k := &knownPhones{path: filepath.Join(file, "under", knownFile), now: time.Now}
	told := 0
	k.failed = func(error) { told++ }
	if err := k.add(testID(1), "phone"); err == nil || !k.has(testID(1)) {
		t.Errorf("it says %v, and the phone is known: %v", err, k.has(testID(1)))
	}
	k.saw(testID(1), "phone")
	k.flush()
	k.flush()
	if told != 1 {
		t.Errorf("that it cannot be written is told %d times", told)
	}
	if err := k.forget(testID(1)); err == nil || k.has(testID(1)) {
		t.Errorf("it says %v, and the phone is known: %v", err, k.has(testID(1)))
	}
}
