package ui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHeardIsSaid wants each sentence that heard knows to be one that the program really says, word
// for word.
func TestHeardIsSaid(t *testing.T) {
	var said strings.Builder
	for _, room := range []string{"../app", "../media/peer", "../media/pairing", "../media/whip"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") ||
				strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			said.Write(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "heard.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			for _, e := range c.List {
				text, err := literal(e)
				if known++; err != nil || !strings.Contains(said.String(), `"`+text+`"`) {
					t.Errorf("nobody says %q: %v", text, err)
				}
				if got := heard(text); got != text {
					t.Errorf("in English %q is %q", text, got)
				}
			}
		}
		return true
	})
	if known < 10 || heard("anything else") != "anything else" {
		t.Errorf("%d sentences are known, and others become %q", known, heard("anything else"))
	}
}
