package disclosure

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/google/go-cmp/cmp"
)

// A property of the rule is a function that finds what breaks it. Each is held
// against the real part here, and against mutants that it has to find.

// badFigures seals many atoms with r and looks for a figure that must not be.
func badFigures(r rule) error {
	m := newMill(testKey(11))
	a := Atom{Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Period: Period{Grain: Month, Name: "2025-03"}}
	value := make([]byte, 8)
	for i := range 200_000 {
		binary.BigEndian.PutUint64(value, uint64(i))
		a.Value = string(value)
		n := uint64(i % 40)
		switch e := r.seal(m, a, n, n); {
		case e.Shown > 0 && n < 5:
			return fmt.Errorf("%d is shown for a true count of %d", e.Shown, n)
		case e.Shown%5 != 0 || e.Shown > 0 && e.Shown < 10:
			return fmt.Errorf("%d is shown", e.Shown)
		case n > 0 && e.Shown == 0 && e.Noisy >= r.threshold && n >= 5:
			return fmt.Errorf("nothing is shown for %d, noisy %d", n, e.Noisy)
		}
	}
	return nil
}

func TestFiguresAreFitToPublish(t *testing.T) {
	for _, strict := range []bool{false, true} {
		if err := badFigures(ruleOf(strict)); err != nil {
			t.Error(err)
		}
	}
	for name, mutate := range map[string]func(*rule){
		"no floor":     func(r *rule) { r.floor = 0 },
		"floor 4":      func(r *rule) { r.floor = 4 },
		"no threshold": func(r *rule) { r.threshold = 0 },
		"threshold 7":  func(r *rule) { r.threshold = 7 },
		"a peak gate":  func(r *rule) { r.peakGate = 20 },
	} {
		r := ruleOf(false)
		mutate(&r)
		if badFigures(r) == nil {
			t.Errorf("mutant %q is not found", name)
		}
	}
}

// changedAnswers seals, changes the cells, seals again and tells whether a
// reader can see it. ledger is what the sealer is given of m.
func changedAnswers(t testing.TB, ledger func(*memory) Ledger) error {
	t.Helper()
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-04-10")
	m := newMemory(charity(20, plan.First, end)...)
	s := &Sealer{Counts: m, Ledger: ledger(m), Keys: fixedKeys(t, 20)}
	now := end.Start(plan.Location)
	if _, err := s.Seal(t.Context(), plan, now); err != nil {
		return err
	}
	before := transcript(t, m, plan, end)
	m.cells = append(charity(21, plan.First, end), at(end-20, cell.Page, "/late", 5000))
	if _, err := s.Seal(t.Context(), plan, now); err != nil {
		return err
	}
	if transcript(t, m, plan, end) != before {
		return errors.New("answers changed with the cells")
	}
	// What is sealed later leaves every answer that was given as it is.
	if _, err := s.Seal(t.Context(), plan, now.AddDate(0, 3, 0)); err != nil {
		return err
	}
	later := transcript(t, m, plan, end)
	for line := range strings.Lines(before) {
		open := strings.Contains(line, ErrOpen.Error()) || strings.Contains(line, `"Sealed":false`)
		if !open && !strings.Contains(later, line) {
			return fmt.Errorf("an answer was taken back: %s", line)
		}
	}
	if later == before {
		return errors.New("three months later nothing more is sealed")
	}
	return nil
}

// forgetful is a ledger without the check for what is sealed: the last wins.
type forgetful struct{ *memory }

func (f forgetful) Sealed(context.Context, string, cell.Basis, day.Day, day.Day) (map[string]bool, error) {
	return nil, nil
}

func (f forgetful) Seal(ctx context.Context, s Sealing) error {
	f.mu.Lock()
	for _, part := range s.Parts {
		delete(f.sealed, sealID{s.Site, s.Basis, part.Period.Name})
	}
	f.mu.Unlock()
	return f.memory.Seal(ctx, s)
}

func TestLateCellsChangeNoAnswer(t *testing.T) {
	if err := changedAnswers(t, func(m *memory) Ledger { return m }); err != nil {
		t.Error(err)
	}
	if changedAnswers(t, func(m *memory) Ledger { return forgetful{m} }) == nil {
		t.Error("mutant \"no ledger check\" is not found")
	}
}

func TestSealingAgainGivesTheSameAnswers(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-04-10")
	cells := charity(22, plan.First, end)
	answers := map[string]bool{}
	for seed := range uint64(3) {
		m := newMemory(cells...)
		sealAll(t, m, fixedKeys(t, seed/2), plan, end) // the ledger was lost; the key was not
		a := transcript(t, m, plan, end)
		if a != transcript(t, m, plan, end) {
			t.Fatal("a second reading has other answers")
		}
		answers[a] = true
	}
	if len(answers) != 2 {
		t.Errorf("%d different ledgers from two keys", len(answers))
	}
}

// Whoever asks for a value that nobody, or up to four visits in all its
// history had, gets the same bytes.
func TestNothingAndFewAreTheSameAnswer(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-04-10")
	base := charity(23, plan.First, end)
	answer := func(n int, table cell.Table, value string) string {
		cells := base
		for i := range n {
			cells = append(cells, at(plan.First+day.Day(11*i%60), table, value, 1))
		}
		m := newMemory(cells...)
		sealAll(t, m, fixedKeys(t, 23), plan, end)
		return transcript(t, m, plan, end)
	}
	for table, value := range map[cell.Table]string{cell.Issue: "never-asked", cell.Page: "/page/rare"} {
		none := answer(0, table, value)
		for n := 1; n <= 4; n++ {
			if answer(n, table, value) != none {
				t.Errorf("%d visits of %s %s give other answers than none", n, table, value)
			}
		}
		if answer(60, table, value) == none {
			t.Errorf("60 visits of %s %s give the same answers as none", table, value)
		}
	}
}

// Every number that a reader can get, sums included, is a multiple of 5 from
// 10 up and stands for at least 5 visits.
func TestAllAnswersAreFitToPublish(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-05-10")
	shown := 0
	for seed := range uint64(5) {
		m := newMemory(charity(30+seed, plan.First, end)...)
		sealAll(t, m, fixedKeys(t, seed), plan, end)
		for _, table := range []cell.Table{cell.Total, cell.Page, cell.Device, cell.Issue} {
			for _, p := range readable(plan, end) {
				shown += checkRows(t, m, Query{Site: testSite, Table: table, Period: p})
			}
		}
	}
	if shown < 1000 {
		t.Errorf("only %d numbers looked at", shown)
	}
}

// checkRows compares the rows of one table with the cells of m and returns how
// many there are; none if the table has no answer.
func checkRows(t *testing.T, m *memory, q Query) int {
	t.Helper()
	rows, err := NewBook(m).Table(t.Context(), q)
	if err != nil {
		return 0
	}
	truth := map[string]uint64{}
	for _, c := range m.cells {
		if c.Table == q.Table && c.Day >= q.Period.First && c.Day <= q.Period.Last {
			truth[c.Value] += c.N
		}
	}
	for _, row := range rows {
		n, ok := row.Figure.Shown()
		if !ok || n < 10 || n%5 != 0 || truth[row.Value] < 5 {
			t.Errorf("%s %s in %s shows %s for %d", q.Table, row.Value, q.Period.Name, row.Figure, truth[row.Value])
		}
	}
	return len(rows)
}

func TestNoisyQuarterIsTheSumOfNoisyMonths(t *testing.T) {
	plan := testPlan(t)
	end := mustDay(t, "2025-04-10")
	m := newMemory(charity(24, plan.First, end)...)
	sealAll(t, m, fixedKeys(t, 24), plan, end)
	type sum struct {
		n     uint64
		noisy int64
	}
	sums := map[string]sum{}
	for a, e := range m.every() {
		if a.Table == cell.Page && a.Period.Grain == Month {
			old := sums[a.Value]
			sums[a.Value] = sum{old.n + e.N, old.noisy + e.Noisy}
		}
	}
	differs := 0
	for value, s := range sums {
		var want Figure
		if s.n >= 5 && s.noisy >= 15 {
			want.shown = uint64((s.noisy + 2) / 5 * 5)
		}
		got, err := NewBook(m).Figure(t.Context(), query(t, cell.Page, value, "2025-Q1"))
		if got != want || err != nil {
			t.Errorf("%s: %s, %v, want %s", value, got, err, want)
		}
		if want.shown != (s.n+2)/5*5 {
			differs++
		}
	}
	if differs == 0 {
		t.Error("the sums of true counts would give the same figures: this test cannot fail")
	}
}

func TestOrderAndBatchesOfHitsDoNotMatter(t *testing.T) {
	plan := testPlan(t)
	end := mustDay(t, "2025-02-10")
	cells := charity(25, plan.First, end)
	whole := newMemory(cells...)
	sealAll(t, whole, fixedKeys(t, 25), plan, end)
	for seed := range uint64(5) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		var parts []cell.Cell
		for _, c := range cells {
			for c.N > 0 {
				part := c
				part.N = 1 + rnd.Uint64N(c.N)
				c.N -= part.N
				parts = append(parts, part)
			}
		}
		rnd.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		m := newMemory(parts...)
		sealAll(t, m, fixedKeys(t, 25), plan, end)
		if diff := cmp.Diff(whole.every(), m.every()); diff != "" {
			t.Errorf("(-whole +in %d parts):\n%s", len(parts), diff)
		}
	}
	// The size of the largest day is that of all its parts, not of one.
	tl := newTally(period(t, "2025-01"))
	r := round{Sealer: &Sealer{Counts: newMemory(at(plan.First, cell.Page, "/", 3), at(plan.First, cell.Page, "/", 4))}, plan: plan}
	if err := r.count(t.Context(), tl.period, []*tally{tl}); err != nil {
		t.Fatal(err)
	}
	if got := tl.sums[series{cell.Page, "/"}]; got != (sums{n: 7, peak: 7}) {
		t.Errorf("two parts of a day: %+v", got)
	}
}

// changedAtoms counts, by table, the atoms that differ between two ledgers.
func changedAtoms(a, b map[Atom]Entry) map[cell.Table]int {
	changed := map[cell.Table]int{}
	all := maps.Clone(a)
	maps.Copy(all, b)
	for atom := range all {
		if a[atom] != b[atom] {
			changed[atom.Table]++
		}
	}
	return changed
}

func TestOneVisitChangesAtMostTwoAtomsOfATable(t *testing.T) {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-07-10")
	base := charity(26, plan.First, end)
	seal := func(cells ...cell.Cell) map[Atom]Entry {
		m := newMemory(append(base, cells...)...)
		sealAll(t, m, fixedKeys(t, 26), plan, end)
		return m.every()
	}
	before := seal()
	visit := func(d day.Day) []cell.Cell {
		return []cell.Cell{
			at(d, cell.Total, "", 1), at(d, cell.Page, "/page/3", 1), at(d, cell.Device, "phone", 1), at(d, cell.Issue, "money", 1),
		}
	}
	for d := plan.First; d < plan.First+180; d += 17 {
		want := map[cell.Table]int{cell.Total: 1, cell.Page: 2, cell.Device: 2, cell.Issue: 2}
		if diff := cmp.Diff(want, changedAtoms(before, seal(visit(d)...))); diff != "" {
			t.Errorf("atoms changed by a visit on %s (-want +got):\n%s", d, diff)
		}
	}
	two := changedAtoms(before, seal(append(visit(plan.First), visit(plan.First+40)...)...))
	if two[cell.Page] != 4 {
		t.Errorf("two visits in two months change %d atoms: this test cannot fail", two[cell.Page])
	}
}
