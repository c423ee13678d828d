package disclosure

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// charity makes the cells of a small charity of about 40 visits a day.
func charity(seed uint64, first, last day.Day) []cell.Cell {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var cells []cell.Cell
	add := func(d day.Day, table cell.Table, value string, most int) {
		if n := rnd.IntN(most + 1); n > 0 {
			cells = append(cells, at(d, table, value, uint64(n)))
		}
	}
	for d := first; d <= last; d++ {
		add(d, cell.Total, "", 80)
		for i := range 30 {
			add(d, cell.Page, fmt.Sprintf("/page/%d", i), 40/(i+1))
		}
		for _, device := range testDomains[cell.Device] {
			add(d, cell.Device, device, 20)
		}
		for i, issue := range testDomains[cell.Issue] {
			add(d, cell.Issue, issue, 3/(i+1))
		}
	}
	return cells
}

var testDomains = map[cell.Table][]string{
	cell.Device: {"phone", "tablet", "computer", "other"},
	cell.Issue:  {"bullying", "housing", "money", "never-asked"},
}

func TestSealsWhatHasJustClosed(t *testing.T) {
	plan := testPlan(t)
	m := newMemory(charity(1, plan.First, mustDay(t, "2025-05-15"))...)
	s := &Sealer{Counts: m, Ledger: m, Keys: fixedKeys(t, 1)}
	march := period(t, "2025-03").ClosesAt(plan.Location)
	if _, err := s.Seal(t.Context(), plan, march.Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	before := len(m.order)
	report, err := s.Seal(t.Context(), plan, march)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2025-03-31", "2025-Q1", "2025-03"}, m.order[before:]); diff != "" {
		t.Errorf("sealed when March closes (-want +got):\n%s", diff)
	}
	atoms := 0
	for _, name := range m.order[before:] {
		atoms += len(m.entries[sealID{testSite, cell.BasisConsent, name}])
	}
	if report != (Report{Atoms: atoms, Periods: 3}) {
		t.Errorf("report %+v, want %d atoms of 3 periods", report, atoms)
	}
}

func TestSealsDaysFirst(t *testing.T) {
	plan := testPlan(t)
	m := newMemory(charity(1, plan.First, mustDay(t, "2025-05-15"))...)
	sealAll(t, m, fixedKeys(t, 1), plan, mustDay(t, "2025-04-02"))
	// All that a day's name is shorter than is of another grain.
	days := slices.IndexFunc(m.order, func(s string) bool { return len(s) < len("2025-01-01") })
	var want []string
	for _, p := range Days(mustDay(t, "2024-11-01"), mustDay(t, "2025-03-30")) {
		want = append(want, p.Name)
	}
	if diff := cmp.Diff(want, m.order[:days]); diff != "" {
		t.Errorf("sealed first (-want +got):\n%s", diff)
	}
	rest := slices.Sorted(slices.Values(m.order[days:]))
	want = []string{
		"2024-11", "2024-12", "2025-01", "2025-02",
		"2025-W01", "2025-W02", "2025-W03", "2025-W04", "2025-W05", "2025-W06", "2025-W07",
		"2025-W08", "2025-W09", "2025-W10", "2025-W11", "2025-W12", "2025-W13",
	}
	if diff := cmp.Diff(want, rest); diff != "" {
		t.Errorf("sealed then (-want +got):\n%s", diff)
	}
}

func TestAtomsOfEachTable(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	d := mustDay(t, "2025-01-10")
	m := newMemory(
		at(d, cell.Total, "", 30), at(d, cell.Page, "/", 30), at(d+1, cell.Page, "/", 2),
		at(d, cell.Device, "phone", 30), at(d, cell.Issue, "bullying", 17), at(d, cell.Issue, "money", 21), at(d, cell.Contact, "webchat", 12),
	)
	sealAll(t, m, fixedKeys(t, 1), plan, mustDay(t, "2025-04-03"))
	got := map[string]map[Grain]uint64{}
	for a, e := range m.every() {
		if a.Period.First > d+1 || a.Period.Last < d || a.Period.Grain == Day && a.Period.First != d {
			continue
		}
		key := string(a.Table) + " " + a.Value
		if got[key] == nil {
			got[key] = map[Grain]uint64{}
		}
		got[key][a.Period.Grain] = e.N
	}
	want := map[string]map[Grain]uint64{
		"total ":            {Day: 30},
		"page /":            {Week: 32, Month: 32},
		"device phone":      {Week: 30, Month: 30},
		"device tablet":     {Week: 0, Month: 0},
		"device computer":   {Week: 0, Month: 0},
		"device other":      {Week: 0, Month: 0},
		"issue bullying":    {Month: 17, Quarter: 17},
		"issue housing":     {Month: 0, Quarter: 0},
		"issue money":       {Month: 21, Quarter: 21},
		"issue never-asked": {Month: 0, Quarter: 0},
		"contact webchat":   {Month: 12, Quarter: 12},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("true counts by grain (-want +got):\n%s", diff)
	}
}

func TestStrictTables(t *testing.T) {
	plan := testPlan(t)
	plan.Strict = strictly(cell.Issue)
	d := mustDay(t, "2025-01-10")
	var cells []cell.Cell
	for i := range 200 {
		cells = append(cells, at(d, cell.Issue, fmt.Sprint(i), 20), at(d, cell.Contact, fmt.Sprint(i), 20))
	}
	m := newMemory(cells...)
	sealAll(t, m, fixedKeys(t, 1), plan, mustDay(t, "2025-02-05"))
	hidden := map[cell.Table]int{}
	for a, e := range m.every() {
		if a.Table == cell.Issue && (e.Shown > 0) != (e.Noisy >= strictThreshold) {
			t.Errorf("strict table shows %d for a noisy count of %d", e.Shown, e.Noisy)
		}
		if e.N > 0 && e.Shown == 0 {
			hidden[a.Table]++
		}
	}
	if hidden[cell.Contact] != 0 || hidden[cell.Issue] < 40 {
		t.Errorf("hidden of 200 values with a count of 20: %v", hidden)
	}
}

func TestKnownValuesWithoutACountHaveNoise(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	d := mustDay(t, "2025-01-10")
	m := newMemory(at(d, cell.Page, "/", 30))
	sealAll(t, m, fixedKeys(t, 1), plan, mustDay(t, "2025-07-03"))
	noise := 0
	for a, e := range m.every() {
		switch {
		case a.Table == cell.Page && e.N == 0:
			t.Errorf("an entry for a page that was not seen: %+v", a)
		case a.Table == cell.Device && e.Noisy != 0:
			noise++
		}
	}
	if noise == 0 {
		t.Error("no device has noise")
	}
}

func TestSealingDayByDayIsSealingAtOnce(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	cells := charity(2, plan.First, mustDay(t, "2025-04-20"))
	once, daily := newMemory(cells...), newMemory(cells...)
	end := mustDay(t, "2025-04-20")
	sealAll(t, once, fixedKeys(t, 2), plan, end)
	keys := fixedKeys(t, 2)
	for d := plan.First; d <= end; d++ {
		sealAll(t, daily, keys, plan, d)
		if again := sealAll(t, daily, keys, plan, d); again != (Report{}) {
			t.Fatalf("a second round on %s sealed %+v", d, again)
		}
	}
	if diff := cmp.Diff(once.every(), daily.every()); diff != "" {
		t.Errorf("(-at once +day by day):\n%s", diff)
	}
}

func TestCrashAndRunAgain(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-03-10")
	cells := charity(3, plan.First, end)
	whole := newMemory(cells...)
	sealAll(t, whole, fixedKeys(t, 3), plan, end)
	power := errors.New("power cut")
	for _, after := range []int{0, 1, 50, len(whole.order) - 1} {
		m, keys := newMemory(cells...), fixedKeys(t, 3)
		m.crash = func(seals int) error {
			if seals == after {
				return power
			}
			return nil
		}
		s := &Sealer{Counts: m, Ledger: m, Keys: keys, piece: 1}
		report, err := s.Seal(t.Context(), plan, end.Start(plan.Location))
		if !errors.Is(err, power) || report.Periods != after {
			t.Fatalf("report %+v, %v after a crash in period %d", report, err, after)
		}
		m.crash = nil
		sealAll(t, m, keys, plan, end)
		if diff := cmp.Diff(whole.every(), m.every()); diff != "" {
			t.Errorf("after a crash in period %d (-without +with):\n%s", after, diff)
		}
	}
}

func TestTwoSealersAtOnce(t *testing.T) {
	plan := testPlan(t)
	end := mustDay(t, "2025-03-10")
	m := newMemory(charity(4, plan.First, end)...)
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			// Each with its own keys and a clock of its own; no key is made yet.
			keys, err := OpenKeys(dir, [32]byte{1})
			if err != nil {
				t.Error(err)
				return
			}
			s := &Sealer{Counts: m, Ledger: m, Keys: keys}
			if _, err := s.Seal(t.Context(), plan, end.Start(plan.Location)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := m.every()
	// One key made all of it: sealing again with the key gives the same.
	again := newMemory(m.cells...)
	sealAll(t, again, openTestKeys(t, dir, [32]byte{1}), plan, end)
	if diff := cmp.Diff(again.every(), got); diff != "" {
		t.Errorf("(-one sealer +four):\n%s", diff)
	}
}

// loseKey seals a site to 10 December 2025 and removes the key of that year;
// restore puts it back.
func loseKey(t *testing.T) (s *Sealer, m *memory, plan Plan, restore func()) {
	t.Helper()
	plan = testPlan(t)
	plan.First = mustDay(t, "2025-11-10")
	m = newMemory(charity(5, plan.First, mustDay(t, "2026-02-20"))...)
	dir := t.TempDir()
	s = &Sealer{Counts: m, Ledger: m, Keys: openTestKeys(t, dir, [32]byte{1})}
	sealAll(t, m, s.Keys, plan, mustDay(t, "2025-12-10"))
	name := filepath.Join(dir, testSite+".2025.key")
	kept, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	return s, m, plan, func() {
		if err := os.WriteFile(name, kept, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLostKeyIsNotMadeAgain(t *testing.T) {
	s, m, plan, _ := loseKey(t)
	before := len(m.order)
	_, err := s.Seal(t.Context(), plan, mustDay(t, "2025-12-25").Start(plan.Location))
	if !errors.Is(err, ErrNoKey) || len(m.order) != before {
		t.Errorf("%d periods sealed, %v", len(m.order)-before, err)
	}
	if _, err := s.Keys.Key(testSite, 2025); !errors.Is(err, ErrNoKey) {
		t.Errorf("a new key was made for a year with sealed atoms: %v", err)
	}
	// The other basis shares the key of the year, and so its loss.
	plan.Basis = cell.BasisException
	_, err = s.Seal(t.Context(), plan, mustDay(t, "2025-12-10").Start(plan.Location))
	if !errors.Is(err, ErrNoKey) || len(m.order) != before {
		t.Errorf("the other basis: %d periods sealed, %v", len(m.order)-before, err)
	}
}

func TestLostKeyStopsItsYearAlone(t *testing.T) {
	s, m, plan, restore := loseKey(t)
	_, err := s.Seal(t.Context(), plan, mustDay(t, "2026-02-10").Start(plan.Location))
	if !errors.Is(err, ErrNoKey) || !slices.Contains(m.order, "2026-01") || slices.Contains(m.order, "2025-12") {
		t.Errorf("sealed %v, %v", m.order, err)
	}
	if _, err := NewBook(m).Figure(t.Context(), query(t, cell.Page, "/page/1", "2025-11")); err != nil {
		t.Errorf("reading without a key: %v", err)
	}
	restore()
	sealAll(t, m, s.Keys, plan, mustDay(t, "2026-02-10"))
	if !slices.Contains(m.order, "2025-12") {
		t.Error("December is not sealed with the key back")
	}
}

func TestDestroyedKeyRefuses(t *testing.T) {
	plan := testPlan(t)
	end := mustDay(t, "2025-02-10")
	m := newMemory(charity(6, plan.First, end)...)
	keys := fixedKeys(t, 6)
	sealAll(t, m, keys, plan, end)
	before, answers := len(m.order), transcript(t, m, plan, end)
	if err := keys.Destroy(testSite, 2025, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	s := &Sealer{Counts: m, Ledger: m, Keys: keys}
	if _, err := s.Seal(t.Context(), plan, mustDay(t, "2025-04-10").Start(plan.Location)); !errors.Is(err, ErrNoKey) {
		t.Errorf("sealing with a destroyed key: %v", err)
	}
	if len(m.order) != before {
		t.Errorf("sealed without a key: %v", m.order[before:])
	}
	if transcript(t, m, plan, end) != answers {
		t.Error("what was sealed has changed")
	}
}

func TestMovedQuartersNeverOverlap(t *testing.T) {
	plan := testPlan(t)
	m := newMemory(charity(7, plan.First, mustDay(t, "2026-01-31"))...)
	keys := fixedKeys(t, 7)
	sealAll(t, m, keys, plan, mustDay(t, "2025-08-01")) // Q1 and Q2
	plan.QuarterStart = 2
	sealAll(t, m, keys, plan, mustDay(t, "2026-02-10"))
	var quarters []Period
	for _, name := range m.order {
		if p := period(t, name); p.Grain == Quarter {
			quarters = append(quarters, p)
		}
	}
	if diff := cmp.Diff([]Period{period(t, "2025-Q1"), period(t, "2025-Q2"), period(t, "2025-Q3-08"), period(t, "2025-Q4-11")}, quarters); diff != "" {
		t.Errorf("sealed quarters (-want +got):\n%s", diff)
	}
}

func TestReadsCellsOnceAMonth(t *testing.T) {
	plan := testPlan(t)
	end := mustDay(t, "2026-02-05")
	m := newMemory(charity(8, plan.First, end)...)
	start := time.Now()
	report := sealAll(t, m, fixedKeys(t, 8), plan, end)
	t.Logf("%+v in %s from %d cells", report, time.Since(start), len(m.cells))
	// November 2024 to February 2026, once for the days and once for the rest.
	if m.reads > 16+16 {
		t.Errorf("cells were read %d times for 13 months", m.reads)
	}
	m.reads = 0
	sealAll(t, m, fixedKeys(t, 8), plan, end+1)
	if m.reads != 1 {
		t.Errorf("cells were read %d times for one more day", m.reads)
	}
}
