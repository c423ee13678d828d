package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

// The share outside of office hours is one of contacts, and of shown rows alone.
func TestContactsByTimeOfDay(t *testing.T) {
	const clock = "By the website's own clock, when somebody got in touch there."
	for scale, want := range map[float64]struct {
		note string
		rows []string // by value and figure
	}{
		1: {"38\u00a0% of website contacts came in the evening or at night, between 18:00 and 6:00. " + clock,
			[]string{"afternoon 770", "evening 555", "morning 295", "night 105"}},
		.15: {clock, []string{"afternoon 115", "evening 85", "morning 45", "night hidden to protect others"}},
		.01: {clock, nil},
	} {
		r := build(t, scale, time.December)
		table, ok := r.Table(cell.ContactHour)
		if !ok || table.Note != want.note {
			t.Errorf("scale %v: %+v", scale, table)
		}
		var rows []string
		for _, f := range r.Facts() {
			if f.Part == "table" && f.Table == cell.ContactHour {
				rows = append(rows, f.Value+" "+map[bool]string{true: f.Figure.String(), false: disclosure.Data.Added(f.Figure)}[f.Figure.IsShown()])
			}
		}
		if diff := cmp.Diff(want.rows, rows); diff != "" {
			t.Errorf("scale %v: (-want +got):\n%s", scale, diff)
		}
		if visits, _ := r.Table(cell.Hour); strings.Contains(visits.Note, "%") {
			t.Errorf("scale %v: a share of visits, too: %s", scale, visits.Note)
		}
	}
}

// What was published before contacts had hours opens as it was.
func TestAReportOfBeforeHasItsHash(t *testing.T) {
	body, err := os.ReadFile("testdata/before-hours-of-contacts.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := report.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(r)
	if err != nil || string(again)+"\n" != string(body) {
		t.Errorf("it is written otherwise: %s, %v", again, err)
	}
	if visits, _ := r.Table(cell.Hour); !strings.HasPrefix(visits.Note, "37\u00a0% of visits began in the evening") {
		t.Errorf("it says otherwise: %q", visits.Note)
	}
}

// lateShare is the percentage of evening and night, if every row is shown.
func lateShare(rows []report.Row) string {
	n := map[string]uint64{}
	for _, row := range rows {
		shown, ok := row.Figure.Shown()
		if !ok {
			return ""
		}
		n[row.Value] = shown
	}
	if sum(rows) < 30 {
		return ""
	}
	return fmt.Sprintf("%.0f\u00a0%%", float64(100*(n["evening"]+n["night"]))/float64(sum(rows)))
}

// Hidden figures of a table that a site has made strict may be 10 and more, so
// no outlet calls them fewer than 10; those of other tables are.
func TestStrictTablesAreHiddenInOtherWords(t *testing.T) {
	build := func(scale float64, strict cell.Table) (hidden map[cell.Table]int) {
		src := disclosure.NewBook(reporttest.Filled(scale, time.December))
		src.Strict = func(_ string, _ int, table cell.Table) bool { return table == strict }
		r, err := report.Build(t.Context(), src, settings(t, "Y2Q3"))
		if err != nil {
			t.Fatal(err)
		}
		hidden = map[cell.Table]int{}
		for _, f := range r.Facts() {
			if f.Figure.IsShown() {
				continue
			}
			hidden[f.Table]++
			wide := f.Table == strict || f.Table == cell.ContactHour
			if sum := f.Value == ""; f.Added != wide && !sum || wide && !f.Added {
				t.Errorf("%s is strict, and this may be 10 and more: %t: %+v", strict, f.Added, f)
			}
		}
		return hidden
	}
	build(.02, "")
	for _, strict := range []cell.Table{cell.Total, cell.Contact, cell.Issue, cell.Outcome} {
		for _, scale := range []float64{.02, .1} { // of the smaller one all contacts by month are hidden
			if hidden := build(scale, strict); hidden[strict] == 0 && scale < .1 {
				t.Errorf("nothing of %s is hidden: %v", strict, hidden)
			}
		}
	}
}
