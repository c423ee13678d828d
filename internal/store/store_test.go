package store_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// rig is an engine under test: it gives options for a fresh database.
type rig func(t *testing.T) store.Options

// suite runs on every engine.
var suite = []struct {
	name string
	run  func(t *testing.T, fresh rig)
}{
	{"migrations are done once", testMigrateTwice},
	{"a column can be added", testAddColumn},
	{"batch is added once", testAddOnce},
	{"batch is added once by two at once", testAddAtOnce},
	{"values keep every byte", testHostileValues},
	{"batches that cannot be stored are refused", testBadBatches},
	{"first seal wins", testFirstSealWins},
	{"first of many sealers wins", testSealersAtOnce},
	{"many periods at once", testManyPeriodsAtOnce},
	{"indicators of case records are sealed apart", testRecordSeals},
	{"unfinished seal is nowhere", testUnfinishedSeal},
	{"attempts that overlap seal each day once", testOverlappingAttempts},
	{"sites that are sealed at once have each its own figures", testManySites},
	{"an attempt that dies before its claim is nowhere", testDeathBeforeTheClaim},
	{"columns of counts are known", testColumnsOfCounts},
	{"records keep every version", testRecords},
	{"one writer of a version wins", testWritersAtOnce},
	{"one has a lease", testLease},
	{"one of many at once has a lease", testLeaseAtOnce},
	{"cells of a site's month are deleted", testDeleteCells},
	{"a month is dropped with its markers", testDropCells},
	{"counts of a year are cut", testCutCounts},
	{"old figures of a site are deleted", testDeleteFigures},
	{"a deletion that was cut short is done again", testDeletionCutShort},
	{"bytes and ping", testBytes},
	{"context ends a statement", testContext},
}

func TestEmbedded(t *testing.T) {
	engine := storetest.Engine(t)
	runSuite(t, func(t *testing.T) store.Options {
		return store.Options{Transport: engine, Database: storetest.Database(t)}
	})
}

func TestServer(t *testing.T) {
	server := storetest.Server(t)
	runSuite(t, func(t *testing.T) store.Options {
		return store.Options{DSN: server.DSN(storetest.Database(t))}
	})
}

func runSuite(t *testing.T, fresh rig) {
	for _, c := range suite {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh) })
	}
}

const site = "kx4f9q"

var july = day.New(2026, time.July, 1)

// someCells are n cells of July with different values.
func someCells(n int) []cell.Cell {
	cells := make([]cell.Cell, n)
	for i := range cells {
		cells[i] = cell.Cell{Site: site, Basis: cell.BasisConsent, Day: july + day.Day(i%31), Table: cell.Page, Value: fmt.Sprintf("/page/%04d", i), N: uint64(i + 1)}
	}
	return cells
}

func add(t *testing.T, s *store.Store, id string, cells []cell.Cell) {
	t.Helper()
	if err := s.Add(t.Context(), cell.Batch{ID: id, Cells: cells}); err != nil {
		t.Fatal(err)
	}
}

func cellsOf(t *testing.T, s *store.Store, basis cell.Basis) []cell.Cell {
	t.Helper()
	cells, err := s.Cells(t.Context(), site, basis, july, july+30)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

func sum(cells []cell.Cell) (n uint64) {
	for _, c := range cells {
		n += c.N
	}
	return n
}

func testMigrateTwice(t *testing.T, fresh rig) {
	o := fresh(t)
	add(t, storetest.OpenWith(t, o), "b1", someCells(10))
	start := time.Now()
	again := storetest.OpenWith(t, o)
	t.Logf("open an existing database: %v", time.Since(start))
	if got := sum(cellsOf(t, again, cell.BasisConsent)); got != 55 {
		t.Errorf("sum %d after the second migration, want 55", got)
	}
}

func testAddColumn(t *testing.T, fresh rig) {
	o := fresh(t)
	s := storetest.OpenWith(t, o)
	add(t, s, "b1", someCells(10))
	next := fstest.MapFS{"schema/9_cells.sql": {Data: []byte("ALTER TABLE cells ADD COLUMN seconds UInt64\n")}}
	for range 2 {
		if err := store.MigrateWith(t.Context(), s, next); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := store.HasColumn(t.Context(), s, "cells", "seconds"); !ok || err != nil {
		t.Errorf("column is there: %v, %v", ok, err)
	}
	older := storetest.OpenWith(t, o) // which does not know the column
	add(t, older, "b2", someCells(10))
	if got := sum(cellsOf(t, older, cell.BasisConsent)); got != 110 {
		t.Errorf("sum %d, want 110", got)
	}
}

func testAddOnce(t *testing.T, fresh rig) {
	o := fresh(t)
	s := storetest.OpenWith(t, o)
	cells := someCells(500)
	start := time.Now()
	add(t, s, "b1", cells)
	t.Logf("add 500 cells: %v", time.Since(start))
	byValue := func(a, b cell.Cell) int {
		if a.Day != b.Day {
			return int(a.Day - b.Day)
		}
		return strings.Compare(a.Value, b.Value)
	}
	want := slices.SortedFunc(slices.Values(cells), byValue)
	if d := cmp.Diff(want, cellsOf(t, s, cell.BasisConsent)); d != "" {
		t.Fatal(d)
	}
	add(t, s, "b1", cells)
	slices.Reverse(cells)
	add(t, storetest.OpenWith(t, o), "b1", cells)
	if d := cmp.Diff(want, cellsOf(t, s, cell.BasisConsent)); d != "" {
		t.Errorf("added again: %s", d)
	}
	add(t, s, "b2", cells)
	if got, want := sum(cellsOf(t, s, cell.BasisConsent)), 2*sum(cells); got != want {
		t.Errorf("sum after another batch: %d, want %d", got, want)
	}
	august := cell.Cell{Site: site, Basis: cell.BasisException, Day: july + 31, Table: cell.Total, N: 7}
	add(t, s, "b1", []cell.Cell{august}) // ids are per month: a batch that spans two is two
	got, err := s.Cells(t.Context(), site, cell.BasisException, july, july+60)
	if d := cmp.Diff([]cell.Cell{august}, got); d != "" || err != nil {
		t.Errorf("%s %v", d, err)
	}
	if got := cellsOf(t, s, cell.BasisException); got != nil {
		t.Errorf("cells of July: %v", got)
	}
}

func testAddAtOnce(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	batch := cell.Batch{ID: "b1", Cells: someCells(500)}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Add(t.Context(), batch); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, want := sum(cellsOf(t, s, cell.BasisConsent)), sum(batch.Cells); got != want {
		t.Errorf("sum %d, want %d", got, want)
	}
}

// TestAddByTwoProcesses has two stores add the same batch at the same moment.
// In the embedded engine that cannot be: there is one store on one engine.
func TestAddByTwoProcesses(t *testing.T) {
	server := storetest.Server(t)
	o := store.Options{DSN: server.DSN("two")}
	stores := []*store.Store{storetest.OpenWith(t, o), storetest.OpenWith(t, o)}
	var want uint64
	for round := range 5 {
		batch := cell.Batch{ID: fmt.Sprintf("b%d", round), Cells: someCells(500)}
		want += sum(batch.Cells)
		var wg sync.WaitGroup
		for _, s := range stores {
			wg.Go(func() {
				if err := s.Add(t.Context(), batch); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	if got := sum(cellsOf(t, stores[0], cell.BasisConsent)); got != want {
		t.Errorf("sum %d, want %d", got, want)
	}
}

// hostile are values that a careless path to the database breaks.
var hostile = []string{
	"\n", "\n\n", "\n\nDROP TABLE cells\n\n", "'", `\`, `\'); DROP TABLE cells; --`, "\x00", "a\x00b", "`", "?", "$1", "@a", "{a:String}", ";", "/*", "*/",
	"\xff\xfe", "\r\n__exception__\r\n", "FORMAT Native", "__batch", "Llanfair 🏴", strings.Repeat("x", 100_000),
}

func testHostileValues(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	numbers := []uint64{1, 10, 2570, 0x0a0a0a0a0a0a0a0a, 1 << 31, 1<<32 - 1, 1 << 32, math.MaxUint64}
	want := map[string]uint64{}
	var cells []cell.Cell
	for i, v := range hostile {
		want[v] = numbers[i%len(numbers)]
		cells = append(cells, cell.Cell{Site: site, Basis: cell.BasisConsent, Day: july, Table: cell.Page, Value: v, N: want[v]})
	}
	add(t, s, "b'\n\n\x00\\", cells)
	add(t, s, "b'\n\n\x00\\", cells)
	got := map[string]uint64{}
	for _, c := range cellsOf(t, s, cell.BasisConsent) {
		got[c.Value] = c.N
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	var wg sync.WaitGroup // at once: on a cluster each takes a second
	for i, v := range hostile {
		wg.Go(func() {
			doc := record.Doc{Kind: "site", ID: v, Version: 1, Author: v, Time: july.Time().Add(time.Duration(i) * time.Second), Body: []byte(v)}
			if err := s.Append(t.Context(), doc); err != nil {
				t.Errorf("%.40q: %v", v, err)
			}
		})
	}
	wg.Wait()
	docs, err := s.Docs(t.Context())
	if err != nil || len(docs) != len(hostile) {
		t.Fatalf("%d documents, %v", len(docs), err)
	}
	for i, d := range docs {
		if d.ID != hostile[i] || d.Author != hostile[i] || string(d.Body) != hostile[i] {
			t.Errorf("%.40q came back as %.40q %.40q %.40q", hostile[i], d.ID, d.Author, d.Body)
		}
	}
}

func testBadBatches(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	good := someCells(1)[0]
	change := func(f func(*cell.Cell)) []cell.Cell {
		c := good
		f(&c)
		return []cell.Cell{good, c}
	}
	for name, b := range map[string]cell.Batch{
		"no id":          {Cells: []cell.Cell{good}},
		"counts nothing": {ID: "b", Cells: change(func(c *cell.Cell) { c.N = 0 })},
		"no site":        {ID: "b", Cells: change(func(c *cell.Cell) { c.Site = "" })},
		"no basis":       {ID: "b", Cells: change(func(c *cell.Cell) { c.Basis = "" })},
		"two months":     {ID: "b", Cells: change(func(c *cell.Cell) { c.Day += 31 })},
		"our own table":  {ID: "b", Cells: change(func(c *cell.Cell) { c.Table = "__batch" })},
		"no Date":        {ID: "b", Cells: []cell.Cell{{Site: site, Basis: cell.BasisConsent, Day: -1, Table: cell.Total, N: 1}}},
		"no Date either": {ID: "b", Cells: []cell.Cell{{Site: site, Basis: cell.BasisConsent, Day: 60_000, Table: cell.Total, N: 1}}},
	} {
		if err := s.Add(t.Context(), b); err == nil {
			t.Errorf("%s: added", name)
		}
	}
	if got := cellsOf(t, s, cell.BasisConsent); got != nil {
		t.Errorf("stored: %v", got)
	}
	if err := s.Add(t.Context(), cell.Batch{ID: "empty"}); err != nil {
		t.Errorf("a batch without cells: %v", err)
	}
}

func testBytes(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	add(t, s, "b1", someCells(500))
	sizes, err := s.Bytes(t.Context())
	if err != nil || sizes["cells"] < 500 || sizes["ledger"] != 0 {
		t.Errorf("bytes %v, %v", sizes, err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func testContext(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Add(ctx, cell.Batch{ID: "b1", Cells: someCells(5)}); !errors.Is(err, context.Canceled) {
		t.Errorf("add: %v", err)
	}
	if _, err := s.Entries(ctx, disclosure.Range{Grains: []disclosure.Grain{disclosure.Day}}); !errors.Is(err, context.Canceled) {
		t.Errorf("entries: %v", err)
	}
	add(t, s, "b1", someCells(5))
	if got := sum(cellsOf(t, s, cell.BasisConsent)); got != 15 {
		t.Errorf("sum %d, want 15", got)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, o := range map[string]store.Options{
		"nothing":         {},
		"both":            {DSN: "clickhouse://127.0.0.1:1", Transport: storetest.Engine(t)},
		"other protocol":  {DSN: "http://127.0.0.1:1/a"},
		"two servers":     {DSN: "clickhouse://127.0.0.1:1,127.0.0.1:2/a"},
		"hostile name":    {Transport: storetest.Engine(t), Database: "a`; DROP DATABASE b"},
		"hostile cluster": {DSN: "clickhouse://127.0.0.1:1/a", Cluster: "a b"},
		"broken DSN":      {DSN: "clickhouse://user:secret-word@[::1/a"},
		"nobody there":    {DSN: "clickhouse://user:secret-word@127.0.0.1:1/a"},
	} {
		s, err := store.Open(t.Context(), o)
		if err == nil {
			s.Close()
			t.Errorf("%s: opened", name)
		} else if strings.Contains(err.Error(), "secret-word") {
			t.Errorf("%s: the password is in the error: %v", name, err)
		}
	}
}
