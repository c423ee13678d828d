package disclosure

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
)

// KeptCount is the largest true count that an entry keeps once its year is over:
// a sum is hidden if its true counts add up to less than the floor, and that is
// the same with every count above it cut down to it.
const KeptCount = floor

// ErrGone is returned for figures that were deleted at the end of their time.
var ErrGone = errors.New("figures of this period are no longer kept")

// start is the first day whose period of g is sealed. The parts of sums before
// the first day complete its week, month and quarter, wherever the site's
// quarters begin.
func (p Plan) start(g Grain) day.Day {
	if g == Day || g == Month {
		return monthStart(p.First, -2)
	}
	return p.First
}

// Planned lists the periods with a day in first..last that the plan seals,
// sooner or later, given the names of those that are sealed.
func (p Plan) Planned(first, last day.Day, sealed map[string]bool) ([]Period, error) {
	var all []Period
	for _, g := range []Grain{Day, Week, Quarter, Month} {
		taken, err := otherQuarters(g, sealed, p.QuarterStart)
		if err != nil {
			return nil, err
		}
		for _, q := range periods(g, max(first, p.start(g)), last, p.QuarterStart) {
			if sealed[q.Name] || !slices.ContainsFunc(taken, q.overlaps) && !p.lacksCells(q) {
				all = append(all, q)
			}
		}
	}
	return all, nil
}

// lacksCells tells whether cells that q consists of are deleted. Such a period
// is never sealed any more: its counts would be too low.
func (p Plan) lacksCells(q Period) bool {
	return len(p.Deleted) > 0 && slices.ContainsFunc(Months(q.First, q.Last), func(m Period) bool { return p.Deleted[m.Name] })
}

// OfYear is Planned for the periods of a counting year.
func (p Plan) OfYear(year int, sealed map[string]bool) ([]Period, error) {
	// A week may begin in the last days of the year before, a quarter end two
	// months after the year.
	all, err := p.Planned(day.New(year, 1, 1)-7, day.New(year, 12, 31)+62, sealed)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(q Period) bool { return q.CountingYear() != year }), nil
}

// Release tells when the cells of a month were last needed: at is when the last
// of the periods that they are a part of was sealed, and waits are the periods
// that are not sealed yet. sealed has the times of sealing, from half a year
// before the month to half a year after it.
func (p Plan) Release(month Period, sealed map[string]time.Time) (at time.Time, waits []Period, err error) {
	names := maps.Collect(func(yield func(string, bool) bool) {
		for name := range sealed {
			if !yield(name, true) {
				return
			}
		}
	})
	needed, err := p.Planned(month.First, month.Last, names)
	if err != nil {
		return at, nil, err
	}
	for _, q := range needed {
		switch t, ok := sealed[q.Name]; {
		case !ok:
			waits = append(waits, q)
		case t.After(at):
			at = t
		}
	}
	return at, waits, nil
}
