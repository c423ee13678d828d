package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
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

// watched is a ledger that fails the test when it is asked for what was not
// counted by consent.
type watched struct {
	disclosure.Ledger
	t *testing.T
}

func (w watched) Entries(ctx context.Context, r disclosure.Range) ([]disclosure.Entry, error) {
	if r.Basis != cell.BasisConsent || r.Site != reporttest.Site().Key {
		w.t.Errorf("asked for %s of %s by %q", r.Table, r.Site, r.Basis)
	}
	return w.Ledger.Entries(ctx, r)
}

func settings(t *testing.T, period string) report.Settings {
	t.Helper()
	g := reporttest.Grant()
	p, err := g.Period(period)
	if err != nil {
		t.Fatal(err)
	}
	return report.Settings{Site: reporttest.Site(), Funder: reporttest.Funder(), Grant: g, Period: p, Names: reporttest.Names()}
}

func build(t *testing.T, scale float64, to time.Month) report.Report {
	t.Helper()
	return buildFrom(t, reporttest.Filled(scale, to))
}

func buildFrom(t *testing.T, l disclosure.Ledger) report.Report {
	t.Helper()
	r, err := report.Build(context.Background(), disclosure.NewBook(watched{l, t}), settings(t, "Y2Q3"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// No figure of the statistics exception gets into a report, however large.
func TestTheExceptionChangesNoReport(t *testing.T) {
	with := reporttest.Filled(1, time.December)
	with.CountOwn(day.New(2026, 1, 1))
	if rows, err := disclosure.NewOwnBook(with).Table(t.Context(), disclosure.Query{Site: reporttest.Site().Key, Table: cell.Contact, Period: disclosure.Quarters(day.New(2026, 10, 1), day.New(2026, 12, 31), 1)[0]}); err != nil || len(rows) == 0 {
		t.Fatalf("there is nothing to keep out: %v %v", rows, err)
	}
	if diff := cmp.Diff(build(t, 1, time.December), buildFrom(t, with), cmp.AllowUnexported(disclosure.Figure{})); diff != "" {
		t.Error(diff)
	}
}

// It is not left to care: what reads the exception is of a type that a report
// cannot be built from, and a question cannot name a basis.
func TestAReportCannotBeBuiltFromTheException(t *testing.T) {
	own, build := reflect.TypeFor[*disclosure.OwnBook](), reflect.TypeOf(report.Build)
	for i := range build.NumIn() {
		if own.AssignableTo(build.In(i)) || own.ConvertibleTo(build.In(i)) {
			t.Errorf("Build takes an OwnBook as its %s", build.In(i))
		}
	}
	for _, of := range []reflect.Type{reflect.TypeFor[disclosure.Query](), reflect.TypeFor[report.Settings](), reflect.TypeFor[funder.Grant]()} {
		for _, f := range reflect.VisibleFields(of) {
			if f.Type == reflect.TypeFor[cell.Basis]() {
				t.Errorf("%s has a field for a basis: %s", of, f.Name)
			}
		}
	}
}

func sum(rows []report.Row) (n uint64) {
	for _, r := range rows {
		k, _ := r.Figure.Shown()
		n += k
	}
	return n
}

func TestBuild(t *testing.T) {
	r := build(t, 1, time.December)
	if r.Status != report.Final || r.Period.CountedTo != day.New(2026, 12, 31) || r.Period.CountedSince != day.New(2026, 1, 1) {
		t.Errorf("%s, counted %s to %s", r.Status, r.Period.CountedSince, r.Period.CountedTo)
	}
	var titles []string
	for _, c := range r.Cards {
		titles = append(titles, c.Title)
	}
	if diff := cmp.Diff([]string{"Contacts", "Site usage", "Issues", "Outcomes"}, titles); diff != "" {
		t.Error(diff)
	}
	var positions []report.Position
	for _, p := range r.Progress {
		positions = append(positions, p.Position)
	}
	want := []report.Position{report.Ahead, report.OnTrack, report.Ahead, report.OnTrack, report.TooFew}
	if diff := cmp.Diff(want, positions); diff != "" {
		t.Error(diff)
	}
	if len(r.Visits) != 12 || r.Visits[8].Inside || !r.Visits[9].Inside {
		t.Errorf("the chart must have 12 months, the last 3 of them this report's: %+v", r.Visits)
	}
	contacts, _ := r.Table(cell.Contact)
	if last := contacts.Rows[len(contacts.Rows)-1]; last.Value != "relay" || last.Figure.IsShown() {
		t.Errorf("a declared value that is hidden must say so: %+v", last)
	}
	if r.Answers.Percent == nil || *r.Answers.Percent != 62 {
		t.Errorf("answers %+v", r.Answers)
	}
}

// underivable looks for a derived number that cannot be worked out again from
// the report alone: sums of rows, shares, and the position of a target.
func underivable(r report.Report) error {
	for _, c := range r.Cards {
		table, _ := r.Table(c.Table)
		want := sum(table.Rows)
		for _, row := range table.Rows {
			if row.Value == "asked" { // tells how many were asked
				n, _ := row.Figure.Shown()
				want -= n
			}
		}
		if got, _ := c.Figure.Shown(); c.Added() && got != want {
			return fmt.Errorf("card %s is %d, its rows %d", c.Title, got, want)
		}
	}
	for _, p := range r.Progress {
		if got, _ := p.SoFar.Shown(); p.Indicator.Added() && got != sum(p.Parts) {
			return fmt.Errorf("%s so far is %d, its parts %d", p.Indicator, got, sum(p.Parts))
		}
		if n, ok := p.Figure.Shown(); !ok && p.Target > 0 && p.Position != report.TooFew || ok && n >= 2*p.Target && p.Target > 0 && p.Position != report.Ahead {
			return fmt.Errorf("%s is %s", p.Indicator, p.Position)
		}
	}
	for _, table := range r.Tables {
		for _, row := range table.Rows {
			if row.Share == nil {
				continue
			}
			if percent, ok := disclosure.Percent(row.Figure, row.Share.Base); !ok || percent != row.Share.Percent {
				return fmt.Errorf("%s: %s", row.Label, row.Share)
			}
		}
	}
	if late, _ := r.Table(cell.ContactHour); !strings.HasPrefix(late.Note, lateShare(late.Rows)) || lateShare(late.Rows) == "" && strings.Contains(late.Note, "%") {
		return fmt.Errorf("contacts in the evening and at night: %q", late.Note)
	}
	var base []disclosure.Figure
	for _, a := range r.Answers.List() {
		base = append(base, a.Figure)
	}
	if percent, ok := disclosure.Percent(r.Answers.Yes, disclosure.Add(base...)); r.Answers.Percent != nil && (!ok || percent != *r.Answers.Percent) {
		return fmt.Errorf("answers %+v", r.Answers)
	}
	return nil
}

// What is derived can be worked out again from the report alone.
func TestDerivedFromShown(t *testing.T) {
	for _, scale := range []float64{1, .15, .1, .01} {
		if err := underivable(build(t, scale, time.December)); err != nil {
			t.Errorf("scale %v: %v", scale, err)
		}
	}
	more := disclosure.Add(build(t, 1, time.December).Cards[0].Figure, build(t, .1, time.December).Cards[0].Figure)
	for name, mutate := range map[string]func(*report.Report){
		"a card with what is hidden":       func(r *report.Report) { r.Cards[0].Figure = more },
		"a sum so far with what is hidden": func(r *report.Report) { r.Progress[0].SoFar = more },
		"a share of the true counts":       func(r *report.Report) { r.Tables[3].Rows[1].Share.Percent++ },
		"a share of the true hours":        func(r *report.Report) { r.Tables[1].Note = "37\u00a0% of website contacts" },
		"a share of hidden hours":          func(r *report.Report) { r.Tables[1].Rows[3].Figure = disclosure.Figure{} },
		"a share of all answers":           func(r *report.Report) { *r.Answers.Percent-- },
		"a position by the true count":     func(r *report.Report) { r.Progress[4].Position = report.Behind },
	} {
		r := build(t, 1, time.December)
		if mutate(&r); underivable(r) == nil {
			t.Errorf("mutant %q is not found", name)
		}
	}
}

func TestRareNamesAreAbsent(t *testing.T) {
	b, err := json.Marshal(build(t, 1, time.December))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/secret-rare-page", "FR", "Email"} {
		if strings.Contains(string(b), `"value":"`+name+`"`) {
			t.Errorf("%s is too rare to be named", name)
		}
	}
	if !strings.Contains(string(b), `"value":"/help/bullying"`) {
		t.Error("a well visited page is missing")
	}
}

// A share of a hidden number would give it away.
func TestAnswersHideTheirShare(t *testing.T) {
	a := build(t, .0045, time.December).Answers
	_, yes := a.Yes.Shown()
	_, no := a.No.Shown()
	if !yes || no || a.Percent != nil {
		t.Errorf("yes %s, no %s, share %v", a.Yes, a.No, a.Percent)
	}
}

// Where more than one thing is asked some say yes to a part of it, and they
// belong to those who answered.
func TestAnswersInPart(t *testing.T) {
	october := disclosure.PeriodOf(disclosure.Month, day.New(2026, 10, 1), 1)
	one, more := reporttest.Site(), reporttest.Site()
	more.Purposes = []site.Purpose{{ID: "video", Basis: site.Consent}}
	for _, c := range []struct {
		name    string
		site    site.Site
		some    uint64
		want    []string
		percent int // 0: none
	}{
		{"one thing is asked", one, 0, []string{"Said yes", "Said no"}, 62},
		{"more was asked then", one, 500, []string{"Said yes to all that was asked", "Said yes to some of it", "Said no"}, 52},
		{"more is asked", more, 500, []string{"Said yes to all that was asked", "Said yes to some of it", "Said no"}, 52},
		{"a part of the base is hidden", more, 0, []string{"Said yes to all that was asked", "Said yes to some of it", "Said no"}, 0},
	} {
		l := reporttest.Filled(1, time.December)
		l.AnswerInPart(october, c.some)
		a, err := report.NewTables(disclosure.NewBook(l), c.site, reporttest.Names()).Answers(t.Context(), october)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, kind := range a.List() {
			got = append(got, kind.Label)
		}
		percent := 0
		if a.Percent != nil {
			percent = *a.Percent
		}
		if diff := cmp.Diff(c.want, got); diff != "" || percent != c.percent {
			t.Errorf("%s: %d %%, want %d %%\n%s", c.name, percent, c.percent, diff)
		}
	}
}

// The checksum of a report that was frozen before answers in part were told
// depends on this form.
func TestAnswersOfOneQuestionKeepTheirForm(t *testing.T) {
	b, err := json.Marshal(build(t, 1, time.December).Answers)
	if want := `{"yes":4400,"no":2720,"percent":62}`; err != nil || string(b) != want {
		t.Errorf("%s, %v, want %s", b, err, want)
	}
}

func TestProvisional(t *testing.T) {
	r := build(t, 1, time.November)
	if r.Status != report.Provisional || r.Period.CountedTo != day.New(2026, 11, 30) {
		t.Errorf("%s to %s", r.Status, r.Period.CountedTo)
	}
	// Two of three months at the same pace are as far ahead as three of three.
	if got := r.Progress[0].Position; got != report.Ahead {
		t.Errorf("position %s", got)
	}
	src := disclosure.NewBook(reporttest.Filled(1, time.September))
	if _, err := report.Build(context.Background(), src, settings(t, "Y2Q3")); !errors.Is(err, disclosure.ErrOpen) {
		t.Errorf("a period without a closed month: %v", err)
	}
}

func TestBuildRefusesABadGrant(t *testing.T) {
	s := settings(t, "Y2Q3")
	s.Grant.FunderRef = ""
	if _, err := report.Build(context.Background(), disclosure.NewBook(reporttest.Filled(1, time.December)), s); err == nil {
		t.Error("a report was built for a grant without a reference")
	}
}

func TestFreeze(t *testing.T) {
	draft := build(t, 1, time.December)
	draft.Words = []report.Words{{Heading: "What happened", Text: "More <came> & stayed."}}
	frozen, err := report.Freeze(draft, report.IDOf("g:Y1Q1", "said"), 1, day.New(2027, 1, 8))
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(frozen)
	if err != nil {
		t.Fatal(err)
	}
	var spaced bytes.Buffer
	if err := json.Indent(&spaced, body, "", "  "); err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{body, spaced.Bytes()} {
		back, err := report.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(frozen, back, cmp.AllowUnexported(disclosure.Figure{})); diff != "" {
			t.Error(diff)
		}
	}
	for _, change := range [][2]string{
		{`"figure":1715`, `"figure":1720`}, {`"Final"`, `"Provisional"`}, {"LF-2025-0417", "LF-2025-0418"}, {`"version":1`, `"version":2`},
	} {
		altered := bytes.Replace(body, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(altered, body) {
			t.Fatalf("%s is not in the report", change[0])
		}
		if _, err := report.Parse(altered); !errors.Is(err, report.ErrAltered) {
			t.Errorf("%s: %v", change[1], err)
		}
	}
	if _, err := report.Parse(bytes.Replace(body, []byte(`"figure":1715`), []byte(`"figure":1714`), 1)); err == nil {
		t.Error("a figure was read that the rule cannot have published")
	}
	if _, err := report.Parse(bytes.Replace(body, []byte(`"schema":1`), []byte(`"schema":2`), 1)); err == nil {
		t.Error("a form was read that is not known")
	}
}

func TestFreezeAsksForReasons(t *testing.T) {
	draft := build(t, 1, time.December)
	if _, err := report.Freeze(draft, "FR-1", 2, day.New(2027, 2, 1)); err == nil {
		t.Error("a second version without a reason")
	}
	if _, err := report.Freeze(draft, "", 1, day.New(2027, 2, 1)); err == nil {
		t.Error("a report without an id")
	}
	draft.Correction = "The Welsh name of the charity was wrong."
	if _, err := report.Freeze(draft, "FR-1", 2, day.New(2027, 2, 1)); err != nil {
		t.Error(err)
	}
}

func TestCSV(t *testing.T) {
	draft := build(t, 1, time.December)
	draft.Charity.Name = `=HYPERLINK("x")`
	var b bytes.Buffer
	if err := report.WriteCSV(&b, draft); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	facts := draft.Facts()
	if len(rows) != len(facts)+1 {
		t.Fatalf("%d rows for %d figures", len(rows), len(facts))
	}
	figure := slices.Index(rows[0], "figure")
	if area := slices.Index(rows[0], "area_code"); figure < 0 || area < 0 || !slices.ContainsFunc(rows, func(row []string) bool { return row[area] == "W92000004" && row[figure+2] == "website" }) {
		t.Fatalf("columns %v", rows[0])
	}
	hidden := 0
	for i, f := range facts {
		want := strings.ReplaceAll(f.Figure.String(), ",", "")
		if f.Added && !f.Figure.IsShown() {
			want = "hidden to protect others"
		}
		if rows[i+1][figure] != want {
			t.Errorf("row %d: %q, want %q", i, rows[i+1][figure], want)
		}
		if !f.Figure.IsShown() {
			hidden++
		}
	}
	if hidden == 0 {
		t.Error("no hidden figure was tried")
	}
	if rows[1][3] != `'=HYPERLINK("x")` {
		t.Errorf("a spreadsheet would run %q", rows[1][3])
	}
}
