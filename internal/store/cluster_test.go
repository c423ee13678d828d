package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// TestCluster runs what every engine has to pass, and then what only a cluster
// can get wrong: processes that are connected to different servers.
func TestCluster(t *testing.T) {
	cluster := storetest.Cluster(t)
	t.Run("suite", func(t *testing.T) {
		runSuite(t, func(t *testing.T) store.Options {
			t.Parallel() // they wait for the making of tables for the most part
			return store.Options{DSN: cluster.DSN(1, storetest.Database(t)), Cluster: storetest.ClusterName}
		})
	})
	nodes := openNodes(t, cluster)
	for _, c := range []struct {
		name string
		run  func(t *testing.T, cluster *storetest.ClickHouseCluster, nodes []*store.Store)
	}{
		{"a batch is added once through any server", testBatchesMeet},
		{"a period is sealed once through any server", testSealsMeet},
		{"a version is written once through any server", testRecordsMeet},
		{"a lease is given once through any server", func(t *testing.T, _ *storetest.ClickHouseCluster, nodes []*store.Store) { raceForLease(t, nodes...) }},
		{"two collectors lose nothing with a replica", testKilledReplica},
		{"a deletion waits for a replica that is away", testDeletionWithoutReplica},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, cluster, nodes) })
	}
}

// openNodes opens one database through every server of the cluster.
func openNodes(t *testing.T, cluster *storetest.ClickHouseCluster) []*store.Store {
	database := storetest.Database(t)
	var nodes []*store.Store
	for n := 1; n <= 4; n++ {
		nodes = append(nodes, storetest.OpenWith(t, store.Options{DSN: cluster.DSN(n, database), Cluster: storetest.ClusterName}))
	}
	return nodes
}

// syncAll waits until every server has what the others have. After a kill that
// takes ten seconds or twenty: 18.16 rests for ten when a fetch has failed.
func syncAll(t *testing.T, nodes []*store.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var wg sync.WaitGroup
	for i, s := range nodes {
		wg.Go(func() {
			err := store.Sync(ctx, s)
			for ; err != nil && ctx.Err() == nil; err = store.Sync(ctx, s) {
				time.Sleep(50 * time.Millisecond) // it has just been started
			}
			if err != nil {
				t.Errorf("node %d: %v", i+1, err)
			}
		})
	}
	wg.Wait()
}

// spread is a batch of several sites, which are on both shards.
func spread(sites, id string) cell.Batch {
	b := cell.Batch{ID: sites + id}
	for i := range 8 {
		for _, c := range someCells(20) {
			c.Site = fmt.Sprintf("%s%d", sites, i)
			b.Cells = append(b.Cells, c)
		}
	}
	return b
}

// wantBatches checks that every server has the cells of n batches of the sites.
// For its own shard a server answers from its own files.
func wantBatches(t *testing.T, nodes []*store.Store, sites string, n int) {
	t.Helper()
	syncAll(t, nodes)
	for i, s := range nodes {
		for k := range 8 {
			name := fmt.Sprintf("%s%d", sites, k)
			cells, err := s.Cells(t.Context(), name, cell.BasisConsent, july, july+30)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := sum(cells), uint64(n)*sum(someCells(20)); got != want {
				t.Errorf("node %d has %d of %s after %d batches, want %d", i+1, got, name, n, want)
			}
		}
	}
}

func testBatchesMeet(t *testing.T, _ *storetest.ClickHouseCluster, nodes []*store.Store) {
	const batches = 5
	for i := range batches {
		var wg sync.WaitGroup
		for _, s := range nodes {
			wg.Go(func() {
				if err := s.Add(t.Context(), spread("meet", fmt.Sprintf("b%d", i))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	wantBatches(t, nodes, "meet", batches)
}

func testSealsMeet(t *testing.T, _ *storetest.ClickHouseCluster, nodes []*store.Store) {
	for d := july; d < july+3; d++ {
		p := dayPeriod(d)
		var wg sync.WaitGroup
		for i, s := range nodes {
			wg.Go(func() {
				if err := seal(s, t, p, uint64(100+i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		syncAll(t, nodes)
		first := numbers(t, nodes[0], days(p.First, p.Last))
		if len(first) != 6 || slices.Min(first) != slices.Max(first) {
			t.Fatalf("%s: %d, want six of one attempt", p.Name, first)
		}
		for i, s := range nodes {
			if got := numbers(t, s, days(p.First, p.Last)); !slices.Equal(got, first) {
				t.Errorf("%s: node %d says %d, node 1 %d", p.Name, i+1, got, first)
			}
		}
	}
}

func testRecordsMeet(t *testing.T, _ *storetest.ClickHouseCluster, nodes []*store.Store) {
	const versions = 3
	var told []string // what the writers who won have written
	for v := uint32(1); v <= versions; v++ {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i, s := range nodes {
			wg.Go(func() {
				body := fmt.Sprintf(`{"version":%d,"node":%d}`, v, i+1)
				var conflict *record.ConflictError
				switch err := s.Append(t.Context(), doc("a", v, body)); {
				case err == nil:
					mu.Lock()
					told = append(told, body)
					mu.Unlock()
				case !errors.As(err, &conflict):
					t.Errorf("version %d: %v", v, err)
				}
			})
		}
		wg.Wait()
		syncAll(t, nodes)
	}
	want, err := nodes[0].Docs(t.Context())
	if err != nil || len(want) != versions || len(told) != versions {
		t.Fatalf("%d versions and %d winners, %v, want %d", len(want), len(told), err, versions)
	}
	for i, d := range want {
		if string(d.Body) != told[i] {
			t.Errorf("%s is read, but %s has won", d.Body, told[i])
		}
	}
	for i, s := range nodes {
		got, err := s.Docs(t.Context())
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("node %d: %s %v", i+1, d, err)
		}
	}
}

// testKilledReplica has two collectors add batches through different servers,
// each until it is told that the batch is in, while a server is killed and comes
// back, and then the one that the first of them is connected to.
func testKilledReplica(t *testing.T, cluster *storetest.ClickHouseCluster, nodes []*store.Store) {
	var stop atomic.Bool
	var added, failed atomic.Int64
	var wg sync.WaitGroup
	for _, node := range []int{1, 4} {
		wg.Go(func() {
			for i := 0; !stop.Load(); i++ {
				b := spread("killed", fmt.Sprintf("collector %d, batch %d", node, i))
				for try := 0; ; try++ {
					ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
					err := nodes[node-1].Add(ctx, b)
					cancel()
					if err == nil {
						break
					}
					if try == 1000 {
						t.Error(err)
						return
					}
					failed.Add(1)
					time.Sleep(20 * time.Millisecond)
				}
				added.Add(1)
			}
		})
	}
	for _, victim := range []int{2, 1} {
		time.Sleep(time.Duration(200+rand.IntN(300)) * time.Millisecond)
		cluster.Kill(t, victim)
		// Sooner than a server in real life is back, 18.16 trips over its own
		// unfinished files.
		time.Sleep(time.Duration(1500+rand.IntN(300)) * time.Millisecond)
		cluster.Start(t, victim)
		for before := added.Load(); added.Load() < before+10 && !t.Failed(); time.Sleep(10 * time.Millisecond) {
		}
	}
	stop.Store(true)
	wg.Wait()
	wantBatches(t, nodes, "killed", int(added.Load()))
	t.Logf("%d batches, %d tries that failed, 2 kills", added.Load(), failed.Load())
}
