package disclosure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// cut changes the entries of years as the store's Reduce does.
func (m *memory) cut(how func(*Entry), years ...int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, entries := range m.entries {
		for i := range entries {
			if slices.Contains(years, entries[i].Year) {
				how(&entries[i])
			}
		}
	}
}

func reduce(e *Entry) {
	e.N = min(e.N, KeptCount)
	if e.Atom.Period.Grain == Week {
		e.N, e.Noisy = 0, 0
	}
}

// changedByCutting tells whether a reader can see that the entries of years
// that are over were cut. The site is hardly visited, so that the floor on the
// true count alone hides some of its sums.
func changedByCutting(t testing.TB, seed uint64, how func(*Entry), years ...int) error {
	t.Helper()
	rnd := rand.New(rand.NewPCG(seed, 2))
	plan := testPlan(t)
	plan.Domains = testDomains
	plan.First = mustDay(t, "2024-10-03")
	plan.Strict = func(_ string, _ int, table cell.Table) bool { return table == cell.Issue && seed%2 == 1 }
	end := mustDay(t, "2025-07-10")
	m := newMemory()
	for range 80 {
		d := plan.First + day.Day(rnd.IntN(270))
		m.cells = append(m.cells, at(d, cell.Page, fmt.Sprintf("/page/%d", rnd.IntN(9)), 1+rnd.Uint64N(8)), at(d, cell.Issue, "money", 1+rnd.Uint64N(4)))
	}
	m.cells = append(m.cells, at(plan.First+day.Day(rnd.IntN(270)), cell.Total, "", 1+rnd.Uint64N(9)))
	sealAll(t, m, fixedKeys(t, seed), plan, end)
	before := transcript(t, m, plan, end)
	m.cut(how, years...)
	if transcript(t, m, plan, end) != before {
		return errors.New("an answer has changed")
	}
	return nil
}

func TestCuttingOldEntriesChangesNoAnswer(t *testing.T) {
	for seed := range uint64(6) {
		if err := changedByCutting(t, seed, reduce, [][]int{{2024}, {2025}, {2024, 2025}}[seed%3]...); err != nil {
			t.Errorf("ledger %d: %v", seed, err)
		}
	}
	for name, mutant := range map[string]func(*Entry){
		"one less":            func(e *Entry) { e.N = min(e.N, KeptCount-1) },
		"all alike":           func(e *Entry) { e.N = KeptCount },
		"no noisy months":     func(e *Entry) { e.Noisy *= int64(len(e.Atom.Period.Grain) % 5) }, // "month" and "quarter" apart
		"no noisy days":       func(e *Entry) { e.Noisy = int64(e.N) },
		"no figures of weeks": func(e *Entry) { e.Shown = 0 },
	} {
		found := false
		for seed := uint64(0); seed < 20 && !found; seed++ {
			found = changedByCutting(t, seed, mutant, 2024, 2025) != nil
		}
		if !found {
			t.Errorf("not found: %s", name)
		}
	}
}

// A key of which nothing more is needed is destroyed; what the plan asks for
// afterwards is refused in words, and everything else goes on.
func TestADestroyedYearIsRefusedAndRead(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	keys, end := fixedKeys(t, 41), mustDay(t, "2026-01-20")
	m := newMemory(charity(41, plan.First, end)...)
	sealAll(t, m, keys, plan, end)
	before := transcript(t, m, plan, end)
	for _, year := range []int{2024, 2025} {
		if err := keys.Destroy(testSite, year, end.Time()); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.Create(testSite, year); !errors.Is(err, ErrNoKey) {
			t.Errorf("a second key of %d: %v", year, err)
		}
	}
	if transcript(t, m, plan, end) != before {
		t.Error("an answer has changed with the key")
	}
	s := &Sealer{Counts: m, Ledger: m, Keys: keys}
	own := plan
	own.Basis = cell.BasisException // which nobody knew of when the key was destroyed
	report, err := s.Seal(t.Context(), own, end.Time())
	if !errors.Is(err, ErrNoKey) || !strings.Contains(err.Error(), "year 2025: noise key is gone: destroyed 2026-01-20") {
		t.Errorf("a year without its key: %v", err)
	}
	if report.Periods == 0 {
		t.Error("the year that has its key is not sealed")
	}
	s.Ledger = failing{m}
	if _, err := s.Seal(t.Context(), own, end.Time().AddDate(0, 0, 3)); errors.Is(err, ErrNoKey) || !errors.Is(err, errCrash) {
		t.Errorf("a failure is hidden behind the refusal: %v", err)
	}
}

// failing is a ledger that takes nothing.
type failing struct{ *memory }

func (failing) Seal(context.Context, Sealing) error { return errCrash }

// A question about figures that were deleted has no answer; a part of the
// answer would be another one.
func TestFiguresThatAreGone(t *testing.T) {
	plan := testPlan(t)
	end := mustDay(t, "2025-07-10")
	m := newMemory(charity(42, plan.First, end)...)
	sealAll(t, m, fixedKeys(t, 42), plan, end)
	b := NewBook(m)
	b.Kept = func(string) day.Day { return mustDay(t, "2025-03-01") }
	for name, want := range map[string]error{
		"2025-01": ErrGone, "2025-02": ErrGone, "2025-W09": nil, "2025-W08": ErrGone, "2025-03": nil, "2025-Q1": ErrGone, "2025-02..2025-05": ErrGone, "2025-03..2025-05": nil, "2025-Q2": nil,
	} {
		if _, err := b.Figure(t.Context(), query(t, cell.Page, "/page/0", name)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	points, err := b.Series(t.Context(), query(t, cell.Page, "/page/0", "2025"), Months(plan.First, end))
	if err != nil || len(points) != 7 || points[1].Sealed || !points[2].Sealed {
		t.Errorf("series: %+v %v", points, err)
	}
}
