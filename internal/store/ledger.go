package store

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Sealed returns the names of the periods that are sealed within first..last.
func (s *Store) Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	sealed := map[string]bool{}
	err := s.each(ctx, query("Sealed"), func(rows driver.Rows) error {
		var name string
		err := rows.Scan(&name)
		sealed[name] = true
		return err
	}, site, string(basis), storable(first), storable(last))
	if err != nil {
		return nil, fmt.Errorf("read sealed periods of site %s: %w", site, err)
	}
	return sealed, nil
}

// lastStorable is a day that every release has room for in a Date, which
// begins with day 0.
var lastStorable = day.New(2100, time.December, 31)

// storable brings a bound of a search into the days that a Date has.
func storable(d day.Day) string { return min(max(d, 0), lastStorable).String() }

// Entries returns the rows of r, by first day, table and value.
func (s *Store) Entries(ctx context.Context, r disclosure.Range) ([]disclosure.Entry, error) {
	site, basis, grains, table := r.Site, string(r.Basis), clickhouse.GroupSet{}, string(r.Table)
	for _, g := range r.Grains {
		grains.Value = append(grains.Value, string(g))
	}
	if len(grains.Value) == 0 {
		return nil, nil
	}
	first, last := storable(r.First), storable(r.Last)
	var entries []disclosure.Entry
	err := s.each(ctx, query("Entries"), func(rows driver.Rows) error {
		var e disclosure.Entry
		atom := disclosure.Atom{Site: r.Site, Basis: r.Basis}
		var grain, table string
		var first, last time.Time
		var year uint16
		err := rows.Scan(&grain, &table, &atom.Period.Name, &first, &last, &atom.Value, &e.N, &e.Noisy, &e.Shown, &year)
		atom.Period.Grain, atom.Table, e.Year = disclosure.Grain(grain), cell.Table(table), int(year)
		atom.Period.First, atom.Period.Last = dateOf(first), dateOf(last)
		e.Atom = atom
		entries = append(entries, e)
		return err
	}, site, basis, grains, first, last, table, table, site, basis, grains, first, last)
	if err != nil {
		return nil, fmt.Errorf("read ledger of site %s: %w", site, err)
	}
	return entries, nil
}
