package archtest

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/footfall-analytics/footfall/"
)

// only says which of our packages may use a library.
var only = map[string][]string{
	"github.com/ClickHouse/":              {"internal/store", "internal/store/storetest", "internal/chdb"},
	"github.com/ebitengine/purego":        {"internal/chdb"},
	"github.com/gofiber/fiber/":           {"collector", "dashboard", "internal/web", "internal/app", "internal/bench"},
	"github.com/caarlos0/env/":            {"internal/config"},
	"github.com/alecthomas/kong":          {"cmd/footfall"},
	"github.com/mssola/useragent":         {"internal/coarsen"},
	"github.com/oschwald/":                {"internal/coarsen"},
	"github.com/maxmind/":                 {"internal/coarsen"},
	"github.com/prometheus/client_golang": {"internal/app"},
	"github.com/chromedp/":                {"internal/check", "internal/bench"},
	"github.com/wneessen/go-mail":         {"internal/mail"},
	"github.com/xuri/excelize/":           {"internal/report/outlet", "internal/tally"},
}

// unread are the names of disclosure that no reader may speak of.
var unread = []string{"Entry", "Ledger", "Counts", "Sealer", "KeyStore", "Keys"}

// clock lists the packages that may ask for the time of day.
var clock = []string{"internal/intake", "internal/counter", "internal/app", "internal/e2e", "cmd/footfall", "internal/chdb", "internal/store/storetest", "internal/bench"}

type pkg struct {
	dir     string
	doc     bool
	imports map[string]string // import path -> file
	uses    []string          // "disclosure.Entry" and the like
	now     []string          // positions of time.Now
}

func load(t *testing.T) map[string]*pkg {
	t.Helper()
	pkgs := map[string]*pkg{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		return read(t, pkgs, path)
	})
	if err != nil {
		t.Fatal(err)
	}
	return pkgs
}

func read(t *testing.T, pkgs map[string]*pkg, path string) error {
	dir, err := filepath.Rel(root, filepath.Dir(path))
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	p := pkgs[dir]
	if p == nil {
		p = &pkg{dir: dir, imports: map[string]string{}}
		pkgs[dir] = p
	}
	p.doc = p.doc || file.Doc != nil && strings.HasPrefix(file.Doc.Text(), docStart(file.Name.Name))
	for _, spec := range file.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		p.imports[target] = filepath.Base(path)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok {
			p.uses = append(p.uses, x.Name+"."+sel.Sel.Name)
			if x.Name == "time" && sel.Sel.Name == "Now" {
				p.now = append(p.now, set.Position(sel.Pos()).String())
			}
		}
		return true
	})
	return nil
}

func docStart(name string) string {
	if name == "main" {
		return "Command "
	}
	return "Package " + name + " "
}

// table reads the package table of docs/ARCHITECTURE.md.
func table(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(root, "docs/ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := map[string][]string{}
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		cols := strings.Split(lines.Text(), "|")
		switch {
		case len(cols) != 5:
			inside = false
		case strings.TrimSpace(cols[1]) == "package":
			inside = true
		case inside && !strings.HasPrefix(cols[1], "--"):
			rows[strings.TrimSpace(cols[1])] = strings.Fields(cols[3])
		}
	}
	if len(rows) == 0 {
		t.Fatal("docs/ARCHITECTURE.md has no package table")
	}
	return rows
}

func TestEveryPackageHasItsRowAndComment(t *testing.T) {
	rows, pkgs := table(t), load(t)
	for dir, p := range pkgs {
		if _, ok := rows[dir]; !ok {
			t.Errorf("%s has no row in the table of docs/ARCHITECTURE.md", dir)
		}
		if !p.doc {
			t.Errorf("%s has no package comment", dir)
		}
	}
	for dir := range rows {
		if _, err := os.Stat(filepath.Join(root, dir)); err != nil {
			t.Errorf("docs/ARCHITECTURE.md has a row for %s, which does not exist", dir)
		}
	}
}

func TestImportsKeepToTheTable(t *testing.T) {
	rows := table(t)
	for dir, p := range load(t) {
		allowed := rows[dir]
		if slices.Contains(allowed, "all") {
			continue
		}
		for target, file := range p.imports {
			ours, ok := strings.CutPrefix(target, module)
			if !ok {
				continue
			}
			if !slices.Contains(allowed, strings.TrimPrefix(ours, "internal/")) {
				t.Errorf("%s/%s imports %s: the table of docs/ARCHITECTURE.md does not allow it", dir, file, ours)
			}
		}
	}
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for dir, p := range load(t) {
		for target, file := range p.imports {
			for library, rooms := range only {
				if strings.HasPrefix(target, library) && !slices.Contains(rooms, dir) {
					t.Errorf("%s/%s imports %s: only %v may", dir, file, target, rooms)
				}
			}
		}
	}
}

func TestReadersKnowFiguresAlone(t *testing.T) {
	pkgs := load(t)
	for _, dir := range []string{"dashboard", "internal/report"} {
		p := pkgs[dir]
		if p == nil {
			t.Errorf("%s is gone: name the readers here", dir)
			continue
		}
		for _, name := range unread {
			if slices.Contains(p.uses, "disclosure."+name) {
				t.Errorf("%s speaks of disclosure.%s: readers get Figures alone", dir, name)
			}
		}
	}
}

func TestTheTimeOfDayIsAskedInFewPlaces(t *testing.T) {
	for dir, p := range load(t) {
		if !slices.Contains(clock, dir) {
			for _, at := range p.now {
				t.Errorf("%s asks for the time: take a time or a clock instead", at)
			}
		}
	}
}
