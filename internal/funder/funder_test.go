package funder

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

func date(t *testing.T, s string) day.Day {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

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

// Periods of any grant are whole months, follow each other without a gap and
// have names of their own.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := day.Day(rapid.IntRange(0, 40000).Draw(t, "start"))
		g := Grant{
			Start: start, End: start + day.Day(rapid.IntRange(1, 4000).Draw(t, "days")),
			Pattern: rapid.SampledFrom([]Pattern{Quarterly, HalfYearly, Yearly}).Draw(t, "pattern"),
		}
		names := map[string]bool{}
		var last day.Day
		for i, p := range g.Periods() {
			if p.First.Time().Day() != 1 || (p.Last+1).Time().Day() != 1 || p.Last < p.First {
				t.Fatalf("%s is not whole months", p)
			}
			if i > 0 && p.First != last+1 {
				t.Fatalf("%s does not follow on %s", p, last)
			}
			if names[p.Name()] {
				t.Fatalf("%s twice", p.Name())
			}
			names[p.Name()], last = true, p.Last
		}
	})
}

func TestIndicatorText(t *testing.T) {
	in := Target{Indicator: Indicator{cell.Outcome, "felt-safer"}, Wording: "w"}
	b, err := json.Marshal(in)
	if err != nil || !strings.Contains(string(b), `"outcome/felt-safer"`) {
		t.Fatalf("%s, %v", b, err)
	}
	var out Target
	if err := json.Unmarshal(b, &out); err != nil || out != in {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"indicator":"page/x"}`), &out); err == nil {
		t.Error("an indicator of a table that has no targets was read")
	}
}

func TestValidate(t *testing.T) {
	good := Grant{
		ID: "g", Site: "kx4f9q", Funder: "f", Title: "t", FunderRef: "r",
		Start: date(t, "2026-04-01"), End: date(t, "2027-03-31"), Pattern: Quarterly,
		Targets: []Target{{Indicator: Indicator{Table: cell.Contact}, Wording: "Contacts", Period: 100}},
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	bad := good
	bad.Title, bad.Pattern, bad.End = "", "weekly", good.Start
	bad.Targets = []Target{
		{Indicator: Indicator{Table: cell.Page}, Wording: "x"},
		{Indicator: Indicator{Table: cell.Outcome}, Wording: "y", OutOf: "asked"},
		{Indicator: Indicator{cell.Outcome, "asked"}, Wording: "z", OutOf: "asked"},
		{Indicator: Indicator{Table: cell.Outcome}},
	}
	err := bad.Validate()
	if err == nil {
		t.Fatal("a bad grant was taken")
	}
	for _, want := range []string{"title", "end", "pattern", `"x"`, `"y"`, `"z"`, "grant's words"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
}

func TestLink(t *testing.T) {
	now := time.Date(2027, 1, 8, 9, 0, 0, 0, time.UTC)
	g := Grant{ID: "g"}
	if _, _, err := g.NewLink("r", now); !errors.Is(err, ErrNoAgreement) {
		t.Fatalf("a link without agreement and assessment: %v", err)
	}
	g.Agreement, g.Assessment = "DSA-1", "DPIA-1"
	l, token, err := g.NewLink("r", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 16 {
		t.Errorf("token %q has %d bytes, %v", token, len(raw), err)
	}
	if b, _ := json.Marshal(l); strings.Contains(string(b), token) || l.Hash != HashToken(token) {
		t.Error("the token is kept, or its hash is not")
	}
	if !l.Open(now) || l.Open(now.Add(time.Hour)) {
		t.Error("the link must open until it expires and not from then on")
	}
	l.Revoked = true
	if l.Open(now) {
		t.Error("a revoked link opens")
	}
	if _, again, _ := g.NewLink("r", now); again == token {
		t.Error("two links share a token")
	}
}
