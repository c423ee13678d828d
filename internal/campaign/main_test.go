package campaign

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/counter"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/spool"
	"github.com/footfall-analytics/footfall/internal/store"
)

// How much is broken: little by default, `make campaign` asks for all.
var (
	processKills  = flag.Int("process-kills", 25, "how often the process is killed")
	databaseKills = flag.Int("database-kills", 8, "how often the database is killed")
	slowness      = flag.Duration("slow", 2*time.Second, "how late a slow database's answers are")
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, child(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// putters put hits at the same time. When they are killed, each has at most
// one hit of which nobody knows whether it was kept.
const putters = 16

// sites and days of the hits: a segment has hits of two months, so that it
// becomes two batches.
var (
	sites = []string{"site0", "site1", "site2"}
	first = day.New(2026, time.July, 30)
	last  = day.New(2026, time.August, 2)
)

// hit is a visit whose page is its number: no other can make up for it.
func hit(n int) coarse.Hit {
	return coarse.Hit{
		Kind: coarse.View, Basis: coarse.Consent, Site: sites[n%len(sites)], Day: first + day.Day(n%int(last-first+1)),
		NewVisit: true, NewPage: true, Page: strconv.Itoa(n), Browser: "Firefox", Area: "GB-WLS",
	}
}

func openSpool(dir string, segmentBytes int64) (*spool.Spool, error) {
	return spool.Open(spool.Options{Dir: dir, Key: [32]byte{7}, Clock: time.Now, SegmentBytes: segmentBytes})
}

// small is the bytes of a segment that is closed often.
const small = 100_000

// quiet is the log of a counter whose database is broken on purpose.
var quiet = slog.New(slog.DiscardHandler)

// count runs a counter that is as busy as one can be, until ctx is done.
func count(ctx context.Context, s *spool.Spool, db *store.Store, every time.Duration, log *slog.Logger) *counter.Counter {
	atOnce := func(t time.Time) time.Time { return t }
	c := counter.New(counter.Options{Spool: s, Sink: db, Until: atOnce, Every: every, Log: log})
	go c.Run(ctx)
	return c
}

// load puts hits until it is stopped and remembers the acknowledged ones.
type load struct {
	spool *spool.Spool
	hit   func(n int) coarse.Hit
	stop  atomic.Bool
	next  atomic.Int64
	done  sync.WaitGroup

	mu    sync.Mutex
	acked map[int]bool
	err   error
}

func startLoad(s *spool.Spool, make func(n int) coarse.Hit, pause time.Duration) *load {
	l := &load{spool: s, hit: make, acked: map[int]bool{}}
	for range putters {
		l.done.Go(func() {
			for !l.stop.Load() {
				l.put(int(l.next.Add(1)))
				time.Sleep(pause)
			}
		})
	}
	return l
}

func (l *load) put(n int) {
	err := l.spool.Put(context.Background(), l.hit(n))
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.err = err
		return
	}
	l.acked[n] = true
}

// end stops the load and returns the numbers of the acknowledged hits.
func (l *load) end(t *testing.T) map[int]bool {
	t.Helper()
	l.stop.Store(true)
	l.done.Wait()
	if l.err != nil {
		t.Errorf("a hit was refused: %v", l.err)
	}
	return l.acked
}

// await waits until a condition holds.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("two minutes are over, and not yet: %s", what)
		}
	}
}

// drain counts what is left in the spool; the database may just be coming back.
func drain(t *testing.T, c *counter.Counter, s *spool.Spool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		err := c.Drain(ctx)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("the spool does not drain: %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if st := s.Stats(); st.Hits != 0 {
		t.Errorf("%d hits are left in the spool", st.Hits)
	}
}

// compare checks that each acknowledged hit is counted once, and that at most
// inFlight others are.
func compare(t *testing.T, db *store.Store, acked map[int]bool, inFlight int) {
	t.Helper()
	counted, visits := map[int]uint64{}, uint64(0)
	for _, site := range sites {
		cells, err := db.Cells(t.Context(), site, cell.BasisConsent, first, last)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			switch c.Table {
			case cell.Total:
				visits += c.N
			case cell.Page:
				n, err := strconv.Atoi(c.Value)
				if err != nil || hit(n).Site != site || hit(n).Day != c.Day {
					t.Fatalf("nobody has put %+v", c)
				}
				counted[n] += c.N
			}
		}
	}
	lost, double, extra := 0, 0, 0
	for n := range acked {
		if counted[n] == 0 {
			lost++
		}
	}
	for n, times := range counted {
		if times > 1 {
			double++
		}
		if !acked[n] {
			extra++
		}
	}
	t.Logf("%d hits acknowledged: %d lost, %d double; %d others counted, of at most %d in flight", len(acked), lost, double, extra, inFlight)
	if lost > 0 || double > 0 || extra > inFlight || visits != uint64(len(counted)) {
		t.Errorf("counted are %d visits of %d pages", visits, len(counted))
	}
}
