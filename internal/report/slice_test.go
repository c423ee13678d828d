package report_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
)

func buildWith(t *testing.T, change func(*report.Settings)) report.Report {
	t.Helper()
	s := settings(t, "Y2Q3")
	change(&s)
	r, err := report.Build(t.Context(), disclosure.NewBook(reporttest.Filled(1, time.December)), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// figuresIn counts the figures that show a number anywhere in a value.
func figuresIn(v reflect.Value) (n int) {
	if f, ok := v.Interface().(disclosure.Figure); ok {
		if f.IsShown() {
			return 1
		}
		return 0
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				n += figuresIn(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += figuresIn(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			n = figuresIn(v.Elem())
		}
	}
	return n
}

// outside lists what a report says of tables and pages that its slice leaves out.
func outside(r report.Report, slice funder.Slice) (wrong []string) {
	for _, f := range r.Facts() {
		if !slice.Allows(f.Table, f.Value) {
			wrong = append(wrong, f.Part+" "+string(f.Table)+"/"+f.Value)
		}
	}
	return wrong
}

// Nothing outside of the slice is in the frozen report, not even in words.
func TestTheSliceBoundsTheWholeReport(t *testing.T) {
	for name, slice := range map[string]funder.Slice{
		"contacts":         {Tables: []cell.Table{cell.Contact}},
		"visits, devices":  {Tables: []cell.Table{cell.Total, cell.Device}},
		"some pages":       {Pages: []string{"/help"}},
		"pages of a table": {Tables: []cell.Table{cell.Page}, Pages: []string{"/help/bullying"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := buildWith(t, func(s *report.Settings) {
				s.Grant.Slice = slice
				s.Grant.Targets = slices.DeleteFunc(s.Grant.Targets, func(g funder.Target) bool { return !slice.Allows(g.Indicator.Table, g.Indicator.Value) })
			})
			if wrong := outside(r, slice); len(wrong) > 0 {
				t.Errorf("outside of the slice: %v", wrong)
			}
			frozen, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			for table, words := range map[cell.Table][]string{cell.Contact: {"Web chat", "webchat"}, cell.Issue: {"Bullying", "bullying"}, cell.Source: {"Search"}, cell.Total: {"Most in "}, cell.Device: {"Phone"}} {
				for _, w := range words {
					if !slice.Allows(table, "") && strings.Contains(strings.ReplaceAll(string(frozen), "/help/bullying", ""), w) {
						t.Errorf("the report says %q of %s", w, table)
					}
				}
			}
			if pages, ok := r.Table(cell.Page); len(slice.Pages) > 0 && (!ok || len(pages.Rows) == 0) {
				t.Error("the pages of the slice are missing")
			}
			// Whatever shows a number is a fact, so that the check above missed none.
			facts := 0
			for _, f := range r.Facts() {
				if f.Figure.IsShown() {
					facts++
				}
			}
			bases := 0
			for _, table := range r.Tables {
				for _, row := range table.Rows {
					if row.Share != nil {
						bases++
					}
				}
			}
			if n := figuresIn(reflect.ValueOf(r)); n != facts+bases {
				t.Errorf("%d numbers are in the report, %d of them facts", n-bases, facts)
			}
		})
	}
	if all := buildWith(t, func(*report.Settings) {}); len(outside(all, funder.Slice{Tables: []cell.Table{cell.Contact}})) == 0 {
		t.Error("the test finds nothing outside of a slice in a whole report")
	}
}

func TestATargetOutsideOfTheSliceIsRefused(t *testing.T) {
	s := settings(t, "Y2Q3")
	s.Grant.Slice.Tables = []cell.Table{cell.Contact}
	if _, err := report.Build(t.Context(), disclosure.NewBook(reporttest.Filled(1, time.December)), s); err == nil || !strings.Contains(err.Error(), "outside of the slice") {
		t.Error(err)
	}
}

func defined(id string, reads ...string) funder.Definition {
	d := funder.Definition{ID: id, Site: "kx4f9q", Heading: "contacts", Source: funder.Website, Label: site.Text{En: "Talked", Cy: "Siarad"}, Unit: site.Text{En: "contacts", Cy: "cysylltiadau"}}
	for _, r := range reads {
		table, value, _ := strings.Cut(r, "/")
		d.Reads = append(d.Reads, funder.Indicator{Table: cell.Table(table), Value: value})
	}
	return d
}

// A defined indicator is the sum of what it reads, as anybody can add it up.
func TestADefinedIndicatorIsWhatItReads(t *testing.T) {
	one := func(id string) funder.Target {
		return funder.Target{Indicator: funder.Indicator{Table: funder.Defined, Value: id}, Wording: "In the words of the grant", Period: 1000, Definition: "No emails."}
	}
	safer := defined("safer", "outcome/safer")
	safer.OutOf = "asked"
	r := buildWith(t, func(s *report.Settings) {
		s.Defined = []funder.Definition{defined("talked", "contact/webchat", "contact/phone", "contact/relay"), safer}
		s.Grant.Targets = []funder.Target{one("talked"), one("safer")}
	})
	contacts, _ := r.Table(cell.Contact)
	var want []disclosure.Figure
	for _, row := range contacts.Rows {
		if row.Value == "webchat" || row.Value == "phone" {
			want = append(want, row.Figure)
		}
	}
	p := r.Progress[0]
	if diff := cmp.Diff(disclosure.Add(want...), p.Figure, cmp.AllowUnexported(disclosure.Figure{})); diff != "" || !p.Added() {
		t.Errorf("added %t, %s", p.Added(), diff)
	}
	if p.Wording != "In the words of the grant" || p.Definition != "No emails." || p.Unit != "contacts" || p.Heading != "contacts" || p.Source != funder.Website || len(p.Parts) != 3 {
		t.Errorf("%+v", p)
	}
	outcomes, _ := r.Table(cell.Outcome)
	if s := outcomes.Rows[1].Share; s == nil || !strings.Contains(r.Progress[1].Note, s.String()) {
		t.Errorf("share of a defined indicator: %+v, note %q", s, r.Progress[1].Note)
	}
}

// Where the grant's quarter begins where the site's do, a sensitive count is
// the sealed quarter, and not a sum of months, which hides more.
func TestAQuarterIsTheSitesWhereItBeginsThere(t *testing.T) {
	r := buildWith(t, func(*report.Settings) {})
	q := disclosure.Query{Site: "kx4f9q", Table: cell.Issue, Value: "exploitation", Period: disclosure.Quarters(day.New(2026, 10, 1), day.New(2026, 12, 31), 1)[0]}
	atom, err := disclosure.NewBook(reporttest.Filled(1, time.December)).Figure(t.Context(), q)
	if err != nil || !atom.IsShown() || r.Progress[3].Figure != atom {
		t.Errorf("report %s, quarter %s (%v)", r.Progress[3].Figure, atom, err)
	}
}

func TestComparison(t *testing.T) {
	r := buildWith(t, func(*report.Settings) {})
	if len(r.Compared) == 0 {
		t.Fatal("nothing is compared")
	}
	for _, c := range r.Compared {
		if !c.Now.Figure.IsShown() || c.Before != (report.Then{}) && !c.Before.Figure.IsShown() || c.Label == "Deaf young people reach us by Relay UK" {
			t.Errorf("a hidden number is compared: %+v", c)
		}
		if c.LastYear != (report.Then{}) { // nothing was counted in 2025
			t.Errorf("compared with what was not counted: %+v", c)
		}
	}
	if b := r.Compared[0].Before; b.First != day.New(2026, 7, 1) || b.Last != day.New(2026, 9, 30) || r.Compared[0].Break != "" {
		t.Errorf("%+v", r.Compared[0])
	}
	for name, c := range map[string]struct {
		on     day.Day
		tables []cell.Table
		broken bool
	}{
		"in the period before": {day.New(2026, 8, 3), nil, true},
		"on its first day":     {day.New(2026, 7, 1), nil, false},
		"on the first of this": {day.New(2026, 10, 1), nil, true},
		"on the last of this":  {day.New(2026, 12, 31), nil, true},
		"after this":           {day.New(2027, 1, 1), nil, false},
		"of its table":         {day.New(2026, 11, 1), []cell.Table{cell.Contact}, true},
		"of another table":     {day.New(2026, 11, 1), []cell.Table{cell.Issue}, false},
	} {
		r := buildWith(t, func(s *report.Settings) {
			s.Breaks = []report.Break{{Day: c.on, Why: "visitors were asked something else", Tables: c.tables}}
		})
		got := r.Compared[0]
		if broken := got.Break != ""; broken != c.broken || broken == (got.Before != report.Then{}) {
			t.Errorf("a break %s: %+v", name, got)
		}
		if want := "Counting changed on " + c.on.Time().Format("2 January 2006") + ": visitors were asked something else."; c.broken && got.Break != want && got.Break != "The period before is left out. "+want {
			t.Errorf("a break %s says %q", name, got.Break)
		}
	}
}

// A period whose last months are open is compared with nothing.
func TestAProvisionalReportComparesNothing(t *testing.T) {
	r, err := report.Build(t.Context(), disclosure.NewBook(reporttest.Filled(1, time.November)), settings(t, "Y2Q3"))
	if err != nil || r.Status != report.Provisional || len(r.Compared) > 0 {
		t.Errorf("%s: %+v %v", r.Status, r.Compared, err)
	}
}

// enter seals a total of case records, as the sealer would without noise.
func enter(t *testing.T, l *reporttest.Ledger, p disclosure.Period, n uint64) {
	t.Helper()
	basis := cell.OfIndicator("families")
	e := disclosure.Entry{Atom: disclosure.Atom{Site: "kx4f9q", Basis: basis, Table: cell.Indicator, Period: p, Value: "families"}, N: n, Noisy: int64(n), Shown: n / 5 * 5}
	if err := l.Seal(t.Context(), disclosure.Sealing{Site: "kx4f9q", Basis: basis, Parts: []disclosure.Sealed{{Period: p, Entries: []disclosure.Entry{e}}}}); err != nil {
		t.Fatal(err)
	}
}

// Case records come from their own book; until they are entered the report is
// provisional, and says so.
func TestCaseRecords(t *testing.T) {
	l, s := reporttest.Filled(1, time.December), settings(t, "Y2Q3")
	families := defined("families")
	families.Source = funder.Records
	s.Defined, s.Records, s.Entered = []funder.Definition{families}, disclosure.NewRecordBook(l), map[string]day.Day{"families": day.New(2027, 1, 5)}
	s.Grant.Targets = []funder.Target{{Indicator: funder.Indicator{Table: funder.Defined, Value: "families"}, Wording: "Families", Period: 100}}
	s.Grant.Start, s.Grant.Slice.Tables = day.New(2026, 4, 1), []cell.Table{cell.Contact}
	s.Period = s.Grant.Periods()[2]
	build := func() report.Report {
		r, err := report.Build(t.Context(), disclosure.NewBook(l), s)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := build(); r.Status != report.Provisional || r.Progress[0].Position != report.NotIn || r.Progress[0].Figure.IsShown() {
		t.Errorf("not entered: %s %+v", r.Status, r.Progress[0])
	}
	quarters := disclosure.Quarters(day.New(2026, 4, 1), day.New(2026, 12, 31), 1)
	enter(t, l, quarters[2], 120)
	r := build()
	if p := r.Progress[0]; r.Status != report.Final || p.Figure.String() != "120" || p.Position != report.Ahead || p.SoFar.IsShown() || p.AsOf != day.New(2027, 1, 5) || p.Source != funder.Records || p.Note == "" {
		t.Errorf("entered: %s %+v", r.Status, p)
	}
	enter(t, l, quarters[0], 80)
	enter(t, l, quarters[1], 90)
	r = build()
	if p := r.Progress[0]; p.SoFar.String() != "290" || p.Note != "" || p.Since != day.New(2026, 4, 1) {
		t.Errorf("so far: %+v", p)
	}
	if c := r.Compared; len(c) != 1 || c[0].Before.Figure.String() != "90" || c[0].Source != funder.Records {
		t.Errorf("compared: %+v", c)
	}
}
