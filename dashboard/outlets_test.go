package dashboard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

// spoken is a fact in the words of an outlet.
func spoken(w disclosure.Words, f report.Fact) string {
	if f.Added {
		return w.Added(f.Figure)
	}
	return w.Figure(f.Figure)
}

// places are where the page (which is also what is printed) says a fact: each
// has to have exactly these words.
func places(f report.Fact) (patterns []string) {
	label, month := regexp.QuoteMeta(f.Label), f.First.Time().Format("January 2006")
	switch f.Part {
	case "card":
		return []string{`<h3>` + label + `</h3>\s*<p class="big">(?:<span class="few">)?([^<]*)<`}
	case "progress":
		return []string{`<th role="rowheader" scope="row">` + label + `(?: <span class="note">[^<]*</span>)?</th><td role="cell" class="n main" data-label="This period">(?:<span class="hidden">)?([^<]*)<`}
	case "progress so far":
		return []string{`<th role="rowheader" scope="row">` + label + `(?s:.{0,500}?)data-label="Grant so far">(?:<span class="hidden">)?([^<]*)<`}
	case "visits":
		return []string{
			`<desc[^>]*>[^<]*` + month + `: ([^;<]*?)[;.]`, // in words beside the chart
			`<th scope="row">` + month + `</th><td class="n">(?:<span class="hidden">)?([^<]*)<`,
		}
	case "table":
		return []string{`<th scope="row">` + label + `(?: <span class="share">[^<]*</span>)?</th><td class="n">(?:<span class="hidden">)?([^<]*)<`}
	}
	return nil // parts and answers are on the page as they are in the sums and the share
}

// Every outlet of a report says of every figure the same: the page and its
// paper, the chart's text, CSV and JSON; of a large charity and of a small one.
func TestEveryOutletSaysTheSame(t *testing.T) {
	said := map[string]int{}
	for _, scale := range []float64{1, .05, .006} {
		r := freeze(t, reporttest.Filled(scale, time.December), "FR-7KQ2M9XD")
		var drawn, table bytes.Buffer
		must(t, page.Report(&drawn, page.ReportView{Report: r, Path: "/r/x"}))
		must(t, report.WriteCSV(&table, r))
		body := html.UnescapeString(drawn.String())
		rows, err := csv.NewReader(&table).ReadAll()
		must(t, err)
		frozen, err := json.Marshal(r)
		must(t, err)
		back, err := report.Parse(frozen)
		must(t, err)
		facts := back.Facts()
		if len(rows) != len(facts)+1 {
			t.Fatalf("%d rows for %d figures", len(rows), len(facts))
		}
		for i, f := range facts {
			if got, want := rows[i+1][15], spoken(disclosure.Data, f); got != want {
				t.Errorf("%v: CSV says of %s %q: %s, want %s", scale, f.Part, f.Label, got, want)
			}
			for _, pattern := range places(f) {
				m := regexp.MustCompile(pattern).FindStringSubmatch(body)
				if f.Part == "visits" && m == nil && !strings.Contains(body, "<desc") {
					continue // no month can be shown, so there is no chart
				}
				if want := spoken(disclosure.English, f); m == nil || m[1] != want {
					t.Errorf("%v: the page says of %s %q: %v, want %s", scale, f.Part, f.Label, m, want)
				}
				said[fmt.Sprint(f.Part, ", shown: ", f.Figure.IsShown())]++
			}
		}
	}
	for _, kind := range []string{"card", "progress", "progress so far", "visits", "table"} {
		for _, shown := range []bool{true, false} {
			if key := fmt.Sprint(kind, ", shown: ", shown); said[key] == 0 {
				t.Errorf("none was tried of %s", key)
			}
		}
	}
}

// What visitors answered is a sentence; where more than one thing was asked it
// names those who said yes to a part.
func TestAnswersInASentence(t *testing.T) {
	r := freeze(t, reporttest.Filled(1, time.December), "FR-7KQ2M9XD")
	for want, some := range map[string]*disclosure.Figure{
		"62\u00a0% said yes (4,400 yes, 2,720 no).":                                            nil,
		"62\u00a0% said yes to all that was asked (4,400 yes, 1,715 to some of it, 2,720 no).": &r.Cards[0].Figure,
	} {
		r.Answers.Some = some
		var drawn bytes.Buffer
		must(t, page.Report(&drawn, page.ReportView{Report: r, Path: "/r/x"}))
		if !strings.Contains(html.UnescapeString(drawn.String()), want) {
			t.Errorf("%q is missing", want)
		}
	}
}
