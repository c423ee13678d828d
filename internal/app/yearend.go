package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// deletedKey is what became of a site's noise key of a year, and of the true
// counts that its noise is no longer needed for.
type deletedKey struct {
	Destroyed time.Time `json:"destroyed"`
	Cut       time.Time `json:"cut,omitzero"` // looked for and not found: counts above disclosure.KeptCount
}

// endYears destroys the noise keys of years that are over, and cuts the true
// counts in their entries.
func (a *App) endYears(ctx context.Context, plans []disclosure.Plan, now time.Time) error {
	deleted, err := a.allDeletedCells()
	if err != nil {
		return err
	}
	bySite := map[string][]disclosure.Plan{}
	first := now.UTC().Year()
	for _, p := range plans {
		bySite[p.Site] = append(bySite[p.Site], p)
		first = min(first, (p.First - 100).Year())
	}
	for year := first; year < now.UTC().Year(); year++ {
		d, err := readDeletions[deletedKey](a.records, keysKind, strconv.Itoa(year))
		if err != nil {
			return err
		}
		var ended []string
		for _, key := range sorted(bySite) {
			if !d.all[key].Destroyed.IsZero() {
				continue
			}
			over, err := a.over(ctx, bySite[key], year, deleted)
			if err != nil {
				return err
			}
			if over {
				ended = append(ended, key)
			}
		}
		if err := a.endYear(ctx, &d, year, ended); err != nil {
			return fmt.Errorf("end year %d: %w", year, err)
		}
	}
	return nil
}

// over tells whether all that the noise key of a site's year is needed for is
// sealed, on every basis, and the year's cells are gone. Those of the next year
// that its last week and quarter are made of are not waited for.
func (a *App) over(ctx context.Context, plans []disclosure.Plan, year int, deleted map[string]map[string]deletedCells) (bool, error) {
	used := false
	first, last := day.New(year, 1, 1), day.New(year, 12, 31)
	for _, p := range plans {
		for _, month := range disclosure.Months(max(first, p.First), last) {
			if deleted[month.Name][scopeName(scopeOf(p))].Verified.IsZero() {
				return false, nil
			}
		}
		sealed, err := a.store.Sealed(ctx, p.Site, p.Basis, first-200, last+200)
		if err != nil {
			return false, err
		}
		needed, err := p.OfYear(year, sealed)
		if err != nil {
			return false, err
		}
		for _, q := range needed {
			if !sealed[q.Name] {
				return false, nil
			}
			used = true
		}
	}
	return used, nil
}

// endYear ends a year of sites for which it is over.
func (a *App) endYear(ctx context.Context, d *deletions[deletedKey], year int, sites []string) error {
	for _, key := range sites {
		now := a.clock().UTC()
		if err := a.maySeal(ctx); err != nil {
			return err
		}
		if err := a.sealer.Keys.Destroy(key, year, now); err != nil {
			return err
		}
		if _, err := a.sealer.Keys.Key(key, year); !errors.Is(err, disclosure.ErrNoKey) {
			return fmt.Errorf("the noise key of site %s is still there: %w", key, err)
		}
		d.all[key] = deletedKey{Destroyed: now}
	}
	if len(sites) > 0 {
		if err := d.put(ctx, a); err != nil {
			return err
		}
	}
	var uncut []string
	for _, key := range sorted(d.all) {
		if d.all[key].Cut.IsZero() {
			uncut = append(uncut, key)
		}
	}
	if len(uncut) == 0 {
		return nil
	}
	if err := a.inTurn(ctx, func(ctx context.Context) error { return a.store.CutCounts(ctx, year, uncut) }); err != nil {
		return err
	}
	for _, key := range uncut {
		d.all[key] = deletedKey{Destroyed: d.all[key].Destroyed, Cut: a.clock().UTC()}
	}
	return d.put(ctx, a)
}
