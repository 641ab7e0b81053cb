//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestVersionOfTheSource has the version that the Makefile builds with, in a repository of the
// test's own: at a tag, after it, with changes, before there is a tag, and without git.
func TestVersionOfTheSource(t *testing.T) {
	dir := t.TempDir()
	run := func(name string, args ...string) string {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir),
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a",
			"GIT_COMMITTER_EMAIL=a@b")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %q: %v: %s", name, args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	expect := func(when, pattern string) {
		t.Helper()
		got := run("sh", ".setup/version.sh")
		if !regexp.MustCompile("^" + pattern + "$").MatchString(got) {
			t.Errorf("%s it is %q, want %s", when, got, pattern)
		}
	}
	script, err := os.ReadFile("../.setup/version.sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, ".setup"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(".setup/version.sh", string(script))
	write("FyneApp.toml", "[Details]\nVersion = \"0.4.0\"\n")
	expect("without git", `0\.4\.0`)
	run("git", "init", "--quiet")
	run("git", "add", ".")
	run("git", "commit", "--quiet", "--message", "a")
	expect("before the first tag", `0\.4\.0-git1\.[0-9a-f]{7}`)
	run("git", "tag", "v1.2.3")
	expect("at a tag", `1\.2\.3`)
	write("FyneApp.toml", "[Details]\nVersion = \"0.5.0\"\n")
	expect("with changes", `1\.2\.3\+git0\.[0-9a-f]{7}dirty`)
	run("git", "commit", "--quiet", "--all", "--message", "b")
	expect("after a tag", `1\.2\.3\+git1\.[0-9a-f]{7}`)
}
