package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Seal seals the periods of a Sealing together, all but those that were sealed
// before: the first wins, also among sealers that run at once.
//
// The entries are written first, under the random name of this attempt, and
// are in nobody's sight. Then the attempt is named as the seal of each of its
// periods that has none (see inTurn): that is the moment of sealing. An attempt
// that dies in between leaves rows that nobody reads.
func (s *Store) Seal(ctx context.Context, what disclosure.Sealing) error {
	if len(what.Parts) == 0 {
		return nil
	}
	what.At = what.At.UTC().Truncate(time.Second)
	name := rand.Text()
	err := s.write(ctx, what, name)
	if err == nil {
		err = s.claim(ctx, what, name)
	}
	if err != nil {
		return fmt.Errorf("seal %d periods from %s of site %s: %w", len(what.Parts), what.Parts[0].Period.Name, what.Site, err)
	}
	return nil
}

// ledgerColumns spares clickhouse-go a DESCRIBE for every attempt.
var ledgerColumns = []clickhouse.ColumnNameAndType{
	{Name: "site", Type: "String"}, {Name: "basis", Type: "String"}, {Name: "grain", Type: "String"}, {Name: "table_name", Type: "String"},
	{Name: "first_day", Type: "Date"}, {Name: "last_day", Type: "Date"}, {Name: "period", Type: "String"}, {Name: "value", Type: "String"},
	{Name: "n", Type: "UInt64"}, {Name: "noisy", Type: "Int64"}, {Name: "shown", Type: "UInt64"}, {Name: "year", Type: "UInt16"},
	{Name: "sealed", Type: "DateTime('UTC')"}, {Name: "seal", Type: "String"},
}

// write writes the rows of an attempt in one insert for one partition.
func (s *Store) write(ctx context.Context, what disclosure.Sealing, name string) (err error) {
	insert, err := s.db.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithColumnNamesAndTypes(ledgerColumns)), query("Seal"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	year := what.Parts[0].Period.First.Year()
	for _, part := range what.Parts {
		p := part.Period
		if p.First.Year() != year {
			return fmt.Errorf("%s does not begin in %d as the others do", p.Name, year)
		}
		row := func(e disclosure.Entry) error {
			return insert.Append(what.Site, string(what.Basis), string(p.Grain), string(e.Atom.Table), p.First.Time(), p.Last.Time(), p.Name,
				e.Atom.Value, e.N, e.Noisy, e.Shown, uint16(e.Year), what.At, name)
		}
		if err := row(disclosure.Entry{}); err != nil { // stands for the period
			return err
		}
		for _, e := range part.Entries {
			if err := checkEntry(what, p, e); err != nil {
				return err
			}
			if err := row(e); err != nil {
				return err
			}
		}
	}
	return insert.Send()
}

func checkEntry(what disclosure.Sealing, p disclosure.Period, e disclosure.Entry) error {
	a := e.Atom
	if a.Site != what.Site || a.Basis != what.Basis || a.Period != p || a.Table == "" {
		return fmt.Errorf("entry %s=%q of %s of site %s: not of this period, or of no table", a.Table, a.Value, a.Period.Name, a.Site)
	}
	if e.Year < 0 || e.Year > 9999 {
		return errors.New("entry has no counting year")
	}
	return nil
}

func (s *Store) claim(ctx context.Context, what disclosure.Sealing, name string) error {
	site, basis, first, last := what.Site, string(what.Basis), what.Parts[0].Period.First, what.Parts[0].Period.First
	for _, part := range what.Parts {
		first, last = min(first, part.Period.First), max(last, part.Period.First)
	}
	return s.inTurn(ctx, "seals/"+site+"/"+basis, query("claim"), site, basis, first.String(), last.String(), name, site, basis, first.String(), last.String())
}

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
	site, basis, grain, table := r.Site, string(r.Basis), string(r.Grain), string(r.Table)
	first, last := storable(r.First), storable(r.Last)
	var entries []disclosure.Entry
	err := s.each(ctx, query("Entries"), func(rows driver.Rows) error {
		var e disclosure.Entry
		atom := disclosure.Atom{Site: r.Site, Basis: r.Basis, Period: disclosure.Period{Grain: r.Grain}}
		var table string
		var first, last time.Time
		var year uint16
		err := rows.Scan(&table, &atom.Period.Name, &first, &last, &atom.Value, &e.N, &e.Noisy, &e.Shown, &year)
		atom.Table, e.Year = cell.Table(table), int(year)
		atom.Period.First, atom.Period.Last = dateOf(first), dateOf(last)
		e.Atom = atom
		entries = append(entries, e)
		return err
	}, site, basis, grain, first, last, table, table, site, basis, grain, first, last)
	if err != nil {
		return nil, fmt.Errorf("read ledger of site %s: %w", site, err)
	}
	return entries, nil
}
