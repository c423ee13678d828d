package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// drawers are the functions that may take the number out of a figure: to draw
// it or to compare it. None of them writes text.
var drawers = []string{
	"dashboard median", "dashboard/page bar", "dashboard/page track", "dashboard/page peak", "dashboard/page Plot", "dashboard/page scale",
	"internal/report/outlet Number", // the cells of a workbook
	"internal/report positionOf", "internal/report trend", "internal/report busiestMonth",
}

// writers are the packages that make text of numbers.
var writers = []string{"fmt", "strconv", "json", "html", "template"}

// figuresByHand lists what a file does with figures that disclosure.Words
// should do: the number is taken out of one where it is neither drawn nor
// compared, text is written beside it, or a figure is made of a number.
func figuresByHand(dir string, file *ast.File) (wrong []string) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			if len(callsIn(decl, "Shown")) > 0 {
				wrong = append(wrong, "takes the number of a figure outside of a function")
			}
			continue
		}
		if len(callsIn(f, "UnmarshalJSON")) > 0 {
			wrong = append(wrong, f.Name.Name+" makes a figure of a number")
		}
		if len(callsIn(f, "Shown")) == 0 {
			continue
		}
		if !slices.Contains(drawers, dir+" "+f.Name.Name) {
			wrong = append(wrong, f.Name.Name+" takes the number of a figure: disclosure.Words write it")
		}
		for _, on := range callsIn(f, "") {
			if slices.Contains(writers, on) && (on != "fmt" || f.Name.Name != "trend") { // trend writes figures, not their numbers
				wrong = append(wrong, f.Name.Name+" takes the number of a figure and writes text with "+on)
			}
		}
	}
	return wrong
}

// callsIn lists the names before the dot of the calls of a method or function,
// or of every one.
func callsIn(n ast.Node, method string) (on []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && (method == "" || sel.Sel.Name == method) {
				name := ""
				if x, ok := sel.X.(*ast.Ident); ok {
					name = x.Name
				}
				on = append(on, name)
			}
		}
		return true
	})
	return on
}

// hiddenWords are what no other place may say of a figure.
func hiddenWords() (all []string) {
	for _, w := range []disclosure.Words{disclosure.English, disclosure.Welsh, disclosure.Sheet} {
		all = append(all, w.Figure(disclosure.Figure{}), w.Added(disclosure.Figure{}))
	}
	return slices.Compact(all)
}

// literals are the texts in a file.
func literals(file *ast.File) (texts []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			texts = append(texts, l.Value)
		}
		return true
	})
	return texts
}

func TestFiguresAreWrittenInOnePlace(t *testing.T) {
	words, looked := hiddenWords(), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || slices.Contains([]string{"node_modules", "testdata", "bin", "docs", "test"}, name)) || strings.HasPrefix(rel, "internal/disclosure") {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, "_test.go") || !slices.Contains([]string{".go", ".html", ".txt", ".json"}, filepath.Ext(name)) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		said := []string{string(text)}
		var file *ast.File
		if filepath.Ext(name) == ".go" {
			if file, err = parser.ParseFile(token.NewFileSet(), path, text, 0); err != nil {
				return err
			}
			said = literals(file)
		}
		for _, w := range words {
			if slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, w) }) {
				t.Errorf("%s says %q by itself: disclosure.Words say it", rel, w)
			}
		}
		if file == nil {
			return nil
		}
		for _, wrong := range figuresByHand(filepath.Dir(rel), file) {
			t.Errorf("%s: %s", rel, wrong)
		}
		return nil
	})
	if err != nil || looked < 200 {
		t.Fatalf("%d files looked at, %v", looked, err)
	}
}

func TestFiguresByHandAreFound(t *testing.T) {
	for body, want := range map[string]int{
		`func text(f disclosure.Figure) string { n, _ := f.Shown(); return fmt.Sprint(n) }`:  2,
		`func bar(f disclosure.Figure) string { n, _ := f.Shown(); return strconv.Itoa(n) }`: 1,
		`func sum(f *disclosure.Figure) { f.UnmarshalJSON(nil) }`:                            1,
		`var n, _ = figure.Shown()`: 1,
		`func bar(f disclosure.Figure) float64 { n, _ := f.Shown(); return float64(n) }`: 0,
		`func text(f disclosure.Figure) string { return disclosure.English.Figure(f) }`:  0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package page\n"+body, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := figuresByHand("dashboard/page", file); len(got) != want {
			t.Errorf("%s: %v, want %d findings", body, fmt.Sprint(got), want)
		}
	}
}
