package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Seal stores the entries of one site, basis and period in one piece. If the
// period was sealed before, it changes nothing and returns nil: the first
// wins, also among sealers that run at once.
//
// The entries are written first, under the random name of this attempt, and
// are in nobody's sight. Then the attempt is named as the period's seal if the
// period has none (see inTurn): that is the moment of sealing. An attempt that
// dies in between leaves rows that nobody reads.
//
//nolint:revive // the arguments are those of disclosure.Ledger
func (s *Store) Seal(ctx context.Context, p disclosure.Period, site string, basis cell.Basis, at time.Time, entries []disclosure.Entry) error {
	if err := s.seal(ctx, attempt{p, site, basis, at.UTC().Truncate(time.Second), rand.Text()}, entries); err != nil {
		return fmt.Errorf("seal %s of site %s: %w", p.Name, site, err)
	}
	return nil
}

// attempt is one try to seal a period.
type attempt struct {
	period disclosure.Period
	site   string
	basis  cell.Basis
	at     time.Time
	name   string
}

func (s *Store) seal(ctx context.Context, a attempt, entries []disclosure.Entry) error {
	done, err := s.isSealed(ctx, a)
	if err != nil || done {
		return err
	}
	if err := s.write(ctx, a, entries); err != nil {
		return err
	}
	return s.claim(ctx, a)
}

func (s *Store) write(ctx context.Context, a attempt, entries []disclosure.Entry) (err error) {
	insert, err := s.db.PrepareBatch(ctx, query("Seal"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	if err := a.append(insert, disclosure.Entry{}); err != nil {
		return err
	}
	for _, e := range entries {
		if e.Atom.Site != a.site || e.Atom.Basis != a.basis || e.Atom.Period != a.period || e.Atom.Table == "" {
			return fmt.Errorf("entry %s=%q of %s of site %s: not of this period, or of no table", e.Atom.Table, e.Atom.Value, e.Atom.Period.Name, e.Atom.Site)
		}
		if err := a.append(insert, e); err != nil {
			return err
		}
	}
	return insert.Send()
}

func (a attempt) append(insert driver.Batch, e disclosure.Entry) error {
	p := a.period
	if e.Year < 0 || e.Year > 9999 {
		return errors.New("entry has no counting year")
	}
	return insert.Append(a.site, string(a.basis), string(p.Grain), string(e.Atom.Table), p.First.Time(), p.Last.Time(), p.Name,
		e.Atom.Value, e.N, e.Noisy, e.Shown, uint16(e.Year), a.at, a.name)
}

func (s *Store) isSealed(ctx context.Context, a attempt) (bool, error) {
	var n uint64
	err := s.db.QueryRow(ctx, query("isSealed"), a.site, string(a.basis), string(a.period.Grain), a.period.First.String(), a.period.Name).Scan(&n)
	return n > 0, err
}

func (s *Store) claim(ctx context.Context, a attempt) error {
	site, basis, grain := a.site, string(a.basis), string(a.period.Grain)
	return s.inTurn(ctx, "seals/"+site+"/"+basis, query("claim"), site, basis, grain, a.period.First.String(), a.name, site, basis, grain)
}

// Sealed returns the names of the periods of grain that are sealed within
// first..last.
//
//nolint:revive // the arguments are those of disclosure.Ledger
func (s *Store) Sealed(ctx context.Context, site string, basis cell.Basis, grain disclosure.Grain, first, last day.Day) (map[string]bool, error) {
	sealed := map[string]bool{}
	err := s.each(ctx, query("Sealed"), func(rows driver.Rows) error {
		var name string
		err := rows.Scan(&name)
		sealed[name] = true
		return err
	}, site, string(basis), string(grain), storable(first), storable(last))
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
	}, site, basis, grain, storable(r.First), storable(r.Last), table, table, site, basis, grain)
	if err != nil {
		return nil, fmt.Errorf("read ledger of site %s: %w", site, err)
	}
	return entries, nil
}
