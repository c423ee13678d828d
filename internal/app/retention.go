package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// What retention does is in the records: a document for the cells of each
// month, one for the keys of each year, and one for old figures. Each names all
// sites, for they are deleted together. It is written before something is
// deleted, which counts as gone from then on, and again when it was looked for
// and not found.
const (
	cellsKind   record.Kind = "deleted-cells"   // id: month; by site and basis
	keysKind    record.Kind = "deleted-keys"    // id: counting year; by site
	figuresKind record.Kind = "deleted-figures" // id: figuresID; by site
	figuresID               = "ledger"
)

// deletions is a record of what was deleted, by name.
type deletions[T any] struct {
	kind    record.Kind
	id      string
	version uint32
	all     map[string]T
}

func readDeletions[T any](b *record.Book, kind record.Kind, id string) (d deletions[T], err error) {
	d = deletions[T]{kind: kind, id: id, all: map[string]T{}}
	doc, err := b.Get(kind, id)
	if errors.Is(err, record.ErrNotFound) {
		return d, nil
	}
	if err == nil {
		d.version = doc.Version
		d.all, err = record.As[map[string]T](doc)
	}
	return d, err
}

func (d *deletions[T]) put(ctx context.Context, a *App) error {
	doc, err := a.records.Put(ctx, d.kind, d.id, d.version, a.holder, d.all)
	if err == nil {
		d.version = doc.Version
	}
	return err
}

// retention returns the periods that held for a site at a time, and when they
// were last changed.
func (a *App) retention(key string, at time.Time) (r site.Retention, changed time.Time, err error) {
	for _, id := range []string{key, site.EverySite} {
		doc, found := record.AsOf(a.records.History(site.RetentionKind, id), at)
		if !found {
			continue
		}
		set, err := record.As[site.Retention](doc)
		if err != nil {
			return r, changed, err
		}
		if r = r.Or(set); doc.Time.After(changed) {
			changed = doc.Time
		}
	}
	return r.Or(site.StandardRetention), changed, nil
}

// retain deletes what is due, after sealing and in this process's turn: once in
// a day by UTC, and again until it succeeds. all is false if there are sites
// that no plan could be made of.
func (a *App) retain(ctx context.Context, plans []disclosure.Plan, all bool) error {
	now := a.clock()
	today := day.Of(now, time.UTC)
	if a.retained == today {
		return nil
	}
	due, oldest, err := a.dueCells(ctx, plans, now)
	a.metrics.setDue(oldest)
	if deleted := a.deleteDue(ctx, plans, due, all); deleted != nil || err != nil {
		return errors.Join(err, deleted)
	}
	a.metrics.setDue(time.Time{})
	if err := errors.Join(a.endYears(ctx, plans, now), a.endRecordYears(ctx), a.deleteFigures(ctx, plans, now)); err != nil {
		return err
	}
	a.retained = today
	return nil
}

// deleteWithin bounds one deletion: it ends before another process may have
// the turn.
const deleteWithin = sealLease / 2

// inTurn does something that may take a while in this process's turn.
func (a *App) inTurn(ctx context.Context, f func(context.Context) error) error {
	if err := a.maySeal(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deleteWithin)
	defer cancel()
	return f(ctx)
}

// deletedFigures is what became of a site's old entries of the ledger.
type deletedFigures struct {
	Before   day.Day   `json:"before"` // periods that ended before it have no figures
	Verified time.Time `json:"verified,omitzero"`
}

// deleteFigures deletes the figures of periods that ended too long ago, those
// of a month at its beginning: none is kept longer than its time.
func (a *App) deleteFigures(ctx context.Context, plans []disclosure.Plan, now time.Time) error {
	d, err := readDeletions[deletedFigures](a.records, figuresKind, figuresID)
	if err != nil {
		return err
	}
	due := map[day.Day]map[string]bool{}
	for _, p := range plans {
		r, _, err := a.retention(p.Site, now)
		if err != nil {
			return err
		}
		before := keptFrom(r, now)
		old := d.all[p.Site]
		if p.First-100 >= before || old.Before >= before && !old.Verified.IsZero() { // the site is too young, or it is done
			continue
		}
		before = max(before, old.Before)
		if due[before] == nil {
			due[before] = map[string]bool{}
		}
		due[before][p.Site] = true
	}
	for _, before := range sorted(due) {
		sites := sorted(due[before])
		if err := a.inTurn(ctx, func(ctx context.Context) error { return a.deleteFiguresOf(ctx, &d, before, sites) }); err != nil {
			return fmt.Errorf("delete figures before %s: %w", before, err)
		}
	}
	return nil
}

// keptFrom is the day from which on periods have to end for their figures to
// be kept for the rest of this month.
func keptFrom(r site.Retention, now time.Time) day.Day {
	today := day.Of(now, time.UTC)
	return day.New(today.Year()-r.FiguresYears, today.Month()+1, 1)
}

func (a *App) deleteFiguresOf(ctx context.Context, d *deletions[deletedFigures], before day.Day, sites []string) error {
	set := func(verified time.Time) error {
		for _, key := range sites {
			d.all[key] = deletedFigures{Before: before, Verified: verified}
		}
		return d.put(ctx, a)
	}
	if err := set(time.Time{}); err != nil {
		return err
	}
	if err := a.store.DeleteFigures(ctx, before, sites); err != nil {
		return err
	}
	return set(a.clock().UTC())
}

// readKept prepares for readers from which day on there are figures of a site.
func (a *App) readKept() error {
	d, err := readDeletions[deletedFigures](a.records, figuresKind, figuresID)
	if err != nil {
		return fmt.Errorf("read which figures are kept: %w", err)
	}
	a.kept.Store(&d.all)
	return nil
}

// figuresFrom is the day before which periods of a site ended whose figures are
// deleted.
func (a *App) figuresFrom(key string) day.Day { return (*a.kept.Load())[key].Before }

func scopeOf(p disclosure.Plan) cell.Scope { return cell.Scope{Site: p.Site, Basis: p.Basis} }
