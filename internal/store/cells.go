package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// batchTable is the table of the rows that say which batches have been added.
// No table of a site begins like this.
const batchTable = "__batch"

// cellColumns spares clickhouse-go a DESCRIBE for every batch.
var cellColumns = []clickhouse.ColumnNameAndType{
	{Name: "site", Type: "String"}, {Name: "basis", Type: "String"}, {Name: "table_name", Type: "String"},
	{Name: "day", Type: "Date"}, {Name: "value", Type: "String"}, {Name: "n", Type: "UInt64"},
}

// Add adds the cells of a batch once, however often it is called with it: the
// marker of the batch is written with its cells, in one block for one
// partition, which ClickHouse stores whole or not at all. All cells have to be
// of one month. After an error the batch may have been added or not: call
// again with the same batch.
func (s *Store) Add(ctx context.Context, b cell.Batch) error {
	if len(b.Cells) == 0 {
		return nil
	}
	if err := check(b); err != nil {
		return fmt.Errorf("add batch %s: %w", b.ID, err)
	}
	s.adding.Lock()
	defer s.adding.Unlock()
	if err := whenFree(ctx, func() error { return s.add(ctx, b) }); err != nil {
		return fmt.Errorf("add batch %s: %w", b.ID, err)
	}
	return nil
}

func check(b cell.Batch) error {
	if b.ID == "" {
		return errors.New("batch has no id")
	}
	month := monthOf(b.Cells[0].Day)
	if month < 0 || month > lastStorable {
		return fmt.Errorf("day %s cannot be stored", b.Cells[0].Day)
	}
	for _, c := range b.Cells {
		switch {
		case c.N == 0:
			// Rows of zeros vanish from a SummingMergeTree.
			return fmt.Errorf("cell %s=%q of %s counts nothing", c.Table, c.Value, c.Day)
		case c.Site == "" || c.Basis == "":
			return errors.New("cell has no site or no basis")
		case strings.HasPrefix(string(c.Table), "__"):
			return fmt.Errorf("table %s cannot be counted", c.Table)
		case monthOf(c.Day) != month:
			return fmt.Errorf("cells of %s and %s: want one month", b.Cells[0].Day, c.Day)
		}
	}
	return nil
}

// markerSites are the sites under which the markers of a batch are: none in
// particular, but all of them on a cluster. There a batch goes to many shards,
// one block each, and a block that is like an earlier one would be taken for a
// repetition and dropped; its marker makes it different.
func (s *Store) markerSites(b cell.Batch) []string {
	if s.dialect.cluster == "" {
		return []string{""}
	}
	var sites []string
	for _, c := range b.Cells {
		sites = append(sites, c.Site)
	}
	slices.Sort(sites)
	return slices.Compact(sites)
}

func (s *Store) add(ctx context.Context, b cell.Batch) (err error) {
	// The insert begins before the look for markers, under the batch's id as
	// query id: a server refuses it while an earlier one of the same batch,
	// whose answer was lost, is still under way (and the next try waits). The embedded engine has none
	// such: it answers for every insert before it ends.
	own := clickhouse.Context(ctx, clickhouse.WithQueryID(s.dialect.database+"/cells/"+b.ID), clickhouse.WithColumnNamesAndTypes(cellColumns))
	insert, err := s.db.PrepareBatch(own, query("Add"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	sites, month := s.markerSites(b), monthOf(b.Cells[0].Day)
	done, err := s.added(ctx, b.ID, month, sites)
	if err != nil || done {
		return err
	}
	for _, site := range sites {
		if err := insert.Append(site, "", batchTable, month.Time(), b.ID, uint64(1)); err != nil {
			return err
		}
	}
	if err := appendCells(insert, b.Cells); err != nil {
		return err
	}
	return insert.Send()
}

// dateOf is a Date as clickhouse-go gives it: midnight in the server's zone.
func dateOf(t time.Time) day.Day { return day.Of(t, t.Location()) }

func monthOf(d day.Day) day.Day { return day.New(d.Year(), d.Month(), 1) }

// added tells whether the batch has its marker under every one of the sites.
func (s *Store) added(ctx context.Context, id string, month day.Day, sites []string) (bool, error) {
	var n uint64
	if err := s.db.QueryRow(ctx, query("added"), clickhouse.ArraySet(toAny(sites)), month.String(), id).Scan(&n); err != nil {
		return false, fmt.Errorf("look for its marker: %w", err)
	}
	return n == uint64(len(sites)), nil
}

func toAny(texts []string) []any {
	all := make([]any, len(texts))
	for i, t := range texts {
		all[i] = t
	}
	return all
}

// appendCells writes the cells in one order, whatever order they come in: on a
// cluster a block that is sent again has to be the same to the byte.
func appendCells(insert driver.Batch, cells []cell.Cell) error {
	sorted := slices.SortedFunc(slices.Values(cells), func(a, b cell.Cell) int {
		return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Basis, b.Basis), cmp.Compare(a.Table, b.Table),
			cmp.Compare(a.Day, b.Day), cmp.Compare(a.Value, b.Value), cmp.Compare(a.N, b.N))
	})
	for _, c := range sorted {
		if err := insert.Append(c.Site, string(c.Basis), string(c.Table), c.Day.Time(), c.Value, c.N); err != nil {
			return err
		}
	}
	return nil
}

// Closed returns the last day whose total is sealed, of each site and basis
// that has one on or after from.
func (s *Store) Closed(ctx context.Context, from day.Day) (map[cell.Scope]day.Day, error) {
	closed := map[cell.Scope]day.Day{}
	err := s.each(ctx, query("Closed"), func(rows driver.Rows) error {
		var site, basis string
		var last time.Time
		err := rows.Scan(&site, &basis, &last)
		closed[cell.Scope{Site: site, Basis: cell.Basis(basis)}] = dateOf(last)
		return err
	}, storable(from))
	if err != nil {
		return nil, fmt.Errorf("read last sealed days: %w", err)
	}
	return closed, nil
}

// Cells returns the site's daily cells of basis from first to last, inclusive.
func (s *Store) Cells(ctx context.Context, site string, basis cell.Basis, first, last day.Day) ([]cell.Cell, error) {
	var cells []cell.Cell
	err := s.each(ctx, query("Cells"), func(rows driver.Rows) error {
		c := cell.Cell{Site: site, Basis: basis}
		var table string
		var date time.Time
		err := rows.Scan(&table, &date, &c.Value, &c.N)
		c.Table, c.Day = cell.Table(table), dateOf(date)
		cells = append(cells, c)
		return err
	}, site, string(basis), storable(first), storable(last))
	if err != nil {
		return nil, fmt.Errorf("read cells of site %s: %w", site, err)
	}
	return cells, nil
}
