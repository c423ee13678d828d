package campaign

import (
	"context"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// away is how a database can be away.
type away struct {
	fault fault
	fails bool          // and the counter gets to know it
	least time.Duration // at least
}

// TestDatabaseAway has the database refuse, be late, or break off in the middle
// of what it is sent. Hits are acknowledged into the spool all the while,
// memory does not grow with them, and afterwards each is counted once.
func TestDatabaseAway(t *testing.T) {
	server := storetest.Server(t)
	for name, a := range map[string]away{
		"it refuses":    {fault{refuse: true}, true, 0},
		"it is slow":    {fault{delay: *slowness}, false, 3 * *slowness},
		"it breaks off": {fault{cut: true}, true, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) { a.test(t, server) })
	}
}

const (
	spooled  = 24 << 20 // bytes in the spool when the database comes back
	inMemory = 10 << 20 // bytes that the process may take for it
)

func (a away) test(t *testing.T, server *storetest.ClickHouse) {
	w := &wire{to: server.Addr}
	db := storetest.OpenWith(t, store.Options{DSN: "clickhouse://" + w.listen(t) + "/" + storetest.Database(t)})
	s, err := openSpool(t.TempDir(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := count(ctx, s, db, 50*time.Millisecond, quiet)
	l := startLoad(s, heavy, 5*time.Millisecond)
	await(t, "hits are counted", func() bool {
		cells, err := db.Cells(t.Context(), sites[0], "consent", first, last)
		return err == nil && len(cells) > 0
	})

	runtime.GC()
	before, most := heap(), uint64(0)
	back := time.Now().Add(a.least)
	w.set(a.fault)
	failed := false
	await(t, "the spool takes the hits", func() bool {
		most = max(most, heap())
		failed = failed || c.Err() != nil
		return s.Stats().Bytes >= spooled && time.Now().After(back)
	})
	acked, waiting := l.end(t), s.Stats()
	w.set(fault{})
	await(t, "the spool is empty", func() bool { return s.Stats().Hits == 0 })
	cancel()
	if failed != a.fails {
		t.Errorf("the counter has seen an error: %v", failed)
	}
	if grown := int64(most) - int64(before); grown > inMemory {
		t.Errorf("memory has grown by %d MiB", grown>>20)
	} else {
		t.Logf("%d MiB in the spool, %d MiB more in memory; %d connections cut", waiting.Bytes>>20, grown>>20, w.cut())
	}
	compare(t, db, acked, 0)
}

// heavy is a hit that takes five kilobytes of the spool, but no more cells than
// others.
func heavy(n int) coarse.Hit {
	h := hit(n)
	long := strings.Repeat("x", coarse.MaxText)
	for _, text := range []*string{&h.Source, &h.Referrer, &h.Campaign, &h.Area, &h.Browser, &h.Version, &h.System, &h.Device, &h.Table, &h.Value} {
		*text = long
	}
	return h
}

// heap is the bytes of all objects that the last collection of garbage found
// alive: how much garbage waits for the next one is not of the process's making.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
