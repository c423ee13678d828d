package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
)

// deletedCells is what became of the cells of a site, on one basis, in a month.
type deletedCells struct {
	Begun    time.Time `json:"begun"`
	Verified time.Time `json:"verified,omitzero"` // looked for and not found
	Cells    uint64    `json:"cells"`
	Unsealed []string  `json:"unsealed,omitempty"` // periods that have no figures for ever: their noise key was lost
}

// keylessDays is how long after the end of their month cells are kept that
// cannot be sealed, since their noise key is lost: longer than any other cells.
const keylessDays = 180

func scopeName(c cell.Scope) string { return c.Site + "/" + string(c.Basis) }

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// allDeletedCells reads what is deleted, by month, by site and basis.
func (a *App) allDeletedCells() (map[string]map[string]deletedCells, error) {
	months := map[string]map[string]deletedCells{}
	for _, doc := range a.records.List(cellsKind) {
		all, err := record.As[map[string]deletedCells](doc)
		if err != nil {
			return nil, err
		}
		months[doc.ID] = all
	}
	return months, nil
}

// deletedMonths names the months whose cells are deleted or about to be.
func deletedMonths(months map[string]map[string]deletedCells, c cell.Scope) map[string]bool {
	names := map[string]bool{}
	for month, all := range months {
		if _, ok := all[scopeName(c)]; ok {
			names[month] = true
		}
	}
	return names
}

// dueCells finds whose cells are due at now, by month, and since when the
// oldest of them have been. Beside them are the names of periods that will never
// be sealed.
func (a *App) dueCells(ctx context.Context, plans []disclosure.Plan, now time.Time) (due map[day.Day]map[cell.Scope][]string, oldest time.Time, err error) {
	due = map[day.Day]map[cell.Scope][]string{}
	deleted, err := a.allDeletedCells()
	if err != nil {
		return nil, oldest, err
	}
	var errs []error
	for _, plan := range plans {
		months, err := a.releases(ctx, plan, deleted, now)
		if err != nil {
			errs = append(errs, err)
		}
		for _, m := range months {
			if len(m.waits) > 0 && !m.keyless || m.at.After(now) {
				continue
			}
			if oldest.IsZero() || m.at.Before(oldest) {
				oldest = m.at
			}
			if due[m.month.First] == nil {
				due[m.month.First] = map[cell.Scope][]string{}
			}
			due[m.month.First][scopeOf(plan)] = periodNames(m.waits)
		}
	}
	return due, oldest, errors.Join(errs...)
}

// release says from when on the cells of a month may be deleted, or what they
// are still needed for. Days are whole, by UTC: what one round seals goes
// together.
type release struct {
	month   disclosure.Period
	at      time.Time
	waits   []disclosure.Period
	keyless bool // what it waits for has lost its noise key: at is when it waits no longer
}

func periodNames(periods []disclosure.Period) (all []string) {
	for _, p := range periods {
		all = append(all, p.Name)
	}
	return all
}

// releases lists the months of a plan whose cells are not deleted.
func (a *App) releases(ctx context.Context, plan disclosure.Plan, deleted map[string]map[string]deletedCells, now time.Time) ([]release, error) {
	r, _, err := a.retention(plan.Site, now)
	if err != nil {
		return nil, err
	}
	months := slices.DeleteFunc(disclosure.Months(plan.First, day.Of(now, plan.Location)), func(m disclosure.Period) bool {
		return !deleted[m.Name][scopeName(scopeOf(plan))].Verified.IsZero()
	})
	if len(months) == 0 {
		return nil, nil
	}
	const around = 200 // days: beyond every quarter that meets one of a month's
	sealed, err := a.store.SealTimes(ctx, plan.Site, plan.Basis, months[0].First-around, months[len(months)-1].Last+around)
	if err != nil {
		return nil, err
	}
	all := make([]release, len(months))
	for i, m := range months {
		at, waits, err := plan.Release(m, sealed)
		if err != nil {
			return nil, err
		}
		all[i] = release{month: m, at: (day.Of(at, time.UTC) + day.Day(r.CellsDays)).Time(), waits: waits}
		if _, refused := a.refused.Load(scopeOf(plan)); refused && len(waits) > 0 {
			all[i].keyless, all[i].at = true, (m.Last + keylessDays).Time()
		}
	}
	return all, nil
}

// deleteDue deletes what is due, month by month.
func (a *App) deleteDue(ctx context.Context, plans []disclosure.Plan, due map[day.Day]map[cell.Scope][]string, all bool) error {
	for _, first := range sorted(due) {
		month, scopes := disclosure.PeriodOf(disclosure.Month, first, 1), due[first]
		whole := all && !slices.ContainsFunc(plans, func(p disclosure.Plan) bool {
			_, goes := scopes[scopeOf(p)]
			return p.First <= month.Last && !p.Deleted[month.Name] && !goes
		})
		if err := a.inTurn(ctx, func(ctx context.Context) error { return a.deleteCells(ctx, month, scopes, whole) }); err != nil {
			return fmt.Errorf("delete cells of %s: %w", month.Name, err)
		}
	}
	return nil
}

// deleteCells deletes the cells of a month that are due. If whole says that
// nothing of it can come any more, and nobody else has cells there, the month
// goes with the markers of its batches: a batch that is sent again is too late,
// for all its days are sealed.
func (a *App) deleteCells(ctx context.Context, month disclosure.Period, scopes map[cell.Scope][]string, whole bool) error {
	d, err := readDeletions[deletedCells](a.records, cellsKind, month.Name)
	if err != nil {
		return err
	}
	counts, err := a.store.CellCounts(ctx, month.First)
	if err != nil {
		return err
	}
	for c, unsealed := range scopes {
		old := d.all[scopeName(c)] // by an attempt that was cut short
		if len(unsealed) > 0 {
			old.Unsealed = unsealed
			a.log.Warn("counts are deleted that were never sealed: their noise key is lost, and they are too old to be kept for it",
				"site", c.Site, "basis", c.Basis, "month", month.Name, "periods", unsealed)
		}
		if old.Begun.IsZero() {
			old.Begun = a.clock().UTC()
		}
		old.Cells = max(old.Cells, counts[c])
		d.all[scopeName(c)] = old
	}
	if err := d.put(ctx, a); err != nil {
		return err
	}
	for c := range counts {
		_, known := d.all[scopeName(c)]
		whole = whole && known
	}
	if whole {
		err = a.store.DropCells(ctx, month.First)
	} else {
		err = a.store.DeleteCells(ctx, month.First, slices.Collect(maps.Keys(scopes)))
	}
	if err != nil {
		return err
	}
	for c := range scopes {
		done := d.all[scopeName(c)]
		done.Verified = a.clock().UTC()
		d.all[scopeName(c)] = done
		a.metrics.deleted.Add(float64(done.Cells))
	}
	return d.put(ctx, a)
}
