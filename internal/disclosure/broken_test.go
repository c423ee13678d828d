package disclosure

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// quarterIsNoSum tells whether the figure of a quarter is another than that of
// the sum of its noisy months.
func quarterIsNoSum(t testing.TB, off mutant) error {
	plan := testPlan(t)
	end := mustDay(t, "2025-04-10")
	m := newMemory(charity(24, plan.First, end)...)
	off.sealInto(t, m, fixedKeys(t, 24), plan, end)
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
	for value, s := range sums {
		var want Figure
		if s.n >= 5 && s.noisy >= 15 {
			want.shown = uint64((s.noisy + 2) / 5 * 5)
		}
		q := query(t, cell.Page, value, "2025-Q1")
		got, err := NewBook(m).Figure(t.Context(), q)
		if err != nil {
			return err
		}
		if off.quarter != nil {
			got = off.quarter(m, q)
		}
		if got != want {
			return fmt.Errorf("%s: %s, want %s", value, got, want)
		}
	}
	return nil
}

// trueQuarter adds up the true counts; ownQuarter gives the sum noise of its own.
func trueQuarter(m *memory, q Query) Figure {
	return quarterBy(m, q, func(Atom, uint64) int64 { return 0 })
}

func ownQuarter(m *memory, q Query) Figure {
	noise := newMill(testKey(99))
	return quarterBy(m, q, func(a Atom, n uint64) int64 {
		d := noise.digest(a, n)
		return plainLaw().draw(binary.BigEndian.Uint64(d[:8]))
	})
}

func quarterBy(m *memory, q Query, noise func(Atom, uint64) int64) Figure {
	var n uint64
	for a, e := range m.every() {
		if a.Table == q.Table && a.Value == q.Value && a.Period.Grain == Month && a.Period.First >= q.Period.First && a.Period.Last <= q.Period.Last {
			n += e.N
		}
	}
	a := Atom{Site: q.Site, Basis: cell.BasisConsent, Table: q.Table, Value: q.Value, Period: q.Period}
	return Figure{shown: ruleOfSum(traffic, false, 3).shown(n, int64(n)+noise(a, n))}
}

// batchesMatter seals cells whole and in shuffled parts and tells whether the
// ledgers differ. The gate on the largest day is raised for it: at 1 no part of
// a day can be below.
func batchesMatter(t testing.TB, off mutant) error {
	plan := testPlan(t)
	end := mustDay(t, "2025-02-10")
	cells := charity(25, plan.First, end)
	whole := newMemory(cells...)
	off.sealInto(t, whole, fixedKeys(t, 25), plan, end)
	for seed := range uint64(3) {
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
		off.sealInto(t, m, fixedKeys(t, 25), plan, end)
		if !maps.Equal(whole.every(), m.every()) {
			return fmt.Errorf("sealed in %d parts, the ledger is another", len(parts))
		}
	}
	// The size of the largest day is that of all its parts, not of one.
	tl := newTally(period(t, "2025-01"))
	r := round{Sealer: &Sealer{Counts: newMemory(at(plan.First, cell.Page, "/", 3), at(plan.First, cell.Page, "/", 4))}, plan: plan}
	if err := r.count(t.Context(), tl.period, []*tally{tl}); err != nil {
		return err
	}
	if got := tl.sums[series{cell.Page, "/"}]; got != (sums{n: 7, peak: 7}) {
		return fmt.Errorf("two parts of a day: %+v", got)
	}
	return nil
}

// lastPart is Counts that has of each day and value the last part alone.
type lastPart struct{ *memory }

func (l lastPart) Cells(ctx context.Context, site string, basis cell.Basis, first, last day.Day) ([]cell.Cell, error) {
	all, err := l.memory.Cells(ctx, site, basis, first, last)
	parts := map[cell.Cell]cell.Cell{}
	for _, c := range all {
		key := c
		key.N = 0
		parts[key] = c
	}
	return slices.Collect(maps.Values(parts)), err
}

// openAnswer looks for an answer to a question about an open period, or for an
// error that depends on what was counted.
func openAnswer(t testing.TB, off mutant) error {
	plan := testPlan(t)
	end := mustDay(t, "2025-02-20")
	answers := map[string]bool{}
	for _, cells := range [][]cell.Cell{nil, charity(1, end-5, end), charity(2, end-5, end)} {
		m := newMemory(cells...)
		off.sealInto(t, m, fixedKeys(t, 1), plan, end-5)
		sealed := len(m.order)
		book := NewBook(off.over(m))
		var out strings.Builder
		for _, name := range []string{"2025-02-18", "2025-W08", "2025-02", "2025-Q1", "2025", "2025-01..2025-02"} {
			for _, table := range []cell.Table{cell.Total, cell.Page, cell.Issue} {
				f, err := book.Figure(t.Context(), query(t, table, "", name))
				rows, err2 := book.Table(t.Context(), query(t, table, "", name))
				if err == nil || err2 == nil {
					return fmt.Errorf("%s in %s has an answer before it is sealed", table, name)
				}
				out.WriteString(f.String() + err.Error() + err2.Error() + strings.Repeat("row", len(rows)))
			}
		}
		if len(m.order) != sealed {
			return errors.New("reading sealed something")
		}
		answers[out.String()] = true
	}
	if len(answers) != 1 {
		return errors.New("the answers for open periods depend on the counts")
	}
	return nil
}

// hasty is a ledger whose every period is sealed, with what is counted so far.
type hasty struct{ *memory }

func (h hasty) Sealed(_ context.Context, _ string, _ cell.Basis, first, last day.Day) (map[string]bool, error) {
	all := map[string]bool{}
	for _, g := range []Grain{Day, Week, Month, Quarter} {
		for _, p := range periods(g, first, last, 1) {
			all[p.Name] = true
		}
	}
	return all, nil
}

// moreAtoms tells whether one visit changes more than two atoms of a table, on
// any day, also after the quarters were moved.
func moreAtoms(t testing.TB, off mutant) error {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-11-10")
	base := charity(26, plan.First, end)
	seal := func(cells ...cell.Cell) map[Atom]Entry {
		m, keys, plan := newMemory(append(slices.Clone(base), cells...)...), fixedKeys(t, 26), plan
		off.sealInto(t, m, keys, plan, mustDay(t, "2025-08-01"))
		plan.QuarterStart = 2
		off.sealInto(t, m, keys, plan, end)
		return m.every()
	}
	before := seal()
	for d := plan.First + 6; d < plan.First+190; d += 23 {
		after := seal(at(d, cell.Total, "", 1), at(d, cell.Page, "/page/3", 1), at(d, cell.Device, "phone", 1), at(d, cell.Issue, "money", 1))
		for table, n := range changedAtoms(before, after) {
			if n > 2 || table == cell.Total && n > 1 {
				return fmt.Errorf("a visit on %s changes %d atoms of %s", d, n, table)
			}
		}
	}
	return nil
}

// forgetsQuarters is a ledger that does not tell which quarters are sealed.
type forgetsQuarters struct{ *memory }

func (f forgetsQuarters) Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	all, err := f.memory.Sealed(ctx, site, basis, first, last)
	maps.DeleteFunc(all, func(name string, _ bool) bool { return strings.Contains(name, "Q") })
	return all, err
}

// sealsWithoutKey destroys a key, takes its mark away too and tells whether a
// sealer goes on with another.
func sealsWithoutKey(t testing.TB, off mutant) error {
	plan := testPlan(t)
	end := mustDay(t, "2025-02-10")
	m := newMemory(charity(6, plan.First, end)...)
	dir := t.TempDir()
	keys := openTestKeys(t, dir, [32]byte{1})
	sealAll(t, m, keys, plan, end)
	before := len(m.order)
	for _, lose := range []func() error{
		func() error { return keys.Destroy(testSite, 2025, time.Unix(0, 0)) },
		func() error { return os.Remove(filepath.Join(dir, testSite+".2025.key")) },
	} {
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		s := &Sealer{Counts: m, Ledger: off.over(m), Keys: keys}
		if _, err := s.Seal(t.Context(), plan, mustDay(t, "2025-04-10").Start(plan.Location)); !errors.Is(err, ErrNoKey) || len(m.order) != before {
			return errors.Join(fmt.Errorf("%d periods are sealed without the key", len(m.order)-before), err)
		}
	}
	return nil
}

// unbegun is a ledger that tells of no year as a whole what is sealed in it.
type unbegun struct{ *memory }

func (u unbegun) Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	if last-first > 400 { // what the sealer asks before it makes a key
		return nil, nil
	}
	return u.memory.Sealed(ctx, site, basis, first, last)
}

// correlated looks for two atoms that differ in one field, or in their count,
// and whose noises know of each other.
func correlated(_ testing.TB, off mutant) error {
	const pairs = 20_000
	m, l := newMill(testKey(9)), plainLaw()
	digest := m.digest
	if off.digest != nil {
		digest = off.digest
	}
	noise := func(a Atom, n uint64) float64 {
		d := digest(a, n)
		return float64(l.draw(binary.BigEndian.Uint64(d[:8])))
	}
	for name, change := range map[string]func(*Atom, *uint64){
		"site":   func(a *Atom, _ *uint64) { a.Site = "kx4f9r" },
		"basis":  func(a *Atom, _ *uint64) { a.Basis = cell.BasisException },
		"table":  func(a *Atom, _ *uint64) { a.Table = cell.Entry },
		"grain":  func(a *Atom, _ *uint64) { a.Period.Grain = Week },
		"period": func(a *Atom, _ *uint64) { a.Period.Name = "2025-04" },
		"value":  func(a *Atom, _ *uint64) { a.Value += "/" },
		"count":  func(_ *Atom, n *uint64) { *n++ },
	} {
		var xy, xx, yy float64
		for i := range pairs {
			a := Atom{
				Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Value: "/" + strconv.Itoa(i),
				Period: Period{Grain: Month, Name: "2025-03"},
			}
			n := uint64(i % 40)
			x := noise(a, n)
			change(&a, &n)
			y := noise(a, n)
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
		if r := xy / math.Sqrt(xx*yy); math.Abs(r) > 4/math.Sqrt(pairs) {
			return fmt.Errorf("noises of atoms that differ in the %s have correlation %.4f", name, r)
		}
	}
	return nil
}
