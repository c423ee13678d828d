package disclosure

import (
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/day"
)

// reading is what one call of a book has read of the ledger: for each grain
// all of a table within the days that the call is about.
type reading struct {
	book        *book
	query       Query // without period and value
	first, last day.Day
	shelves     map[Grain]shelf
}

// shelf is the sealed periods of a site, and the entries of a table: at least
// those that were asked for.
type shelf struct {
	sealed  map[string]bool
	entries byPeriod
}

func newReading(b *book, q Query, periods ...Period) *reading {
	r := &reading{book: b, query: q, shelves: map[Grain]shelf{}}
	for i, p := range periods {
		if i == 0 {
			r.first, r.last = p.First, p.Last
		}
		r.first, r.last = min(r.first, p.First), max(r.last, p.Last)
	}
	return r
}

// shelf reads a grain, once.
func (r *reading) shelf(ctx context.Context, g Grain) (shelf, error) {
	if s, ok := r.shelves[g]; ok {
		return s, nil
	}
	s, err := r.book.shelf(ctx, Range{
		Site: r.query.Site, Basis: r.book.basis, Table: r.query.Table, Grains: []Grain{g}, First: r.first, Last: r.last,
	})
	if err == nil {
		r.shelves[g] = s
	}
	return s, err
}

// shelf reads what is sealed before the entries: an entry that comes in between
// is of no period that counts as sealed.
func (b *book) shelf(ctx context.Context, r Range) (s shelf, err error) {
	if b.page != nil {
		return b.page.shelf(ctx, r)
	}
	if s.sealed, err = b.ledger.Sealed(ctx, r.Site, r.Basis, r.First, r.Last); err != nil {
		return s, fmt.Errorf("read sealed periods: %w", err)
	}
	s.entries, err = entriesOf(ctx, b.ledger, r)
	return s, err
}

// entriesOf reads the entries of one table.
func entriesOf(ctx context.Context, l Ledger, r Range) (byPeriod, error) {
	entries, err := l.Entries(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	all := byPeriod{}
	for _, e := range entries {
		all.add(e)
	}
	return all, nil
}

// figures returns the figures of all values of the table in p.
func (r *reading) figures(ctx context.Context, p Period) (map[string]Figure, error) {
	parts, err := r.parts(ctx, p)
	if err != nil {
		return nil, err
	}
	// A sum without those of its parts that are gone would be another answer to
	// the same question.
	if r.book.Kept != nil && parts[0].Last < r.book.Kept(r.query.Site) {
		return nil, ErrGone
	}
	s, err := r.shelf(ctx, parts[0].Grain)
	if err != nil {
		return nil, err
	}
	type sum struct {
		n     uint64
		noisy int64
	}
	sums := map[string]sum{}
	figures := map[string]Figure{}
	for _, part := range parts {
		if !s.sealed[part.Name] {
			return nil, ErrOpen
		}
		for _, e := range s.entries[part.Name] {
			old := sums[e.Atom.Value]
			sums[e.Atom.Value] = sum{old.n + e.N, old.noisy + e.Noisy}
			figures[e.Atom.Value] = Figure{shown: e.Shown}
		}
	}
	if len(parts) == 1 {
		return figures, nil
	}
	strict := slices.ContainsFunc(parts, func(p Period) bool {
		return r.book.Strict.of(r.query.Site, p.CountingYear(), r.query.Table)
	})
	rule := ruleOfSum(profileOf(r.query.Table), strict, len(parts))
	for value, sum := range sums {
		figures[value] = Figure{shown: rule.shown(sum.n, sum.noisy)}
	}
	return figures, nil
}

// parts returns the atoms that p consists of: one or more, all of one grain.
func (r *reading) parts(ctx context.Context, p Period) ([]Period, error) {
	if err := genuine(p); err != nil {
		return nil, err
	}
	profile := profileOf(r.query.Table)
	switch {
	case profile.has(p.Grain):
		return []Period{p}, nil
	case profile == total:
		return Days(p.First, p.Last), nil
	case !p.wholeMonths():
		return nil, ErrNoFigure
	case profile != traffic:
		if quarters, err := r.quarters(ctx, p); quarters != nil || err != nil {
			return quarters, err
		}
	}
	return Months(p.First, p.Last), nil
}

// quarters returns the sealed quarters that p consists of, nil if they do not
// make up all of it. The sealer writes a quarter before its last month, so the
// answer cannot change once the months of p are all sealed.
func (r *reading) quarters(ctx context.Context, p Period) ([]Period, error) {
	s, err := r.shelf(ctx, Quarter)
	if err != nil {
		return nil, err
	}
	all := Quarters(p.First, p.Last, int(p.First.Month()))
	if all[len(all)-1].Last != p.Last {
		return nil, nil // not a multiple of three months
	}
	for _, q := range all {
		if !s.sealed[q.Name] {
			return nil, nil
		}
	}
	return all, nil
}
