package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/app"
)

// A charity writes down a grant by flags and by file, and reads when it has to
// report.
func TestGrantCommands(t *testing.T) {
	file := freshFolder(t)
	do := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if err := run(t.Context(), args, &out); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return out.String()
	}
	var site app.SiteShown
	if err := json.Unmarshal([]byte(do("site", "add", "Harbour", "--host", "www.example.org", "--funder", "Lantern", "--json")), &site); err != nil {
		t.Fatal(err)
	}
	key := site.Site.Key
	do("funder", "add", "Lantern", "--id", "lantern")
	if text := do("funder", "set", "lantern", "--org", "GB-CHC-123456"); !strings.Contains(text, "lantern  Lantern  (GB-CHC-123456; no grants)") {
		t.Error(text)
	}
	if text := do("indicator", "add", key, "families", "--records", "--heading", "contacts", "--label", "Families", "--label-cy", "Teuluoedd", "--unit", "families", "--unit-cy", "teuluoedd"); !strings.Contains(text, "indicator/families  Families, in families  (entered from case records)") {
		t.Error(text)
	}
	terms := file("terms.json", `{"title":"Talk","pattern":"yearly","agreement":"DSA-1","assessment":"DPIA-1"}`)
	var added app.GrantShown
	text := do("grant", "add", key, "--id", "talk", "--file", terms, "--funder", "lantern", "--funder-ref", "LF-1", "--start", "2026-04-01", "--end", "2027-03-31", "--pattern", "own",
		"--own", "2026-04-01..2026-08-31", "--own", "2026-09-01..2027-03-31", "--due", "10 working days after", "--nation", "scotland",
		"--target", "indicator/families=40/100", "--target", "page//help,me=7", "--table", "page", "--page", "/help,me", "--area", "S92000003", "--json")
	if err := json.Unmarshal([]byte(text), &added); err != nil {
		t.Fatal(err)
	}
	g := added.Grant
	if g.Title != "Talk" || g.Pattern != "own" || len(added.Periods) != 2 || added.Periods[0].Due.String() != "2026-09-14" || g.Targets[0].Whole != 100 || g.Targets[1].Period != 7 ||
		g.Targets[1].Indicator.Value != "/help,me" || g.Slice.Pages[0] != "/help,me" || g.Agreement != "DSA-1" || len(added.Notes) != 0 {
		t.Errorf("%s", text)
	}
	if text := do("grant", "set", "talk", "--due", "1 month after"); !strings.Contains(text, "due Wednesday 30 September 2026") || !strings.Contains(text, "due Friday 30 April 2027") {
		t.Error(text)
	}
	if text := do("grant", "list", "--site", key); !strings.Contains(text, "talk  Talk  (Lantern, 1 April 2026 to 31 March 2027)") {
		t.Error(text)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"grant", "set", "talk"}, "nothing to change"},
		{[]string{"grant", "set", "talk", "--target", "contact"}, "want an indicator and its number"},
		{[]string{"grant", "set", "talk", "--target", "contact=many"}, "want whole numbers"},
		{[]string{"grant", "set", "talk", "--own", "2026-04-01"}, "want the first and the last day"},
		{[]string{"grant", "set", "talk", "--file", file("cut.json", `{"title"`)}, "it is not JSON"},
		{[]string{"grant", "set", "talk", "--file", "missing.json"}, "read settings"},
		{[]string{"grant", "set", "talk", "--file", file("twice.json", `{"title":"a","title":"b"}`)}, "is there twice"},
		{[]string{"grant", "set", "talk", "--pattern", "weekly"}, "--pattern must be one of"},
		{[]string{"indicator", "set", key, "families", "--label-cy", "Teulu"}, "give --label and --label-cy together"},
	} {
		var out bytes.Buffer
		if err := run(t.Context(), c.args, &out); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v %s", c.args, err, out.String())
		}
	}
}
