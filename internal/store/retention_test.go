package store_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// crowd is n cells of each of the sites and both bases, in the month of d.
func crowd(d day.Day, n int, sites ...string) (cells []cell.Cell) {
	for _, key := range sites {
		for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
			for i := range n {
				cells = append(cells, cell.Cell{Site: key, Basis: basis, Day: d + day.Day(i%28), Table: cell.Page, Value: fmt.Sprintf("/%d", i), N: 1})
			}
		}
	}
	return cells
}

func scope(key string, basis cell.Basis) cell.Scope { return cell.Scope{Site: key, Basis: basis} }

// wantCounts checks how many cells there are of a month.
func wantCounts(t *testing.T, s *store.Store, d day.Day, want map[cell.Scope]uint64) {
	t.Helper()
	got, err := s.CellCounts(t.Context(), d)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("cells of %s: %v %v, want %v", d, got, err, want)
	}
}

func testDeleteCells(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	june, august := july-30, july+31
	sites := []string{"aaaaa1", "aaaaa2", "aaaaa3", "aaaaa4"}
	add(t, s, "june", crowd(june, 40, sites...))
	add(t, s, "july", crowd(july, 50, sites...))
	add(t, s, "august", crowd(august, 60, sites...))
	start := time.Now()
	if err := s.DeleteCells(t.Context(), july+9, []cell.Scope{scope("aaaaa1", cell.BasisConsent), scope("aaaaa1", cell.BasisException), scope("aaaaa3", cell.BasisConsent)}); err != nil {
		t.Fatal(err)
	}
	t.Logf("delete 150 cells of 400: %v", time.Since(start))
	full := func(n uint64) map[cell.Scope]uint64 {
		all := map[cell.Scope]uint64{}
		for _, key := range sites {
			all[scope(key, cell.BasisConsent)], all[scope(key, cell.BasisException)] = n, n
		}
		return all
	}
	left := full(50)
	for _, gone := range []cell.Scope{scope("aaaaa1", cell.BasisConsent), scope("aaaaa1", cell.BasisException), scope("aaaaa3", cell.BasisConsent)} {
		delete(left, gone)
	}
	wantCounts(t, s, july, left)
	wantCounts(t, s, june, full(40))
	wantCounts(t, s, august, full(60))
	// The marker of the batch is still there: it is not added a second time.
	add(t, s, "july", crowd(july, 50, sites...))
	wantCounts(t, s, july, left)
	add(t, s, "later", crowd(july, 5, "aaaaa1")) // what comes later stays
	left[scope("aaaaa1", cell.BasisConsent)], left[scope("aaaaa1", cell.BasisException)] = 5, 5
	wantCounts(t, s, july, left)
	if err := s.DeleteCells(t.Context(), july, []cell.Scope{scope("nobody", cell.BasisConsent)}); err != nil {
		t.Errorf("nothing to delete: %v", err)
	}
}

func testDropCells(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	sites := []string{"aaaaa1", "aaaaa2", "aaaaa3"}
	add(t, s, "july", crowd(july, 50, sites...))
	add(t, s, "august", crowd(july+31, 60, sites...))
	for range 2 {
		if err := s.DropCells(t.Context(), july+30); err != nil {
			t.Fatal(err)
		}
		wantCounts(t, s, july, map[cell.Scope]uint64{})
	}
	if got, err := s.CellCounts(t.Context(), july+31); len(got) != 6 || err != nil {
		t.Errorf("August has the cells of %d, %v", len(got), err)
	}
	// Without its marker the batch would count again. That its days are sealed
	// keeps it out: see the counter.
	add(t, s, "july", crowd(july, 50, sites...))
	if got, err := s.CellCounts(t.Context(), july); len(got) != 6 || err != nil {
		t.Errorf("the marker is still there: %v %v", got, err)
	}
}

// sealedYear seals a week and months of a site in 2026 and 2027, and leaves an
// attempt that was cut short.
func sealedYear(t *testing.T, s *store.Store, key string) {
	t.Helper()
	part := func(p disclosure.Period, year int) disclosure.Sealed {
		var all []disclosure.Entry
		for n := range uint64(9) {
			all = append(all, disclosure.Entry{
				Atom: disclosure.Atom{Site: key, Basis: cell.BasisConsent, Table: cell.Page, Period: p, Value: fmt.Sprint(n)},
				N:    n, Noisy: int64(n) - 3, Shown: n * 5, Year: year,
			})
		}
		return disclosure.Sealed{Period: p, Entries: all}
	}
	for _, w := range []disclosure.Sealing{
		{Parts: []disclosure.Sealed{part(disclosure.PeriodOf(disclosure.Week, july, 1), 2026), part(disclosure.PeriodOf(disclosure.Month, july, 1), 2026)}},
		{Parts: []disclosure.Sealed{part(disclosure.PeriodOf(disclosure.Month, july+365, 1), 2027)}},
	} {
		w.Site, w.Basis, w.At = key, cell.BasisConsent, sealedAt
		if err := s.Seal(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
}

// kept is what the ledger has of a site's months, and of its weeks, by value.
func kept(t *testing.T, s *store.Store, key string, g disclosure.Grain) (n []uint64, noisy []int64, shown []uint64) {
	t.Helper()
	got, err := s.Entries(t.Context(), disclosure.Range{Site: key, Basis: cell.BasisConsent, Grains: []disclosure.Grain{g}, First: july - 10, Last: july + 900})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got {
		n, noisy, shown = append(n, e.N), append(noisy, e.Noisy), append(shown, e.Shown)
	}
	return n, noisy, shown
}

func testCutCounts(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	for _, key := range []string{"aaaaa1", "aaaaa2", "aaaaa3"} {
		sealedYear(t, s, key)
	}
	start := time.Now()
	for range 2 {
		if err := s.CutCounts(t.Context(), 2026, []string{"aaaaa1", "aaaaa3"}); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("cut a year twice: %v", time.Since(start))
	whole := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8}
	noise := []int64{-3, -2, -1, 0, 1, 2, 3, 4, 5}
	figures := []uint64{0, 5, 10, 15, 20, 25, 30, 35, 40}
	for key, c := range map[string]struct {
		months, weeks []uint64
		noisyWeeks    []int64
	}{
		"aaaaa1": {slices.Concat([]uint64{0, 1, 2, 3, 4, 5, 5, 5, 5}, whole), make([]uint64, 9), make([]int64, 9)},
		"aaaaa2": {slices.Concat(whole, whole), whole, noise},
		"aaaaa3": {slices.Concat([]uint64{0, 1, 2, 3, 4, 5, 5, 5, 5}, whole), make([]uint64, 9), make([]int64, 9)},
	} {
		n, noisy, shown := kept(t, s, key, disclosure.Month)
		if d := cmp.Diff(c.months, n) + cmp.Diff(slices.Concat(noise, noise), noisy) + cmp.Diff(slices.Concat(figures, figures), shown); d != "" {
			t.Errorf("months of %s: %s", key, d)
		}
		n, noisy, shown = kept(t, s, key, disclosure.Week)
		if d := cmp.Diff(c.weeks, n) + cmp.Diff(c.noisyWeeks, noisy) + cmp.Diff(figures, shown); d != "" {
			t.Errorf("weeks of %s: %s", key, d)
		}
	}
}

func testDeleteFigures(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	for _, key := range []string{"aaaaa1", "aaaaa2"} {
		sealedYear(t, s, key)
	}
	if err := s.DeleteFigures(t.Context(), july+31, []string{"aaaaa1"}); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]int{"aaaaa1": 9, "aaaaa2": 18} {
		if n, _, _ := kept(t, s, key, disclosure.Month); len(n) != want {
			t.Errorf("%s has %d entries of months, want %d", key, len(n), want)
		}
		sealed, err := s.Sealed(t.Context(), key, cell.BasisConsent, july-10, july+900)
		if len(sealed) != 3 || err != nil {
			t.Errorf("%s: sealed are %v, %v", key, sealed, err)
		}
		times, err := s.SealTimes(t.Context(), key, cell.BasisConsent, july-10, july+900)
		if err != nil || len(times) != 3 || !times["2026-07"].Equal(sealedAt) {
			t.Errorf("%s: times of sealing: %v %v", key, times, err)
		}
	}
	sealedYear(t, s, "aaaaa1") // a sealer that comes again
	if n, _, _ := kept(t, s, "aaaaa1", disclosure.Month); len(n) != 9 {
		t.Errorf("%d entries after the periods were sealed again", len(n))
	}
}

// testDeletionCutShort gives up waiting at once, as a process does that dies.
func testDeletionCutShort(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	add(t, s, "july", crowd(july, 2000, "aaaaa1", "aaaaa2"))
	gone := []cell.Scope{scope("aaaaa1", cell.BasisConsent), scope("aaaaa1", cell.BasisException)}
	for _, patience := range []time.Duration{time.Millisecond, 5 * time.Millisecond, 20 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err := s.DeleteCells(ctx, july, gone)
		cancel()
		t.Logf("after %v: %v", patience, err)
	}
	if err := s.DeleteCells(t.Context(), july, gone); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, july, map[cell.Scope]uint64{scope("aaaaa2", cell.BasisConsent): 2000, scope("aaaaa2", cell.BasisException): 2000})
}

// TestServerKilledWhileItDeletes kills a server in the middle of deletions;
// what was asked for is done in the end, and nothing else.
func TestServerKilledWhileItDeletes(t *testing.T) {
	server := storetest.Server(t)
	s := storetest.OpenWith(t, store.Options{DSN: server.DSN("deletes")})
	want := map[cell.Scope]uint64{scope("stays1", cell.BasisConsent): 20_000, scope("stays1", cell.BasisException): 20_000}
	add(t, s, "stays", crowd(july, 20_000, "stays1"))
	for round := range 4 {
		key := fmt.Sprintf("leave%d", round)
		addUntilStored(t, s, cell.Batch{ID: key, Cells: crowd(july, 20_000, key)})
		var down atomic.Bool
		kill := time.AfterFunc(time.Duration(rand.IntN(80))*time.Millisecond, func() {
			server.Kill()
			down.Store(true)
		})
		gone := []cell.Scope{scope(key, cell.BasisConsent), scope(key, cell.BasisException)}
		err := s.DeleteCells(t.Context(), july, gone)
		t.Logf("round %d: %v", round, err)
		for kill.Stop(); err != nil && !down.Load(); time.Sleep(time.Millisecond) {
		}
		if !down.Load() {
			server.Kill()
		}
		server.Start(t)
		for range 50 {
			if err = s.DeleteCells(t.Context(), july, gone); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond) // connections that died with the server
		}
		if err != nil {
			t.Fatal(err)
		}
		wantCounts(t, s, july, want)
	}
}

// testDeletionWithoutReplica deletes while a server is away: it is not done
// then, and is done on all of them when the server is back.
func testDeletionWithoutReplica(t *testing.T, cluster *storetest.ClickHouseCluster, nodes []*store.Store) {
	sites := []string{"aaaaa1", "aaaaa2", "aaaaa3", "aaaaa4", "aaaaa5", "aaaaa6"}
	add(t, nodes[0], "deleted", crowd(july+62, 50, sites...))
	syncAll(t, nodes)
	var gone []cell.Scope
	want := map[cell.Scope]uint64{}
	for i, key := range sites {
		for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
			if i%2 == 0 {
				gone = append(gone, scope(key, basis))
			} else {
				want[scope(key, basis)] = 50
			}
		}
	}
	cluster.Kill(t, 2)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	err := nodes[0].DeleteCells(ctx, july+62, gone)
	cancel()
	t.Logf("with a server away: %v", err)
	cluster.Start(t, 2)
	for end := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		if err = nodes[0].DeleteCells(t.Context(), july+62, gone); err == nil || time.Now().After(end) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	syncAll(t, nodes)
	for i, s := range nodes {
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			if got, err := s.CellCounts(t.Context(), july+62); err == nil && maps.Equal(got, want) {
				break
			}
		}
		wantCounts(t, s, july+62, want)
		t.Logf("node %d is done", i+1)
	}
}
