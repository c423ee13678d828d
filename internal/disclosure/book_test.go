package disclosure

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// write puts an entry with these numbers into the ledger, as if it was sealed.
func (m *memory) write(t testing.TB, table cell.Table, value, name string, n uint64, noisy int64, shown uint64) {
	t.Helper()
	p := period(t, name)
	id := sealID{testSite, cell.BasisConsent, name}
	m.sealed[id] = p
	a := Atom{Site: testSite, Basis: cell.BasisConsent, Table: table, Period: p, Value: value}
	m.entries[id] = append(m.entries[id], Entry{Atom: a, N: n, Noisy: noisy, Shown: shown, Year: p.CountingYear()})
}

func figure(t testing.TB, b *Book, q Query) string {
	t.Helper()
	f, err := b.Figure(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return f.String()
}

func TestFiguresOfTraffic(t *testing.T) {
	m := newMemory()
	b := NewBook(m)
	m.write(t, cell.Page, "/", "2025-W10", 40, 41, 40)
	m.write(t, cell.Page, "/", "2025-01", 5, 4, 0)
	m.write(t, cell.Page, "/", "2025-02", 4, 5, 0)
	m.write(t, cell.Page, "/", "2025-03", 6, 6, 0)
	m.write(t, cell.Page, "/few", "2025-01", 1, 30, 0)
	m.write(t, cell.Page, "/few", "2025-02", 3, 30, 0)
	m.write(t, cell.Page, "/less", "2025-03", 14, 14, 15)
	for _, c := range []struct{ value, period, want string }{
		{"/", "2025-W10", "40"},
		{"/", "2025-01", English.few},
		{"/", "2025-Q1", "15"},                 // 4+5+6, threshold of 3 atoms 15
		{"/", "2025-01..2025-03", "15"},        // the same question
		{"/", "2025-02..2025-03", English.few}, // 11, threshold of 2 atoms 13
		{"/few", "2025-Q1", English.few},       // noisy 60, true 4: the floor
		{"/less", "2025-03", "15"},             // its atom
		{"/less", "2025-Q1", English.few},      // 14 in three atoms
		{"/never", "2025-Q1", English.few},     // no entry
		{"/never", "2025-W10", English.few},    // no entry
	} {
		if got := figure(t, b, query(t, cell.Page, c.value, c.period)); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.value, c.period, got, c.want)
		}
	}
	b.Strict = strictly(cell.Page)
	if got := figure(t, b, query(t, cell.Page, "/", "2025-Q1")); got != English.few {
		t.Errorf("a strict sum of 15 shows %s, want nothing below 30", got)
	}
}

func TestFiguresOfSensitiveTables(t *testing.T) {
	m := newMemory()
	b := NewBook(m)
	for _, month := range Months(mustDay(t, "2025-01-01"), mustDay(t, "2026-01-31")) {
		m.write(t, cell.Issue, "money", month.Name, 10, 10, 10)
	}
	for i, q := range []string{"2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"} {
		m.write(t, cell.Issue, "money", q, 30, 31+int64(i), 30)
	}
	for _, c := range []struct{ period, want string }{
		{"2025-03", "10"},
		{"2025-Q2", "30"},          // the atom
		{"2025-04..2025-06", "30"}, // the same question
		{"2025", "130"},            // 31+32+33+34, not 12 months
		{"2025-01..2025-12", "130"},
		{"2025-01..2025-06", "65"}, // 31+32
		{"2025-02..2025-04", "30"}, // three months
		{"2025-02..2026-01", "120"},
		{"2025-01..2025-02", "20"},
	} {
		if got := figure(t, b, query(t, cell.Issue, "money", c.period)); got != c.want {
			t.Errorf("%s: %s, want %s", c.period, got, c.want)
		}
	}
	points, err := b.Series(t.Context(), query(t, cell.Issue, "money", "2025"), Quarters(mustDay(t, "2025-01-01"), mustDay(t, "2026-01-31"), 1))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range points {
		got = append(got, p.Period.Name+" "+p.Figure.String()+map[bool]string{false: " open"}[p.Sealed])
	}
	want := []string{"2025-Q1 30", "2025-Q2 30", "2025-Q3 30", "2025-Q4 30", "2026-Q1 fewer than 10 open"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

func TestFiguresOfTotals(t *testing.T) {
	m := newMemory()
	b := NewBook(m)
	for _, d := range Days(mustDay(t, "2025-02-24"), mustDay(t, "2025-04-02")) { // from a Monday to a Wednesday
		n := int64(3)
		if d.First >= mustDay(t, "2025-03-10") {
			n = 4
		}
		m.write(t, cell.Total, "", d.Name, uint64(n), n, 0)
	}
	for _, c := range []struct{ period, want string }{
		{"2025-03-03", English.few},
		{"2025-W10", English.few},             // 21, threshold 25
		{"2025-W11", "30"},                    // 28
		{"2025-03", "115"},                    // 115
		{"2025-02", "open"}, {"2025", "open"}, // days before the first
	} {
		f, err := b.Figure(t.Context(), query(t, cell.Total, "", c.period))
		got := f.String()
		if errors.Is(err, ErrOpen) {
			got = "open"
		} else if err != nil {
			t.Error(err)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.period, got, c.want)
		}
	}
}

func TestRefusedQuestions(t *testing.T) {
	m := newMemory()
	m.write(t, cell.Page, "/", "2025-W10", 40, 41, 40)
	m.write(t, cell.Page, "/", "2025-03", 40, 41, 40)
	m.write(t, cell.Total, "", "2025-03-03", 40, 41, 40)
	b := NewBook(m)
	for _, c := range []struct {
		table  cell.Table
		period string
		want   error
	}{
		{cell.Page, "2025-03-03", ErrNoFigure},
		{cell.Issue, "2025-W10", ErrNoFigure},
		{cell.Issue, "2025-03-03", ErrNoFigure},
		{cell.Page, "2025-04", ErrOpen},
		{cell.Page, "2025-Q1", ErrOpen},
		{cell.Issue, "2025-Q1", ErrOpen},
		{cell.Issue, "2025", ErrOpen},
		{cell.Total, "2025-W10", ErrOpen},
	} {
		q := query(t, c.table, "/", c.period)
		if f, err := b.Figure(t.Context(), q); !errors.Is(err, c.want) || f != (Figure{}) {
			t.Errorf("%s in %s: %s, %v, want %v", c.table, c.period, f, err, c.want)
		}
		if rows, err := b.TableOf(t.Context(), q, []string{"x"}); !errors.Is(err, c.want) || rows != nil {
			t.Errorf("table %s in %s: %v, %v, want %v", c.table, c.period, rows, err, c.want)
		}
	}
	forged := query(t, cell.Page, "/", "2025-03")
	forged.Period.Last -= 3
	if _, err := b.Figure(t.Context(), forged); !errors.Is(err, ErrPeriod) {
		t.Errorf("a forged period: %v", err)
	}
	forged.Period = Period{}
	if _, err := b.Figure(t.Context(), forged); !errors.Is(err, ErrPeriod) {
		t.Errorf("no period: %v", err)
	}
}

func TestTableShowsPublishedNamesAlone(t *testing.T) {
	m := newMemory()
	m.write(t, cell.Page, "/b", "2025-03", 19, 21, 20) // more than /a, but the same figure
	m.write(t, cell.Page, "/a", "2025-03", 18, 18, 20)
	m.write(t, cell.Page, "/secret", "2025-03", 9, 9, 0)
	m.write(t, cell.Page, "/top", "2025-03", 1203, 1203, 1205)
	m.write(t, cell.Page, "/secret", "2025-04", 9, 9, 0)
	m.write(t, cell.Page, "/top", "2025-04", 1, 1, 0)
	b := NewBook(m)
	for _, c := range []struct {
		period string
		domain []string
		want   string
	}{
		{"2025-03", nil, `[{"value":"/top","figure":1205},{"value":"/a","figure":20},{"value":"/b","figure":20}]`},
		{"2025-03", []string{"/z", "/b", "/secret"}, `[{"value":"/top","figure":1205},{"value":"/a","figure":20},{"value":"/b","figure":20},{"value":"/z","figure":null},{"value":"/secret","figure":null}]`},
		{"2025-03..2025-04", nil, `[{"value":"/top","figure":1205},{"value":"/a","figure":20},{"value":"/b","figure":20},{"value":"/secret","figure":20}]`},
		{"2025-04", nil, `[]`},
	} {
		rows, err := b.TableOf(t.Context(), query(t, cell.Page, "", c.period), c.domain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(rows)
		if err != nil || string(got) != c.want {
			t.Errorf("%s with %v: %s, %v, want %s", c.period, c.domain, got, err, c.want)
		}
	}
}

func TestBasesAreReadApart(t *testing.T) {
	plan := testPlan(t)
	d := mustDay(t, "2025-01-10")
	other := at(d, cell.Page, "/without", 100)
	other.Basis = cell.BasisException
	m := newMemory(at(d, cell.Page, "/with", 100), other)
	sealAll(t, m, fixedKeys(t, 1), plan, d+40)
	plan.Basis = cell.BasisException
	sealAll(t, m, fixedKeys(t, 1), plan, d+40)
	q := query(t, cell.Page, "", "2025-01")
	for want, read := range map[string]func(context.Context, Query) ([]Row, error){"/with": NewBook(m).Table, "/without": NewOwnBook(m).Table} {
		if rows, err := read(t.Context(), q); err != nil || len(rows) != 1 || rows[0].Value != want {
			t.Errorf("%s: %v, %v", want, rows, err)
		}
	}
}

func TestFirstPeriodsHaveFigures(t *testing.T) {
	plan := testPlan(t)
	plan.First = mustDay(t, "2025-02-19")
	m := newMemory(charity(1, plan.First, mustDay(t, "2025-05-30"))...)
	sealAll(t, m, fixedKeys(t, 1), plan, mustDay(t, "2025-05-30"))
	for _, name := range []string{"2025-02", "2025-Q1", "2025-W08", "2025-Q1-02"} {
		if figure(t, NewBook(m), query(t, cell.Total, "", name)) == English.few {
			t.Errorf("no total of %s", name)
		}
		if figure(t, NewBook(m), query(t, cell.Page, "/page/0", name)) == English.few {
			t.Errorf("no page of %s", name)
		}
	}
}

func BenchmarkSeal13Months(b *testing.B) {
	first := day.New(2025, 1, 1)
	cells := charity(1, first, first+395)
	plan := testPlan(b)
	for b.Loop() {
		m := newMemory(cells...)
		s := &Sealer{Counts: m, Ledger: m, Keys: fixedKeys(b, 1)}
		if _, err := s.Seal(b.Context(), plan, (first + 400).Start(time.UTC)); err != nil {
			b.Fatal(err)
		}
	}
}
