package dashboard

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/outlet"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

// spoken is a fact in the words of an outlet.
func spoken(w disclosure.Words, f report.Fact) string {
	if f.Added {
		return w.Added(f.Figure)
	}
	return w.Figure(f.Figure)
}

// place is where tables have a fact; the page shows cards as no table, and
// parts of sums and answers are tables in the workbook alone.
type place struct {
	caption, row, column string
	sheetOnly, cards     bool
}

// placeOf finds the place of a fact of a report.
func placeOf(r report.Report, f report.Fact) place {
	switch f.Part {
	case "card":
		return place{caption: "At a glance", row: f.Label, column: "This period", cards: true}
	case "progress":
		return place{caption: "Progress against targets", row: f.Label, column: "This period"}
	case "progress so far":
		return place{caption: "Progress against targets", row: f.Label, column: "Grant so far"}
	case "part of so far":
		return place{caption: "Grant so far, row by row", row: f.Label, column: "Grant so far", sheetOnly: true}
	case "visits":
		return place{caption: outlet.VisitsSubtitle(r), row: f.First.Time().Format("January 2006"), column: "Visits"}
	case "contacts by month":
		return place{caption: outlet.Monthly, row: outlet.Month(f.First), column: f.Label}
	case "answers":
		return place{caption: "Answers to the question whether visits may be counted", row: f.Label, column: "Answers", sheetOnly: true}
	case "compared":
		i := slices.IndexFunc(r.Compared, func(c report.Compared) bool { return c.Label == f.Label })
		c := r.Compared[i]
		at := slices.IndexFunc([]report.Then{c.Now, c.Before, c.LastYear}, func(t report.Then) bool { return t.First == f.First })
		return place{caption: "Compared with before", row: f.Label, column: outlet.ComparedColumns(r)[at]}
	default:
		i := slices.IndexFunc(r.Tables, func(t report.Table) bool { return t.ID == f.Table })
		return place{caption: r.Tables[i].Title, row: f.Label, column: f.Unit}
	}
}

// outlets are what a reader gets of one report.
type outlets struct {
	page             string
	html, xlsx, docx grids
	csv              [][]string
	json             report.Report
}

func outletsOf(t testing.TB, r report.Report) (o outlets) {
	t.Helper()
	var drawn, table, workbook, document bytes.Buffer
	must(t, page.Report(&drawn, page.ReportView{Report: r, Path: "/r/x"}))
	must(t, report.WriteCSV(&table, r))
	must(t, outlet.WriteXLSX(&workbook, r))
	must(t, outlet.WriteDOCX(&document, r))
	o.page, o.html = html.UnescapeString(drawn.String()), readHTML(t, drawn.String())
	o.xlsx, o.docx = readXLSX(t, workbook.Bytes()), readDOCX(t, document.Bytes())
	var err error
	o.csv, err = csv.NewReader(&table).ReadAll()
	must(t, err)
	frozen, err := json.Marshal(r)
	must(t, err)
	o.json, err = report.Parse(frozen)
	must(t, err)
	return o
}

// card is what the page says of a card.
func (o outlets) card(title string) string {
	if m := regexp.MustCompile(`<h3>` + regexp.QuoteMeta(title) + `</h3>\s*<p class="big">(?:<span class="few">)?([^<]*)<`).FindStringSubmatch(o.page); m != nil {
		return m[1]
	}
	return ""
}

// inWords is what the text of the chart says of a month; ok is false if there is no chart.
func (o outlets) inWords(month string) (said string, ok bool) {
	_, text, ok := strings.Cut(o.page, `<desc id="visits-chart-text">`)
	if m := regexp.MustCompile(month + `: ([^;<]*?)[;.]`).FindStringSubmatch(text); ok && m != nil {
		said = m[1]
	}
	return said, ok
}

// say is what each outlet says of a fact, and has to say.
type saying struct{ outlet, got, want string }

func (o outlets) sayings(i int, f report.Fact) (all []saying) {
	at := placeOf(o.json, f)
	in := func(name string, g grids, want string) {
		got, err := g.at(at.caption, at.row, at.column)
		if err != nil {
			got = err.Error()
		}
		all = append(all, saying{name, got, want})
	}
	number := "#" + spoken(disclosure.Data, f)
	if !f.Figure.IsShown() {
		number = spoken(disclosure.Sheet, f)
	}
	english := spoken(disclosure.English, f)
	in("xlsx", o.xlsx, number)
	if !at.sheetOnly {
		in("docx", o.docx, english)
	}
	switch {
	case at.cards:
		all = append(all, saying{"html", o.card(f.Label), english})
	case !at.sheetOnly:
		in("html", o.html, english)
	}
	if f.Part == "visits" {
		if said, ok := o.inWords(at.row); ok {
			all = append(all, saying{"chart", said, english})
		}
	}
	return append(all, saying{"csv", o.csv[i+1][15], spoken(disclosure.Data, f)})
}

// differing compares every outlet of a report, cell by cell; seen counts what
// was compared.
func differing(t testing.TB, r report.Report, seen map[string]int) (wrong []string) {
	t.Helper()
	o := outletsOf(t, r)
	facts := o.json.Facts()
	if len(o.csv) != len(facts)+1 {
		t.Fatalf("%d rows for %d figures", len(o.csv), len(facts))
	}
	for i, f := range facts {
		for _, s := range o.sayings(i, f) {
			if s.got != s.want {
				wrong = append(wrong, fmt.Sprintf("%s says of %s %q: %s, want %s", s.outlet, f.Part, f.Label, s.got, s.want))
			}
			seen[fmt.Sprintf("%s, %s, shown: %t", s.outlet, f.Part, f.Figure.IsShown())]++
		}
	}
	return wrong
}

// withPast is a report with a comparison, one of its rows broken.
func withPast(t testing.TB, r report.Report) report.Report {
	t.Helper()
	then := func(y, m int, f disclosure.Figure) report.Then {
		return report.Then{First: day.New(y, time.Month(m), 1), Last: day.New(y, time.Month(m+3), 1) - 1, Figure: f}
	}
	r.Compared = []report.Compared{
		{Indicator: funder.Indicator{Table: cell.Total}, Label: "Visits to the website", Source: funder.Website, Now: then(2026, 10, r.Progress[1].Figure), Before: then(2026, 7, r.Visits[0].Figure)},
		{Indicator: funder.Indicator{Table: cell.Issue}, Label: "Issues", Source: funder.Website, Added: true, Now: then(2026, 10, r.Cards[2].Figure), LastYear: then(2025, 10, disclosure.Figure{}), Break: "Counting changed on 3 March 2026."},
	}
	r, err := report.Freeze(r, r.ID, r.Version, r.Published)
	must(t, err)
	return r
}

// Every outlet of a report says of every figure the same: the page, the text of
// its chart, Excel, Word, CSV and JSON; of a large charity and of a small one.
func TestEveryOutletSaysTheSame(t *testing.T) {
	seen := map[string]int{}
	for _, scale := range []float64{1, .05, .006} {
		for _, wrong := range differing(t, withPast(t, freeze(t, reporttest.Filled(scale, time.December), "FR-7KQ2M9XD")), seen) {
			t.Errorf("%v: %s", scale, wrong)
		}
	}
	for _, where := range []string{"html", "xlsx", "docx", "csv"} {
		for _, kind := range []string{"card", "progress", "progress so far", "visits", "table", "contacts by month", "compared"} {
			for _, shown := range []bool{true, false} {
				if key := fmt.Sprintf("%s, %s, shown: %t", where, kind, shown); seen[key] == 0 {
					t.Errorf("none was tried of %s", key)
				}
			}
		}
	}
	if seen["chart, visits, shown: true"] == 0 {
		t.Error("no chart was read")
	}
}

// Ten charities of any size, at any month.
func TestEveryOutletSaysTheSameOfAnyReport(t *testing.T) {
	random := rand.New(rand.NewPCG(7, uint64(time.Now().UnixNano())))
	for range 10 {
		scale, to := math.Pow(10, 3*random.Float64()-2.4), time.Month(10+random.IntN(3))
		for _, wrong := range differing(t, freeze(t, reporttest.Filled(scale, to), "FR-7KQ2M9XD"), map[string]int{}) {
			t.Errorf("%v to %s: %s", scale, to, wrong)
		}
	}
}

// The comparison finds what differs.
func TestOutletsThatDifferAreFound(t *testing.T) {
	r := freeze(t, reporttest.Filled(1, time.December), "FR-7KQ2M9XD")
	o := outletsOf(t, r)
	for i, f := range o.json.Facts() {
		f.Figure = disclosure.Add(f.Figure, r.Cards[0].Figure)
		for _, s := range o.sayings(i, f) {
			if s.got == s.want {
				t.Fatalf("%s: %s of %q is taken for %s", s.outlet, s.got, f.Label, s.want)
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
