package disclosure

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// Entered is what was entered of an indicator for one month or quarter.
type Entered struct {
	Period Period
	Since  time.Time         // when these numbers were entered
	Final  bool              // a member of staff has said that they are final
	Whole  uint64            // total of the indicator
	Parts  map[string]uint64 // by value of its breakdown; nil = none was given
}

// RecordPlan is what the sealer has to know of an indicator of case records.
type RecordPlan struct {
	Site         string
	Indicator    string         // id
	Location     *time.Location // of the site's days
	QuarterStart int            // month 1-12 in which a quarter begins
	Values       []string       // of the breakdown, declared
	Strict       Strictness
	Exact        bool      // an agreement demands its total exactly
	Entered      []Entered // all that can be read, sealed before or not
}

// SealRecords seals the totals of an indicator that are ripe (see Ripe) and not
// sealed yet. A quarter whose months were entered is sealed with the last of
// them, and first, so that nobody sees its months without it.
func (s *Sealer) SealRecords(ctx context.Context, plan RecordPlan, now time.Time) (Report, error) {
	r := recordRound{Sealer: s, plan: plan, now: now, basis: cell.OfIndicator(plan.Indicator), mills: map[int]*mill{}}
	report, err := r.seal(ctx)
	if err != nil {
		return report, fmt.Errorf("seal case records of site %s, %s: %w", plan.Site, plan.Indicator, err)
	}
	return report, nil
}

// Ripe says whether totals may be sealed: their period is closed as any other,
// and they have stood for as long again, or somebody has said that they are
// final.
func (e Entered) Ripe(loc *time.Location, now time.Time) bool {
	return e.Period.Closed(loc, now) && (e.Final || !now.Before(e.Since.Add(Grace)))
}

type recordRound struct {
	*Sealer
	plan  RecordPlan
	now   time.Time
	basis cell.Basis
	mills map[int]*mill
}

func (r recordRound) seal(ctx context.Context) (report Report, err error) {
	due, err := r.due(ctx)
	if err != nil {
		return report, err
	}
	for len(due) > 0 { // what begins in one year together
		year := due[0].Period.First.Year()
		ready := Sealing{Site: r.plan.Site, Basis: r.basis, At: r.now}
		atoms := 0
		for len(due) > 0 && due[0].Period.First.Year() == year {
			entries, err := r.entries(due[0])
			if err != nil {
				return report, err
			}
			ready.Parts = append(ready.Parts, Sealed{due[0].Period, entries})
			atoms += len(entries)
			due = due[1:]
		}
		if err := r.Ledger.Seal(ctx, ready); err != nil {
			return report, fmt.Errorf("write entries: %w", err)
		}
		report.Periods += len(ready.Parts)
		report.Atoms += atoms
	}
	return report, nil
}

// due lists what is to be sealed now: quarters first.
func (r recordRound) due(ctx context.Context) ([]Entered, error) {
	sealed, all, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	taken, err := otherQuarters(Quarter, sealed, r.plan.QuarterStart)
	if err != nil {
		return nil, err
	}
	var due []Entered
	for _, e := range all {
		if !sealed[e.Period.Name] && e.Ripe(r.plan.Location, r.now) && r.fits(e.Period, taken) {
			due = append(due, e)
		}
	}
	done := maps.Clone(sealed) // or about to be
	for _, e := range due {
		done[e.Period.Name] = true
	}
	for _, e := range slices.Clone(due) {
		q := PeriodOf(Quarter, e.Period.First, r.plan.QuarterStart)
		if done[q.Name] || !r.fits(q, taken) {
			continue
		}
		if whole, ok := madeUp(q, all, done); ok {
			due = append(due, whole)
			done[q.Name] = true
		}
	}
	slices.SortFunc(due, func(a, b Entered) int {
		return cmp.Or(-cmp.Compare(a.Period.Grain, b.Period.Grain), cmp.Compare(a.Period.First, b.Period.First)) // "quarter" before "month"
	})
	return due, nil
}

// read returns the names of what is sealed around what was entered, and that by
// name.
func (r recordRound) read(ctx context.Context) (sealed map[string]bool, all map[string]Entered, err error) {
	if len(r.plan.Entered) == 0 {
		return map[string]bool{}, nil, nil
	}
	all = map[string]Entered{}
	first, last := r.plan.Entered[0].Period.First, r.plan.Entered[0].Period.Last
	for _, e := range r.plan.Entered {
		if g := e.Period.Grain; g != Month && g != Quarter {
			return nil, nil, fmt.Errorf("totals of %q: want a month or a quarter: %w", e.Period.Name, ErrPeriod)
		}
		all[e.Period.Name] = e
		first, last = min(first, e.Period.First), max(last, e.Period.Last)
	}
	sealed, err = r.Ledger.Sealed(ctx, r.plan.Site, r.basis, first-100, last+100)
	if err != nil {
		return nil, nil, fmt.Errorf("read sealed periods: %w", err)
	}
	return sealed, all, nil
}

// fits says whether a period is one that the site seals now: a quarter begins
// where its quarters do and overlaps none that was sealed before they moved.
func (r recordRound) fits(p Period, taken []Period) bool {
	return p.Grain != Quarter || p == PeriodOf(Quarter, p.First, r.plan.QuarterStart) && !slices.ContainsFunc(taken, p.overlaps)
}

// madeUp adds up a quarter whose months are all entered, and sealed or about to
// be. It has a breakdown if each of them has.
func madeUp(q Period, all map[string]Entered, done map[string]bool) (sum Entered, ok bool) {
	sum = Entered{Period: q, Parts: map[string]uint64{}}
	for _, m := range Months(q.First, q.Last) {
		e, entered := all[m.Name]
		if !entered || !done[m.Name] {
			return sum, false
		}
		sum.Whole += e.Whole
		if e.Parts == nil {
			sum.Parts = nil
		}
		for value, n := range e.Parts {
			if sum.Parts != nil {
				sum.Parts[value] += n
			}
		}
	}
	return sum, true
}

// entries makes the ledger's rows of a period. True counts are cut at once to
// what sums need: the totals themselves are kept apart, under a key.
func (r recordRound) entries(e Entered) ([]Entry, error) {
	m, err := r.mill(e.Period.CountingYear())
	if err != nil {
		return nil, err
	}
	rule := ruleOf(r.plan.Strict.of(r.plan.Site, e.Period.CountingYear(), cell.Indicator))
	atom := func(table cell.Table, value string) Atom {
		return Atom{Site: r.plan.Site, Basis: r.basis, Table: table, Period: e.Period, Value: value}
	}
	row := func(value string, n uint64) Entry {
		out := rule.seal(m, atom(cell.Indicator, value), n, n)
		out.N = min(out.N, KeptCount)
		return out
	}
	whole := row(r.plan.Indicator, e.Whole)
	breakdown := e.Parts != nil
	var entries []Entry
	if r.plan.Exact {
		exact := Entry{Atom: atom(exactTable, r.plan.Indicator), Year: e.Period.CountingYear()}
		if r.mayBeExact(e) {
			exact.N, exact.Noisy, exact.Shown = KeptCount, int64(e.Whole), e.Whole
		} else if e.Whole < leastExact {
			whole.Shown = 0 // a rounded 10 beside "no exact total" would tell
		}
		breakdown = breakdown && exactBreakdown(e.Whole, len(r.plan.Values))
		entries = append(entries, exact)
	}
	entries = append(entries, whole)
	if breakdown {
		for _, value := range r.plan.Values { // those that were not given are 0
			entries = append(entries, row(r.plan.Indicator+"/"+value, e.Parts[value]))
		}
	}
	return entries, nil
}

// exactBreakdown says whether an exact total may have its breakdown beside it.
// Whatever is shown of it counts 5 at least, so the rest of a small total would
// be bounded closely. The total and the number of values are known to everybody:
// that a breakdown is missing tells nothing.
func exactBreakdown(whole uint64, values int) bool {
	return whole >= leastExact+uint64(KeptCount*values)
}

// mayBeExact says whether a total may be shown as it is: 10 or more, and so are
// the months that it is made of, or one would be the difference of the others.
func (r recordRound) mayBeExact(e Entered) bool {
	if e.Whole < leastExact {
		return false
	}
	for _, part := range r.plan.Entered {
		inside := part.Period.First >= e.Period.First && part.Period.Last <= e.Period.Last
		if inside && part.Whole < leastExact {
			return false
		}
	}
	return true
}

// mill has the noise of a counting year. The key was made when totals of the
// year were first entered.
func (r recordRound) mill(year int) (*mill, error) {
	if m, ok := r.mills[year]; ok {
		return m, nil
	}
	key, err := r.Keys.Key(RecordsKey(r.plan.Site), year)
	if err != nil {
		return nil, fmt.Errorf("year %d: %w", year, err)
	}
	r.mills[year] = newMill(key)
	return r.mills[year], nil
}
