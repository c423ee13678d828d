package disclosure

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// series names what is counted over time: a value of a table.
type series struct {
	table cell.Table
	value string
}

// sums is the count of a series in a period, and that of its largest day.
type sums struct {
	n, peak uint64
}

// tally gathers the counts of one period until it is complete.
type tally struct {
	period Period
	sums   map[series]sums
}

func newTally(p Period) *tally { return &tally{period: p, sums: map[series]sums{}} }

// count reads the cells of month, as far as a pending period needs them, and
// adds them to the tallies.
func (r *round) count(ctx context.Context, month Period, pending []*tally) error {
	byDay := map[day.Day][]*tally{}
	first, last := month.Last+1, month.First-1
	for _, t := range pending {
		from, to := max(t.period.First, month.First), min(t.period.Last, month.Last)
		for d := from; d <= to; d++ {
			byDay[d] = append(byDay[d], t)
			first, last = min(first, d), max(last, d)
		}
	}
	if first > last {
		return nil
	}
	cells, err := r.Counts.Cells(ctx, r.plan.Site, r.plan.Basis, first, last)
	if err != nil {
		return fmt.Errorf("read cells of %s: %w", month.Name, err)
	}
	// A day's count may come in parts; its size decides the peak.
	type daily struct {
		series
		day day.Day
	}
	counts := make(map[daily]uint64, len(cells))
	for _, c := range cells {
		counts[daily{series{c.Table, c.Value}, c.Day}] += c.N
	}
	for c, n := range counts {
		for _, t := range byDay[c.day] {
			t.add(c.series, n)
		}
	}
	return nil
}

// add adds the whole count of one day.
func (t *tally) add(s series, n uint64) {
	if !profileOf(s.table).has(t.period.Grain) {
		return
	}
	old := t.sums[s]
	t.sums[s] = sums{n: old.n + n, peak: max(old.peak, n)}
}

// entries seals the tally: one entry for each value that was counted or that
// the plan knows.
func (t *tally) entries(plan Plan, m *mill) []Entry {
	t.add(series{table: cell.Total}, 0)
	for table, values := range plan.Domains {
		for _, v := range values {
			t.add(series{table, v}, 0)
		}
	}
	entries, rules := make([]Entry, 0, len(t.sums)), map[cell.Table]rule{}
	for s, sum := range t.sums {
		if _, ok := rules[s.table]; !ok {
			rules[s.table] = ruleOf(plan.Strict.of(plan.Site, t.period.CountingYear(), s.table))
		}
		a := Atom{Site: plan.Site, Basis: plan.Basis, Table: s.table, Period: t.period, Value: s.value}
		entries = append(entries, rules[s.table].seal(m, a, sum.n, sum.peak))
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Atom.Table, b.Atom.Table), cmp.Compare(a.Atom.Value, b.Atom.Value))
	})
	return entries
}
