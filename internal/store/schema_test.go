package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestEveryQueryHasAMethod(t *testing.T) {
	files, err := filepath.Glob("query/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	unused := map[string]bool{}
	for _, f := range files {
		unused[strings.TrimSuffix(filepath.Base(f), ".sql")] = true
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if name, ok := queryName(n); ok {
					// add and write do the work of Add and Seal.
					if !strings.EqualFold(name, f.Name.Name) && name != "Seal" && name != "Append" {
						t.Errorf("%s asks for query/%s.sql", f.Name.Name, name)
					}
					_ = query(name) // panics if absent
					delete(unused, name)
				}
				return true
			})
		}
	}
	for name := range unused {
		t.Errorf("query/%s.sql: no method asks for it", name)
	}
}

func queryName(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	if f, ok := call.Fun.(*ast.Ident); !ok || f.Name != "query" {
		return "", false
	}
	text, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	name, err := strconv.Unquote(text.Value)
	return name, err == nil
}

// withColumn is a small schema of two files.
var withColumn = fstest.MapFS{
	"schema/1_visits.sql": {Data: []byte("-- Visits.\nCREATE TABLE visits\n(\n    site String,\n    n    UInt64\n)\nENGINE = SummingMergeTree\nPARTITION BY site\nORDER BY (site)\n")},
	"schema/2_visits.sql": {Data: []byte("-- How long.\nALTER TABLE visits ADD COLUMN seconds UInt64\n")},
}

func TestRenderedSchema(t *testing.T) {
	for name, f := range map[string]dialect{
		"embedded": {database: "d", embedded: true},
		"server":   {database: "d"},
		"cluster":  {database: "d", cluster: "c"},
	} {
		steps, err := f.steps(withColumn)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, s := range steps {
			got.WriteString("-- " + strings.TrimSpace(s.table+" "+s.column) + "\n" + s.sql + ";\n")
		}
		want, err := os.ReadFile("testdata/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestSchemaHasTheKnownForm(t *testing.T) {
	if _, err := (dialect{database: "d"}).steps(schema); err != nil {
		t.Error(err)
	}
	for _, sql := range []string{"DROP TABLE cells", "ALTER TABLE cells DROP COLUMN n", "CREATE TABLE t (a String) ENGINE = Log", ""} {
		files := fstest.MapFS{"schema/1.sql": {Data: []byte(sql)}}
		if _, err := (dialect{database: "d"}).steps(files); err == nil {
			t.Errorf("taken: %s", sql)
		}
	}
}
