package funder

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/day"
)

func TestPeriodInWords(t *testing.T) {
	g := Grant{Start: date(t, "2025-04-01"), End: date(t, "2028-03-31"), Pattern: Quarterly}
	p, err := g.Period("Y2Q3")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.String(), "Grant year 2, quarter 3 (1 October to 31 December 2026)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := g.Period("Y4Q1"); err == nil {
		t.Error("a period after the grant's end was found")
	}
}

func TestPeriods(t *testing.T) {
	tests := []struct {
		name       string
		start, end string
		pattern    Pattern
		want       []string
	}{
		{"first of a month", "2026-04-01", "2027-03-31", HalfYearly, []string{
			"Grant year 1, first half (1 April to 30 September 2026)",
			"Grant year 1, second half (1 October 2026 to 31 March 2027)"}},
		{"leap day goes to 1 March", "2024-02-29", "2026-02-27", Yearly, []string{
			"Grant year 1 (1 March 2024 to 28 February 2025)",
			"Grant year 2 (1 March 2025 to 28 February 2026)"}},
		{"the 17th goes to the next month", "2026-09-17", "2027-03-16", Quarterly, []string{
			"Grant year 1, quarter 1 (1 October to 31 December 2026)",
			"Grant year 1, quarter 2 (1 January to 31 March 2027)"}},
		{"the 15th goes back, the end cuts the last period", "2026-01-15", "2027-02-28", Yearly, []string{
			"Grant year 1 (1 January to 31 December 2026)",
			"Grant year 2 (1 January to 28 February 2027)"}},
		{"29 February to the next", "2024-02-29", "2025-02-28", HalfYearly, []string{
			"Grant year 1, first half (1 March to 31 August 2024)",
			"Grant year 1, second half (1 September 2024 to 28 February 2025)"}},
		{"17 September in half-years", "2026-09-17", "2027-09-16", HalfYearly, []string{
			"Grant year 1, first half (1 October 2026 to 31 March 2027)",
			"Grant year 1, second half (1 April to 30 September 2027)"}},
		{"three days too many go to the last", "2026-04-01", "2027-04-03", Yearly, []string{
			"Grant year 1 (1 April 2026 to 31 March 2027)"}},
		{"one-off", "2026-09-17", "2027-03-20", OneOff, []string{"Whole grant (1 October 2026 to 31 March 2027)"}},
		{"no whole month", "2026-01-02", "2026-01-09", Quarterly, nil},
		{"no pattern", "2026-01-01", "2026-12-31", "weekly", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := Grant{Start: date(t, tt.start), End: date(t, tt.end), Pattern: tt.pattern}
			var got []string
			for _, p := range g.Periods() {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The days of the agreement stay what they are; the months that stand for them
// are told beside them.
func TestAgreedDays(t *testing.T) {
	for _, c := range []struct {
		name       string
		start, end string
		pattern    Pattern
		due        string
		want       []string // name, days agreed, months, due
	}{
		{"1 April", "2026-04-01", "2027-03-31", Quarterly, "28 days after", []string{
			"Y1Q1 2026-04-01..2026-06-30 2026-04..2026-06 due 2026-07-28",
			"Y1Q2 2026-07-01..2026-09-30 2026-07..2026-09 due 2026-10-28",
			"Y1Q3 2026-10-01..2026-12-31 2026-10..2026-12 due 2027-01-28",
			"Y1Q4 2027-01-01..2027-03-31 2027-01..2027-03 due 2027-04-28"}},
		{"17 September", "2026-09-17", "2027-09-16", HalfYearly, "1 month after", []string{
			"Y1H1 2026-09-17..2027-03-16 2026-10..2027-03 due 2027-04-16",
			"Y1H2 2027-03-17..2027-09-16 2027-04..2027-09 due 2027-10-18"}},
		{"29 February", "2024-02-29", "2028-02-28", Yearly, "10 working days after", []string{
			"Y1 2024-02-29..2025-02-28 2024-03..2025-02 due 2025-03-14",
			"Y2 2025-03-01..2026-02-28 2025-03..2026-02 due 2026-03-13",
			"Y3 2026-03-01..2027-02-28 2026-03..2027-02 due 2027-03-12",
			"Y4 2027-03-01..2028-02-28 2027-03..2028-02 due 2028-03-13"}},
		{"31 August in quarters: November has no 31st", "2026-08-31", "2027-08-30", Quarterly, "", []string{
			"Y1Q1 2026-08-31..2026-11-30 2026-09..2026-11 due -",
			"Y1Q2 2026-12-01..2027-02-28 2026-12..2027-02 due -",
			"Y1Q3 2027-03-01..2027-05-30 2027-03..2027-05 due -",
			"Y1Q4 2027-05-31..2027-08-30 2027-06..2027-08 due -"}},
		{"a rest without a month", "2026-04-01", "2026-10-05", Quarterly, "", []string{
			"Y1Q1 2026-04-01..2026-06-30 2026-04..2026-06 due -",
			"Y1Q2 2026-07-01..2026-10-05 2026-07..2026-09 due -"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := Grant{Start: date(t, c.start), End: date(t, c.end), Pattern: c.pattern}
			if err := g.Due.UnmarshalText([]byte(c.due)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range g.Periods() {
				got = append(got, told(p))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func told(p Period) string {
	due := "-"
	if p.Due != 0 {
		due = p.Due.String()
	}
	month := func(d day.Day) string { return d.Time().Format("2006-01") }
	return strings.Join([]string{p.Name(), p.Agreed.First.String() + ".." + p.Agreed.Last.String(), month(p.First) + ".." + month(p.Last), "due", due}, " ")
}

func TestOwnPeriods(t *testing.T) {
	g := Grant{Start: date(t, "2026-09-17"), End: date(t, "2027-05-31"), Pattern: Own, Own: []Span{
		{date(t, "2026-09-17"), date(t, "2026-12-18")}, {date(t, "2026-12-19"), date(t, "2027-05-31")},
	}}
	if err := g.Due.UnmarshalText([]byte("28 days after, previous working day")); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range g.Periods() {
		got = append(got, told(p), p.String(), p.Note())
	}
	want := []string{
		"P1 2026-09-17..2026-12-18 2026-10..2026-12 due 2027-01-15", "Grant period 1 (1 October to 31 December 2026)",
		"In the agreement this period is 17 September to 18 December 2026. Figures are of whole months, so those of 1 October to 31 December 2026 stand for it.",
		"P2 2026-12-19..2027-05-31 2027-01..2027-05 due 2027-06-28", "Grant period 2 (1 January to 31 May 2027)",
		"In the agreement this period is 19 December 2026 to 31 May 2027. Figures are of whole months, so those of 1 January to 31 May 2027 stand for it.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	whole := Grant{Start: date(t, "2026-04-01"), End: date(t, "2027-03-31"), Pattern: OneOff}
	if p, err := whole.Period("Whole"); err != nil || p.Note() != "" {
		t.Errorf("%v, %v", p, err)
	}
}

// A report stays the next one until the end of its day where the site is,
// winter and summer.
func TestNextDue(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	g := Grant{Start: date(t, "2026-12-01"), End: date(t, "2027-11-30"), Pattern: Quarterly}
	if err := g.Due.UnmarshalText([]byte("28 days after")); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-01-01T00:00:00Z": "2027-03-30", // 28 March is Easter Sunday and the clocks change
		"2027-03-30T22:59:59Z": "2027-03-30",
		"2027-03-30T23:00:00Z": "2027-06-28", // midnight of summer time
		"2027-06-28T22:59:59Z": "2027-06-28",
		"2027-12-29T23:59:59Z": "2027-12-29", // in winter the day is longer in UTC
		"2027-12-30T00:00:00Z": "",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		p, ok := g.Next(now, london)
		if ok != (want != "") || ok && p.Due.String() != want {
			t.Errorf("at %s the next is due on %s, %v, want %q", at, p.Due, ok, want)
		}
	}
	if p, ok := (Grant{Start: g.Start, End: g.End, Pattern: Yearly}).Next(time.Time{}, london); ok {
		t.Errorf("no rule, but %s is due", p)
	}
}

func anyGrant(t *rapid.T) Grant {
	start := day.Day(rapid.IntRange(int(day.New(firstYear, 1, 1)), 40_000).Draw(t, "start"))
	g := Grant{
		ID: "g", Site: "kx4f9q", Funder: "f", Title: "t", FunderRef: "r",
		Start: start, End: start + day.Day(rapid.IntRange(1, 4000).Draw(t, "days")),
		Pattern: rapid.SampledFrom(patterns).Draw(t, "pattern"), Nation: rapid.SampledFrom(nations).Draw(t, "nation"), Due: anyDue(t),
	}
	if g.Pattern == Own {
		for first := g.Start; first <= g.End; {
			last := min(g.End, first+day.Day(rapid.IntRange(31, 500).Draw(t, "own")))
			if g.End-last < 32 {
				last = g.End
			}
			g.Own = append(g.Own, Span{first, last})
			first = last + 1
		}
	}
	return g
}

// Periods of any grant that is valid cover it without gap or overlap, in the
// days agreed and in whole months; each has a name of its own and a due date
// that is a working day after it.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGrant(t)
		if g.Validate() != nil {
			if g.End-g.Start > 62 {
				t.Fatal(g.Validate())
			}
			return
		}
		tiled(t, g)
		if _, err := g.Period(g.Periods()[0].Name()); err != nil {
			t.Fatal(err)
		}
	})
}

func tiled(t interface{ Fatalf(string, ...any) }, g Grant) {
	ps := g.Periods()
	if len(ps) == 0 || ps[0].Agreed.First != g.Start || ps[len(ps)-1].Agreed.Last != g.End {
		t.Fatalf("%v does not cover %s to %s", ps, g.Start, g.End)
	}
	var names []string
	for i, p := range ps {
		if p.First.Time().Day() != 1 || (p.Last+1).Time().Day() != 1 || p.Last < p.First || p.Agreed.Last < p.Agreed.First {
			t.Fatalf("%s is not whole months", p)
		}
		if i > 0 && (p.First != ps[i-1].Last+1 || p.Agreed.First != ps[i-1].Agreed.Last+1) {
			t.Fatalf("%s does not follow on %s", p, ps[i-1])
		}
		if apart := p.First - p.Agreed.First; apart < -14 || apart > 16 {
			t.Fatalf("%s is %d days from the agreement", p, apart)
		}
		if slices.Contains(names, p.Name()) {
			t.Fatalf("%s twice", p.Name())
		}
		if g.Due != (Due{}) && (p.Due <= p.Agreed.Last || !g.Nation.Working(p.Due)) {
			t.Fatalf("%s is due on %s", p, p.Due)
		}
		names = append(names, p.Name())
	}
}
