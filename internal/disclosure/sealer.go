package disclosure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// Plan is what the sealer has to know of a site.
type Plan struct {
	Site         string
	Basis        cell.Basis
	Location     *time.Location // of the site's days
	QuarterStart int            // month 1-12 in which a quarter begins
	First        day.Day        // the first day on which hits could be counted
	// Domains lists values that are known to everybody: the declared
	// vocabularies, areas, devices and so on. They get an entry even if nothing
	// was counted, so that absence tells nothing.
	Domains map[cell.Table][]string
	Strict  Strictness      // the same that the site is read with
	Deleted map[string]bool // names of months whose cells are deleted
}

// Report is what one round of sealing did.
type Report struct {
	Atoms   int // entries handed to the ledger
	Periods int
}

// Sealer turns the cells of closed periods into entries of the ledger, once.
// It keeps nothing between rounds; several may run at once, in one process or
// in many: the ledger takes the first of two entries of a period.
type Sealer struct {
	Counts Counts
	Ledger Ledger
	Keys   *KeyStore
	piece  int // atoms written at once; 0 for most
}

// Seal seals every period of the plan's site that is closed at now and not
// sealed yet, from the site's first day on (days and months from two months
// before it, so that its first quarter is whole). A round that was cut short is
// finished by the next. Where the noise key of a year is gone, the periods of
// that year stay unsealed, the rest is sealed, and the error is an ErrNoKey,
// unless something else failed too.
func (s *Sealer) Seal(ctx context.Context, plan Plan, now time.Time) (Report, error) {
	r := round{Sealer: s, plan: plan, now: now, mills: map[int]*mill{}, noKey: map[int]error{}}
	r.ready = Sealing{Site: plan.Site, Basis: plan.Basis, At: now}
	// Days first: the sealed total of a day closes it for writes, so that the
	// cells of longer periods stand still when they are read.
	err := r.seal(ctx, Day)
	if err == nil {
		err = r.seal(ctx, Week, Quarter, Month)
	}
	if err == nil { // what failed matters more than what is refused
		for _, year := range slices.Sorted(maps.Keys(r.noKey)) {
			err = errors.Join(err, r.noKey[year])
		}
	}
	if err != nil {
		return r.report, fmt.Errorf("seal site %s: %w", plan.Site, err)
	}
	return r.report, nil
}

// abreast is how many sites are sealed at once: the more, the more of them
// share what writing to the ledger costs.
const abreast = 24

// Each calls seal for each of the plans, for some of them at once. After an
// error no more are begun, and it is returned.
func Each(plans []Plan, seal func(Plan) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	next := func() (plan Plan, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if ok = failed == nil && len(plans) > 0; ok {
			plan, plans = plans[0], plans[1:]
		}
		return plan, ok
	}
	for range abreast {
		wg.Go(func() {
			for plan, ok := next(); ok; plan, ok = next() {
				if err := seal(plan); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return failed
}

// round is one run of Seal.
type round struct {
	*Sealer
	plan   Plan
	now    time.Time
	mills  map[int]*mill // by counting year
	noKey  map[int]error
	sealed map[string]bool // names of periods, when the round began
	ready  Sealing         // to be written
	atoms  int             // in it
	report Report
}

// most is how many atoms of a site are written at once: some 5 MB of memory.
const most = 10_000

// seal seals the pending periods of the grains. Cells are read once for all of
// them, a month at a time, and a period is sealed as soon as it is complete.
// Periods that end together are sealed in the order of the grains: with
// quarters before months, nobody can ever see all months of a quarter sealed
// but not the quarter (see Book).
func (r *round) seal(ctx context.Context, grains ...Grain) error {
	pending, err := r.pending(ctx, grains)
	if err != nil || len(pending) == 0 {
		return err
	}
	slices.SortStableFunc(pending, func(a, b *tally) int { return int(a.period.Last - b.period.Last) })
	first := slices.MinFunc(pending, func(a, b *tally) int { return int(a.period.First - b.period.First) }).period.First
	for _, month := range Months(first, pending[len(pending)-1].period.Last) {
		if month.Last >= r.plan.First { // before, nothing could be counted
			if err := r.count(ctx, month, pending); err != nil {
				return err
			}
		}
		for len(pending) > 0 && pending[0].period.Last <= month.Last {
			if err := r.sealPeriod(ctx, pending[0]); err != nil {
				return err
			}
			pending = pending[1:]
		}
	}
	return r.write(ctx)
}

// pending lists the closed periods of the grains that are not sealed, grain by
// grain, in order.
func (r *round) pending(ctx context.Context, grains []Grain) (pending []*tally, err error) {
	last := day.Of(r.now.Add(-Grace), r.plan.Location) // not over yet, so not closed
	if last <= r.plan.First {
		return nil, nil
	}
	if r.sealed == nil { // the longest period reaches 92 days beyond either end
		if r.sealed, err = r.Ledger.Sealed(ctx, r.plan.Site, r.plan.Basis, monthStart(r.plan.First, -2)-100, last+100); err != nil {
			return nil, fmt.Errorf("read sealed periods: %w", err)
		}
	}
	sealed := r.sealed
	for _, g := range grains {
		taken, err := otherQuarters(g, sealed, r.plan.QuarterStart)
		if err != nil {
			return nil, err
		}
		for _, p := range periods(g, r.plan.start(g), last, r.plan.QuarterStart) {
			if !sealed[p.Name] && p.Closed(r.plan.Location, r.now) && !slices.ContainsFunc(taken, p.overlaps) && !r.plan.lacksCells(p) {
				pending = append(pending, newTally(p))
			}
		}
	}
	return pending, nil
}

// otherQuarters lists the sealed quarters of another quarter start. A quarter
// that overlaps one of them is never sealed: a visit would be in three atoms
// of a table.
func otherQuarters(g Grain, sealed map[string]bool, quarterStart int) ([]Period, error) {
	if g != Quarter {
		return nil, nil
	}
	var others []Period
	for name := range sealed {
		p, err := parsePeriod(name)
		if err != nil {
			return nil, fmt.Errorf("read sealed periods: %w", err)
		}
		if p.Grain == Quarter && p != PeriodOf(Quarter, p.First, quarterStart) {
			others = append(others, p)
		}
	}
	return others, nil
}

// sealPeriod makes the entries of one complete period ready for the ledger.
func (r *round) sealPeriod(ctx context.Context, t *tally) error {
	m, err := r.mill(ctx, t.period.CountingYear())
	if errors.Is(err, ErrNoKey) {
		return nil // reported at the end of the round
	}
	if err != nil {
		return err
	}
	parts := r.ready.Parts
	if len(parts) > 0 && (r.atoms >= cmp.Or(r.piece, most) || parts[0].Period.First.Year() != t.period.First.Year()) {
		if err := r.write(ctx); err != nil {
			return err
		}
	}
	entries := t.entries(r.plan, m)
	r.ready.Parts = append(r.ready.Parts, Sealed{t.period, entries})
	r.atoms += len(entries)
	return nil
}

// write hands what is ready to the ledger.
func (r *round) write(ctx context.Context) error {
	parts := r.ready.Parts
	if len(parts) == 0 {
		return nil
	}
	if err := r.Ledger.Seal(ctx, r.ready); err != nil {
		return fmt.Errorf("write entries of %s to %s: %w", parts[0].Period.Name, parts[len(parts)-1].Period.Name, err)
	}
	r.report.Atoms += r.atoms
	r.report.Periods += len(parts)
	r.ready.Parts, r.atoms = nil, 0
	return nil
}

// mill has the noise of a counting year.
func (r *round) mill(ctx context.Context, year int) (*mill, error) {
	if m, ok := r.mills[year]; ok {
		return m, nil
	}
	if err, gone := r.noKey[year]; gone {
		return nil, err
	}
	key, err := r.key(ctx, year)
	if errors.Is(err, ErrNoKey) {
		err = fmt.Errorf("year %d: %w", year, err)
		r.noKey[year] = err
	}
	if err != nil {
		return nil, err
	}
	r.mills[year] = newMill(key)
	return r.mills[year], nil
}

// key finds the key of a counting year or makes it, but only for a year of
// which nothing is sealed: a second key would give sealed counts new noise.
func (r *round) key(ctx context.Context, year int) ([32]byte, error) {
	key, err := r.Keys.Key(r.plan.Site, year)
	if !errors.Is(err, errKeyMissing) {
		return key, err
	}
	begun, err := r.begun(ctx, year)
	if err != nil {
		return key, err
	}
	if begun {
		// Another sealer may have made the key and sealed with it just now.
		return r.Keys.Key(r.plan.Site, year)
	}
	return r.Keys.Create(r.plan.Site, year)
}

// begun tells whether anything of the site's counting year is sealed, on
// either basis: they share the key.
func (r *round) begun(ctx context.Context, year int) (bool, error) {
	first, last := day.New(year, 1, 1)-7, day.New(year, 12, 31)+100
	for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
		sealed, err := r.Ledger.Sealed(ctx, r.plan.Site, basis, first, last)
		if err != nil {
			return false, fmt.Errorf("read sealed periods: %w", err)
		}
		for name := range sealed {
			p, err := parsePeriod(name)
			if err != nil {
				return false, fmt.Errorf("read sealed periods: %w", err)
			}
			if p.CountingYear() == year {
				return true, nil
			}
		}
	}
	return false, nil
}
