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
