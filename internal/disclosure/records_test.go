package disclosure

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// recordKeys is a key store with the keys of the test site's case records.
func recordKeys(t testing.TB) *KeyStore {
	t.Helper()
	k := openTestKeys(t, t.TempDir(), [32]byte{1})
	for year := 2024; year <= 2026; year++ {
		if err := k.put(RecordsKey(testSite), year, testKey(uint64(year))); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// families is the plan of an indicator with three values and what was entered.
func families(t testing.TB, entered ...Entered) RecordPlan {
	return RecordPlan{Site: testSite, Indicator: "families", Location: london(t), QuarterStart: 1, Values: []string{"new", "returning", "unknown"}, Entered: entered}
}

// entered was entered long ago.
func entered(t testing.TB, name string, whole uint64, parts map[string]uint64) Entered {
	t.Helper()
	return Entered{Period: period(t, name), Since: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Whole: whole, Parts: parts}
}

func sealRecords(t testing.TB, m *memory, k *KeyStore, p RecordPlan, now time.Time) Report {
	t.Helper()
	report, err := (&Sealer{Ledger: m, Keys: k}).SealRecords(t.Context(), p, now)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

var muchLater = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

func TestTotalsAreSealedWhenTheyHaveStood(t *testing.T) {
	m, k := newMemory(), recordKeys(t)
	closes := period(t, "2025-10").ClosesAt(london(t))
	e := entered(t, "2025-10", 100, nil)
	for _, c := range []struct {
		name    string
		since   time.Time
		final   bool
		now     time.Time
		periods int
	}{
		{"the month is not closed", e.Since, true, closes.Add(-time.Second), 0},
		{"entered a moment too late", closes.Add(-Grace + time.Second), false, closes, 0},
		{"entered just now", closes, false, closes, 0},
		{"has stood", closes, false, closes.Add(Grace), 1},
		{"once", closes, false, closes.Add(Grace), 0},
	} {
		e.Since, e.Final = c.since, c.final
		if got := sealRecords(t, m, k, families(t, e), c.now); got.Periods != c.periods {
			t.Errorf("%s: %d periods sealed, want %d", c.name, got.Periods, c.periods)
		}
	}
	e.Period, e.Since, e.Final = period(t, "2025-11"), muchLater, true
	if got := sealRecords(t, m, k, families(t, e), muchLater); got.Periods != 1 {
		t.Errorf("said to be final: %d periods sealed", got.Periods)
	}
}

func TestPeriodsNobodyEnteredAreOpen(t *testing.T) {
	m, k := newMemory(), recordKeys(t)
	sealRecords(t, m, k, families(t, entered(t, "2025-10", 100, nil), entered(t, "2025-12", 0, nil)), muchLater)
	b := NewRecordBook(m)
	ask := func(value, name string) Query { return query(t, cell.Indicator, value, name) }
	for _, c := range []struct {
		value, name string
		want        error
	}{
		{"families", "2025-10", nil},
		{"families", "2025-12", nil}, // entered as 0
		{"families", "2025-11", ErrOpen},
		{"families", "2025-Q4", ErrOpen},
		{"families", "2025-10..2025-12", ErrOpen},
		{"families", "2025-10-01", ErrNoFigure},
		{"families", "2025-W42", ErrNoFigure},
		{"families/new", "2025-10", ErrNoFigure}, // no breakdown was entered
		{"others", "2025-10", ErrOpen},
		{"", "2025-10", ErrNoFigure},
	} {
		f, err := b.Figure(t.Context(), ask(c.value, c.name))
		if !errors.Is(err, c.want) {
			t.Errorf("%q in %s: %v %v, want %v", c.value, c.name, f, err, c.want)
		}
	}
	q := ask("families", "2025-10")
	q.Table = cell.Contact
	if _, err := b.Figure(t.Context(), q); !errors.Is(err, ErrNoFigure) {
		t.Errorf("a table of the website: %v", err)
	}
	// The website's book knows nothing of it, nor this one of the website.
	if _, err := NewBook(m).Figure(t.Context(), ask("families", "2025-10")); !errors.Is(err, ErrOpen) {
		t.Errorf("the website's book: %v", err)
	}
	if points, err := b.Series(t.Context(), q, nil); !errors.Is(err, ErrNoFigure) {
		t.Errorf("series of a table of the website: %v %v", points, err)
	}
	points, err := b.Series(t.Context(), ask("families", "2025-10"), Months(period(t, "2025-10").First, period(t, "2025-12").First))
	if err != nil || len(points) != 3 || !points[0].Sealed || points[1].Sealed || !points[2].Sealed {
		t.Errorf("series: %v %v", points, err)
	}
}

// A quarter is sealed before the last of its months, also where a new year
// begins within it, and never beside quarters that were cut otherwise.
func TestQuartersOfMonths(t *testing.T) {
	m, k := newMemory(), recordKeys(t)
	plan := families(t, entered(t, "2025-11", 40, map[string]uint64{"new": 40}), entered(t, "2026-01", 41, map[string]uint64{}))
	plan.QuarterStart = 2
	sealRecords(t, m, k, plan, muchLater)
	plan.Entered = append(plan.Entered, entered(t, "2025-12", 42, map[string]uint64{"new": 2}))
	sealRecords(t, m, k, plan, muchLater)
	if want := []string{"2025-11", "2026-01", "2025-Q4-11", "2025-12"}; !slices.Equal(m.order, want) {
		t.Errorf("sealed %v, want %v", m.order, want)
	}
	got := m.every()[Atom{testSite, "records/families", cell.Indicator, period(t, "2025-Q4-11"), "families"}]
	if got.N != KeptCount || got.Noisy < 123-40 || got.Noisy > 123+40 {
		t.Errorf("the quarter: %+v, want the sum of its months, and no true count", got)
	}
	rows, err := NewRecordBook(m).TableOf(t.Context(), query(t, cell.Indicator, "families", "2025-Q4-11"), plan.Values)
	if err != nil || len(rows) != 3 || rows[0].Value != "new" || !rows[0].Figure.IsShown() || rows[1].Figure.IsShown() {
		t.Errorf("breakdown: %v %v", rows, err)
	}
	plan.QuarterStart = 1
	plan.Entered = append(plan.Entered, entered(t, "2025-Q4", 1, nil), entered(t, "2025-10", 1, nil))
	sealRecords(t, m, k, plan, muchLater)
	if m.order[len(m.order)-1] != "2025-10" {
		t.Errorf("sealed %v: a quarter that overlaps a sealed one", m.order)
	}
}

func TestExactTotals(t *testing.T) {
	m, k := newMemory(), recordKeys(t)
	parts := map[string]uint64{"new": 20, "returning": 3}
	plan := families(t, entered(t, "2025-10", 37, parts), entered(t, "2025-11", 9, map[string]uint64{"new": 9}), entered(t, "2025-12", 23, parts),
		entered(t, "2026-01", 37, nil), entered(t, "2026-02", 10, nil), entered(t, "2026-03", 12, nil))
	sealRecords(t, m, k, families(t, entered(t, "2025-09", 41, nil)), muchLater) // before there was an agreement
	plan.Exact = true
	sealRecords(t, m, k, plan, muchLater)
	b := NewRecordBook(m)
	for _, c := range []struct {
		name, want string
		exact      bool
	}{
		{"2025-10", "37", true},
		{"2025-11", "fewer than 10", false},
		{"2025-12", "23", true},
		{"2026-Q1", "59", true},
		{"2026-02..2026-03", "22", true},
	} {
		f, err := b.Exact(t.Context(), query(t, cell.Indicator, "families", c.name))
		if err != nil || f.String() != c.want || f.IsExact() != c.exact {
			t.Errorf("%s: %v (exact %v) %v, want %s", c.name, f, f.IsExact(), err, c.want)
		}
		if f, err := b.Figure(t.Context(), query(t, cell.Indicator, "families", c.name)); err != nil || f.IsExact() {
			t.Errorf("%s: the rounded figure is exact: %v %v", c.name, f, err)
		}
	}
	for _, name := range []string{"2025-09", "2025-Q4", "2025-10..2025-11"} { // sealed before, and sums with a month below 10
		if f, err := b.Exact(t.Context(), query(t, cell.Indicator, "families", name)); err != nil || f.IsExact() || !f.IsShown() {
			t.Errorf("%s: %v (exact %v) %v, want it rounded", name, f, f.IsExact(), err)
		}
	}
	for name, want := range map[string]int{"2025-10": 3, "2025-12": 0} { // 23 is less than 10 and 5 for each value
		rows, err := b.TableOf(t.Context(), query(t, cell.Indicator, "families", name), plan.Values)
		if err != nil || len(rows) != want {
			t.Errorf("%s: breakdown of %d rows, want %d: %v", name, len(rows), want, err)
		}
		for _, r := range rows {
			if r.Figure.IsExact() {
				t.Errorf("%s: a row of a breakdown is exact", name)
			}
		}
	}
	if f, err := b.Exact(t.Context(), query(t, cell.Indicator, "families/new", "2025-10")); err != nil || f.IsExact() {
		t.Errorf("a row asked for exactly: %v %v", f, err)
	}
	for atom, e := range m.every() {
		if e.N > KeptCount || atom.Table == exactTable && e.Shown == 0 && (e.N != 0 || e.Noisy != 0) {
			t.Errorf("%s of %s keeps a true count: %+v", atom.Value, atom.Period.Name, e)
		}
	}
}

func TestExactFiguresInJSON(t *testing.T) {
	for _, text := range []string{`{"exact":9}`, `{"exact":0}`, `{}`, `{"exact":"37"}`, `37`, `{"exact":-12}`} {
		if err := json.Unmarshal([]byte(text), new(Figure)); err == nil {
			t.Errorf("%s is read as a figure", text)
		}
	}
	f := Figure{shown: 37, exact: true}
	text, err := json.Marshal(f)
	var back Figure
	if err == nil {
		err = json.Unmarshal(text, &back)
	}
	if err != nil || back != f || string(text) != `{"exact":37}` {
		t.Errorf("%s: %v %v", text, back, err)
	}
	for _, c := range []struct {
		of   []Figure
		want Figure
	}{
		{[]Figure{f, f}, Figure{shown: 74, exact: true}},
		{[]Figure{f, {}}, f},
		{[]Figure{f, {shown: 20}}, Figure{shown: 55}},
		{[]Figure{{shown: 20}, {shown: 10}}, Figure{shown: 30}},
	} {
		if got := Add(c.of...); got != c.want {
			t.Errorf("%v add up to %+v, want %+v", c.of, got, c.want)
		}
	}
}

// likelihood is how likely a count is to have each figure, by the rule itself.
func likelihood(n uint64) map[uint64]float64 {
	r, all, before := ruleOf(false), map[uint64]float64{}, 0.0
	for i, cut := range r.law.cuts {
		p := float64(cut) / (1 << 64)
		all[r.shown(n, int64(n)+int64(i)-int64(len(r.law.cuts)/2))] += p - before
		before = p
	}
	return all
}

// worst goes through all ways to part an exact total into two and through all
// figures that the parts can have, but those that hardly anybody ever gets. It returns how sure a reader who knows both
// figures and the total can be of a part at most, and the narrowest range that
// a part can be bound to.
func worst(whole uint64) (sure float64, narrow uint64) {
	chance := make([]map[uint64]float64, whole+1)
	for n := range chance {
		chance[n] = likelihood(uint64(n))
	}
	figures := []uint64{0}
	for f := uint64(10); f <= whole+45; f += 5 {
		figures = append(figures, f)
	}
	narrow = whole
	for _, a := range figures {
		for _, b := range figures {
			sum, best, lo, hi, some := 0.0, 0.0, whole, uint64(0), false
			for n := range whole + 1 {
				if p := chance[n][a] * chance[whole-n][b]; p > 0 {
					sum, best, lo, hi, some = sum+p, max(best, p), min(lo, n), max(hi, n), true
				}
			}
			if some && sum > 1e-6*float64(whole+1) { // figures that one in a million charities has
				sure, narrow = max(sure, best/sum), min(narrow, hi-lo)
			}
		}
	}
	return sure, narrow
}

// Beside an exact total the figures of its parts give no part away: that is what
// exactBreakdown is for. Below its bound they would, so this can fail.
func TestExactTotalsDoNotGiveAwayParts(t *testing.T) {
	for whole := uint64(leastExact); whole <= 60; whole++ {
		sure, narrow := worst(whole)
		if exactBreakdown(whole, 2) && (sure >= .95 || narrow < 9) {
			t.Errorf("%d in two parts: a reader is sure of a part to %.3f, and knows it within %d", whole, sure, narrow)
		}
	}
	if _, narrow := worst(leastExact); narrow >= 9 {
		t.Errorf("control: parts of %d are within %d: the bound would not be needed", leastExact, narrow)
	}
	if diff := cmp.Diff(false, exactBreakdown(19, 2)); diff != "" {
		t.Error(diff)
	}
}
