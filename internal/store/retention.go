package store

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// What is deleted here is gone when the method returns nil: it has been asked
// for again and was not found. After an error, and after a process died, call
// again. On a cluster the first replica of each shard is asked; another one
// that lags does the same later, as it does with all that it has missed.

// SealTimes returns when the periods within first..last were sealed, by name.
func (s *Store) SealTimes(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]time.Time, error) {
	times := map[string]time.Time{}
	err := s.each(ctx, query("SealTimes"), func(rows driver.Rows) error {
		var name string
		var at time.Time
		err := rows.Scan(&name, &at)
		times[name] = at.UTC()
		return err
	}, site, string(basis), storable(first), storable(last))
	if err != nil {
		return nil, fmt.Errorf("read times of sealing of site %s: %w", site, err)
	}
	return times, nil
}

// CellCounts returns how many cells are stored of the month of d, by whose
// they are.
func (s *Store) CellCounts(ctx context.Context, d day.Day) (map[cell.Scope]uint64, error) {
	counts := map[cell.Scope]uint64{}
	first, last := monthBounds(d)
	err := s.each(ctx, query("CellCounts"), func(rows driver.Rows) error {
		var site, basis string
		var n uint64
		err := rows.Scan(&site, &basis, &n)
		counts[cell.Scope{Site: site, Basis: cell.Basis(basis)}] = n
		return err
	}, first, last)
	if err != nil {
		return nil, fmt.Errorf("count cells of %s: %w", first, err)
	}
	return counts, nil
}

func monthBounds(d day.Day) (first, last string) {
	m := monthOf(d)
	return storable(m), storable(day.New(m.Year(), m.Month()+1, 1) - 1)
}

// DeleteCells deletes the cells that the scopes have in the month of d.
func (s *Store) DeleteCells(ctx context.Context, d day.Day, scopes []cell.Scope) error {
	first, last := monthBounds(d)
	pairs := clickhouse.GroupSet{}
	for _, c := range scopes {
		pairs.Value = append(pairs.Value, clickhouse.GroupSet{Value: []any{c.Site, string(c.Basis)}})
	}
	left := func() (n uint64, err error) {
		counts, err := s.CellCounts(ctx, d)
		for _, c := range scopes {
			n += counts[c]
		}
		return n, err
	}
	if err := s.change(ctx, query("DeleteCells"), left, first, last, pairs); err != nil {
		return fmt.Errorf("delete cells of %s: %w", first, err)
	}
	return nil
}

// DropCells deletes all that is stored of the month of d, the markers of
// batches too. The caller knows that none of it can come again.
func (s *Store) DropCells(ctx context.Context, d day.Day) error {
	first, last := monthBounds(d)
	left := func() (uint64, error) { return s.rowsOf(ctx, first, last) }
	if err := s.change(ctx, query("DropCells"), left, d.Year()*100+int(d.Month())); err != nil {
		return fmt.Errorf("drop cells of %s: %w", first, err)
	}
	return nil
}

func (s *Store) rowsOf(ctx context.Context, first, last string) (n uint64, err error) {
	err = s.db.QueryRow(ctx, query("rowsOf"), first, last).Scan(&n)
	return n, err
}

// CutCounts cuts the true counts in the ledger of the sites' counting year down
// to what sums need (disclosure.KeptCount), and takes all but the figures from
// weeks.
func (s *Store) CutCounts(ctx context.Context, year int, sites []string) error {
	left := func() (uint64, error) { return s.uncut(ctx, year, sites) }
	if err := s.change(ctx, query("CutCounts"), left, disclosure.KeptCount, year, groupSet(sites), disclosure.KeptCount); err != nil {
		return fmt.Errorf("cut counts of %d: %w", year, err)
	}
	return nil
}

func (s *Store) uncut(ctx context.Context, year int, sites []string) (n uint64, err error) {
	err = s.db.QueryRow(ctx, query("uncut"), year, groupSet(sites), disclosure.KeptCount).Scan(&n)
	return n, err
}

// DeleteFigures deletes the entries of the sites' periods that ended before a
// day. That they were sealed stays known: they are not sealed again.
func (s *Store) DeleteFigures(ctx context.Context, before day.Day, sites []string) error {
	left := func() (uint64, error) { return s.older(ctx, before, sites) }
	if err := s.change(ctx, query("DeleteFigures"), left, storable(before), groupSet(sites)); err != nil {
		return fmt.Errorf("delete figures before %s: %w", before, err)
	}
	return nil
}

func (s *Store) older(ctx context.Context, before day.Day, sites []string) (n uint64, err error) {
	err = s.db.QueryRow(ctx, query("older"), storable(before), groupSet(sites)).Scan(&n)
	return n, err
}

// groupSet is a list for IN (?): 18.16 takes no array there.
func groupSet(texts []string) clickhouse.GroupSet { return clickhouse.GroupSet{Value: toAny(texts)} }

var alterTable = regexp.MustCompile(`(?m)^ALTER TABLE (\w+)`)

const (
	onChange  = 50 * time.Millisecond // before change looks again
	forChange = 10 * time.Minute      // before it gives up; the engine goes on
)

// change runs an ALTER TABLE that left counts the rows of, and waits until
// none is left. The engines do such work in the background (18.16 has no way
// to wait for it), and go on with it after a crash: what is under way from
// before is waited for first, so that a failing one does not pile up.
func (s *Store) change(ctx context.Context, statement string, left func() (uint64, error), args ...any) error {
	m := alterTable.FindStringSubmatch(statement)
	table := s.dialect.local(m[1])
	statement = strings.Replace(statement, m[0], "ALTER TABLE "+s.dialect.named(table)+s.dialect.onCluster(), 1)
	if _, err := s.await(ctx, table, nil); err != nil {
		return err
	}
	n, err := left()
	if err != nil || n == 0 {
		return err
	}
	if err := s.db.Exec(ctx, statement, args...); err != nil {
		return err
	}
	n, err = s.await(ctx, table, left)
	if err != nil && n > 0 {
		err = errors.Join(err, fmt.Errorf("%d rows are left", n))
	}
	return err
}

// await waits until no change of a table is under way and, if left is given, no
// row is left. Of a replicated table the changes may be seen a little later.
func (s *Store) await(ctx context.Context, table string, left func() (uint64, error)) (n uint64, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, forChange, fmt.Errorf("a change of table %s is not done after %v: the server's log and system.mutations say why", table, forChange))
	defer cancel()
	for {
		running, err := s.mutating(ctx, table)
		if err != nil {
			return n, err
		}
		if running == 0 {
			if left == nil {
				return 0, nil
			}
			if n, err = left(); n == 0 || err != nil {
				return n, err
			}
		}
		select {
		case <-ctx.Done():
			return n, context.Cause(ctx)
		case <-time.After(onChange):
		}
	}
}

func (s *Store) mutating(ctx context.Context, table string) (n uint64, err error) {
	statement := query("mutating")
	if s.dialect.cluster != "" {
		statement = strings.Replace(statement, "system.mutations", "cluster('"+s.dialect.cluster+"', system, mutations)", 1)
	}
	err = s.db.QueryRow(ctx, statement, s.dialect.database, table).Scan(&n)
	return n, err
}
