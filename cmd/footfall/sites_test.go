package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/cell"
)

// freshFolder gives the commands of a test a data folder of their own. What it
// returns writes a file and tells its path.
func freshFolder(t *testing.T) func(name, text string) (path string) {
	t.Helper()
	lib, err := filepath.Abs("../../node_modules/@chdb/lib-linux-x64-gnu/libchdb.so")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("FOOTFALL_DATA_DIR", filepath.Join(dir, "data"))
	t.Setenv("FOOTFALL_LIBCHDB", lib)
	return func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
}

// A charity changes what visitors are asked from the command line, by flags and
// by files, and is told what it means.
func TestSiteAndBannerCommands(t *testing.T) {
	file := freshFolder(t)
	do := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), args, &out)
		return out.String(), err
	}
	text, err := do("site", "add", "Harbour", "--host", "www.example.org", "--basis", "statistics", "--safeguarding", "--json")
	var added app.SiteShown
	if err != nil || json.Unmarshal([]byte(text), &added) != nil || added.Site.Basis != "statistics" || !added.Site.Safeguarding || added.Site.Audience != "all" {
		t.Fatalf("%v %s", err, text)
	}
	key := added.Site.Key

	purposes := file("purposes.json", `[{"id":"video","basis":"consent","label":{"en":"Videos","cy":"Fideos"},"why":{"en":"Our films.","cy":"Ein ffilmiau."},"services":[]}]`)
	settings := file("settings.json", `{"exit":"#from-file","contact":{"dpo":"Data officer"},"charity":"0000000"}`)
	text, err = do("site", "set", key, "--file", settings, "--purposes", purposes, "--basis", "consent", "--no-safeguarding", "--exit", "#leave", "--strict", "issue,outcome", "--quarter-start", "2", "--json")
	var changed app.SiteChanged
	if err != nil || json.Unmarshal([]byte(text), &changed) != nil {
		t.Fatalf("%v %s", err, text)
	}
	s := changed.Site.Site
	if s.Basis != "consent" || s.Safeguarding || s.Exit != "#leave" || len(s.Purposes) != 1 || s.Contact.DPO != "Data officer" || s.Charity != "0000000" || s.QuarterStart != 2 || !slices.Equal(s.Strict, []cell.Table{cell.Issue, cell.Outcome}) || !changed.Banner.AsksAgain {
		t.Errorf("%s", text)
	}
	if text, err := do("banner", "set", key, file("words.json", `{"expires_days":365}`)); err != nil ||
		!strings.Contains(text, "the change is material") || !strings.Contains(text, "reading age of") || !strings.Contains(text, "lasts 365 days") {
		t.Errorf("%v %s", err, text)
	}
	if text, err := do("banner", "show", key, "--lang", "cy"); err != nil || !strings.Contains(text, "[Iawn i bopeth] [Na i bopeth]") || strings.Contains(text, "[Yes to all]") {
		t.Errorf("%v %s", err, text)
	}
	if text, err := do("banner", "history", key); err != nil || strings.Count(text, "\n") != 3 {
		t.Errorf("%v %s", err, text)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"site", "set", key}, "nothing to change"},
		{[]string{"site", "set", key, "--basis", "none"}, "--basis must be one of"},
		{[]string{"site", "set", key, "--file", purposes}, "want one JSON object"},
		{[]string{"site", "set", key, "--purposes", file("bad.json", `[`)}, "want JSON"},
		{[]string{"site", "set", key, "--audience", "children"}, "children are asked about statistics alone"},
		{[]string{"site", "set", key, "--contact", "missing.json"}, "read settings"},
		{[]string{"banner", "set", key}, "--standard"},
		{[]string{"banner", "set", key, purposes, "--standard"}, "--standard"},
		{[]string{"banner", "set", key, file("red.json", `{"yes_colour":"red"}`)}, "both buttons always look the same"},
		{[]string{"banner", "set", key, file("cut.json", `{"texts"`)}, "it is not JSON"},
	} {
		if text, err := do(c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v %s", c.args, err, text)
		}
	}
}
