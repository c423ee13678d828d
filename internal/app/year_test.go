package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// version is a site as it was from a time on.
func version(t *testing.T, at string, s site.Site) record.Doc {
	t.Helper()
	body, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	return record.Doc{Kind: site.Kind, ID: "kx4f9q", Time: when, Body: body}
}

func TestStrictIsForWholeCountingYears(t *testing.T) {
	in := func(zone string, tables ...cell.Table) site.Site { return site.Site{TimeZone: zone, Strict: tables} }
	for _, c := range []struct {
		name     string
		versions []record.Doc
		want     string // of 2024 to 2028: y or n for issue
	}{
		{"from the start", []record.Doc{version(t, "2026-03-02T12:00:00Z", in("Europe/London", cell.Issue))}, "yyyyy"},
		{"set before the first day is closed", []record.Doc{
			version(t, "2026-03-02T12:00:00Z", in("Europe/London")), version(t, "2026-03-04T23:59:59Z", in("Europe/London", cell.Issue)),
		}, "yyyyy"},
		{"set when the first day is closed", []record.Doc{
			version(t, "2026-03-02T12:00:00Z", in("Europe/London")), version(t, "2026-03-05T00:00:00Z", in("Europe/London", cell.Issue)),
		}, "nnnyy"},
		{"taken back in the year, and for good in the next", []record.Doc{
			version(t, "2026-03-02T12:00:00Z", in("Europe/London", cell.Issue, cell.Page)), version(t, "2026-06-01T00:00:00Z", in("Europe/London")),
			version(t, "2026-07-01T00:00:00Z", in("Europe/London", cell.Issue)), version(t, "2027-06-01T00:00:00Z", in("Europe/London")),
		}, "yyyyn"},
		{"the year of a site begins in its own zone", []record.Doc{
			version(t, "2026-03-02T12:00:00Z", in("Pacific/Auckland")), version(t, "2027-01-03T11:00:00Z", in("Pacific/Auckland", cell.Issue)),
		}, "nnnny"},
		{"and ends there", []record.Doc{
			version(t, "2026-03-02T12:00:00Z", in("America/St_Johns")), version(t, "2027-01-04T03:29:59Z", in("America/St_Johns", cell.Issue)),
		}, "nnnyy"},
	} {
		var got strings.Builder
		for year := 2024; year <= 2028; year++ {
			got.WriteString(map[bool]string{true: "y", false: "n"}[slices.Contains(strictTables(c.versions, year), cell.Issue)])
		}
		if got.String() != c.want {
			t.Errorf("%s: %s, want %s", c.name, &got, c.want)
		}
	}
}

func TestQuartersMoveOnceAYear(t *testing.T) {
	from := func(at string, month int) record.Doc {
		return version(t, at, site.Site{TimeZone: "Europe/London", QuarterStart: month})
	}
	next := func(month int) site.Site { return site.Site{TimeZone: "Europe/London", QuarterStart: month} }
	now := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		versions []record.Doc
		next     int
		ok       bool
	}{
		{"not moved", []record.Doc{from("2026-03-02T12:00:00Z", 1)}, 1, true},
		{"the same quarters by another name", []record.Doc{from("2026-03-02T12:00:00Z", 1), from("2026-04-02T12:00:00Z", 2)}, 5, true},
		{"once", []record.Doc{from("2026-03-02T12:00:00Z", 1)}, 2, true},
		{"twice", []record.Doc{from("2026-03-02T12:00:00Z", 1), from("2026-04-02T12:00:00Z", 2)}, 3, false},
		{"back", []record.Doc{from("2026-03-02T12:00:00Z", 1), from("2026-04-02T12:00:00Z", 2)}, 1, false},
		{"last year and now", []record.Doc{from("2025-03-02T12:00:00Z", 1), from("2025-04-02T12:00:00Z", 2)}, 3, true},
		{"last year and twice now", []record.Doc{from("2025-03-02T12:00:00Z", 1), from("2025-04-02T12:00:00Z", 2), from("2026-01-02T12:00:00Z", 3)}, 1, false},
	} {
		if err := mayMoveQuarters(c.versions, next(c.next), now); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The setting reaches the sealer and both readers, and a change of it in the
// middle of a year changes no answer.
func TestStrictTablesOfASite(t *testing.T) {
	s := start(t)
	set := func(change string) {
		t.Helper()
		if _, err := s.setSite(t.Context(), SiteChange{Key: s.site.Key, Change: json.RawMessage(change)}); err != nil {
			t.Fatal(err)
		}
	}
	set(`{"strict":["page"]}`)
	for i := range 40 {
		s.visit(t, fmt.Sprintf("/page-%d", i), 14)
	}
	s.count(t)
	s.at(time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC))
	s.seal(t)
	answers := func() string {
		var out strings.Builder
		for _, name := range []string{"2026-03", "2026-02..2026-03"} {
			q := query(t, s, name)
			rows, err := s.book.Table(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if n, _ := row.Figure.Shown(); n < 20 || strings.Contains(name, "..") && n < 25 {
					t.Errorf("%s: a strict table shows %d", name, n)
				}
			}
			if len(rows) > 12 { // almost all would be, by the plain rule
				t.Errorf("%s: %d of 40 pages with 14 visits are shown", name, len(rows))
			}
			fmt.Fprintln(&out, len(rows), rows)
			if _, err := s.own.Table(t.Context(), q); err == nil || !strings.Contains(err.Error(), disclosure.ErrOpen.Error()) {
				t.Errorf("the exception, which this site never had: %v", err)
			}
		}
		return out.String()
	}
	before := answers()
	set(`{"strict":[]}`)
	if after := answers(); after != before {
		t.Errorf("answers changed with the setting:\n%s\n%s", before, after)
	}
	if s.own.Strict == nil || !s.own.Strict(s.site.Key, 2026, cell.Page) || s.own.Strict(s.site.Key, 2027, cell.Page) {
		t.Error("the reader of the exception knows other strict tables")
	}
	set(`{"quarter_start":2}`)
	if _, err := s.setSite(t.Context(), SiteChange{Key: s.site.Key, Change: json.RawMessage(`{"quarter_start":3}`)}); err == nil || !strings.Contains(err.Error(), "once") {
		t.Errorf("the quarters were moved twice: %v", err)
	}
}
