package counter

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/spool"
)

func openSpool(t testing.TB, dir string) *spool.Spool {
	t.Helper()
	s, err := spool.Open(spool.Options{Dir: dir, Key: [32]byte{7}, Clock: time.Now, Log: quiet})
	mustDo(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var quiet = slog.New(slog.DiscardHandler)

func mustDo(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// visits puts the first pages of n visits.
func visits(t testing.TB, s *spool.Spool, n int) {
	t.Helper()
	for range n {
		mustDo(t, s.Put(context.Background(), view))
	}
}

// inBubble runs f with a spool and a running counter in a bubble of false time.
func inBubble(t *testing.T, f func(t *testing.T, s *spool.Spool, db *sink)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, db := openSpool(t, dir), &sink{}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { New(Options{Spool: s, Sink: db, Log: quiet}).Run(ctx) })
		f(t, s, db)
		cancel()
		running.Wait()
	})
}

// atOnce is the rule of a counter that waits for nothing.
func atOnce(t time.Time) time.Time { return t }

func sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// A day's hits go together as the day ends, however few or many; only what has
// outgrown a segment goes before.
func TestFlushRule(t *testing.T) {
	inBubble(t, func(t *testing.T, s *spool.Spool, db *sink) { // from midnight on
		sleep(time.Minute)
		visits(t, s, 40)
		sleep(12 * time.Hour)
		visits(t, s, 1)
		sleep(12*time.Hour - 2*time.Minute)
		if n := db.total(); n != 0 {
			t.Errorf("%d visits before the day is over", n)
		}
		sleep(time.Minute)
		if n := db.total(); n != 41 {
			t.Errorf("%d visits after the day", n)
		}
		visits(t, s, 1)
		mustDo(t, s.Rotate())
		visits(t, s, 2)
		sleep(15 * time.Minute)
		if n := db.total(); n != 42 {
			t.Errorf("%d visits, one of them in a segment that was closed", n)
		}
		sleep(24*time.Hour - 15*time.Minute)
		if n := db.total(); n != 44 {
			t.Errorf("%d visits after the second day", n)
		}
		sleep(48 * time.Hour)
		if n := db.count(); n != 3 {
			t.Errorf("%d batches", n)
		}
		if st := s.Stats(); st.Hits != 0 {
			t.Errorf("%+v", st)
		}
	})
}

// On the days of the clock change a day has 23 or 25 hours.
func TestDaysEndWhereTheSitesAre(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	mustDo(t, err)
	for at, want := range map[string]string{
		"2026-03-28T23:59:59Z": "2026-03-29T00:00:00Z", "2026-03-29T00:00:00Z": "2026-03-29T23:00:00Z", "2026-10-25T00:10:00Z": "2026-10-26T00:00:00Z",
	} {
		from, err := time.Parse(time.RFC3339, at)
		mustDo(t, err)
		if got := EndOfDay(london)(from).UTC().Format(time.RFC3339); got != want {
			t.Errorf("the day of %s ends at %s, want %s", at, got, want)
		}
	}
}

// An earlier run's closed segments go at once, its open one when its day ends.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	earlier := openSpool(t, dir)
	visits(t, earlier, 3)
	mustDo(t, earlier.Rotate())
	visits(t, earlier, 25)
	mustDo(t, earlier.Close())
	synctest.Test(t, func(t *testing.T) {
		s, db := openSpool(t, dir), &sink{}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { New(Options{Spool: s, Sink: db, Log: quiet}).Run(ctx) })
		sleep(time.Second)
		if n := db.total(); n != 3 {
			t.Errorf("%d visits at first", n)
		}
		sleep(24 * time.Hour)
		if n := db.total(); n != 28 {
			t.Errorf("%d visits a day later", n)
		}
		cancel()
		running.Wait()
	})
}

// Whatever the database does, each visit is added once, and it is not asked
// more often than every half second.
func TestFaultsOfTheDatabase(t *testing.T) {
	tests := map[string]func(ctx context.Context, n int, add func()) error{
		"away": func(_ context.Context, n int, add func()) error {
			if n <= 12 {
				return errAway
			}
			add()
			return nil
		},
		"answer lost": func(_ context.Context, n int, add func()) error {
			add()
			if n <= 12 {
				return errAway
			}
			return nil
		},
		"hangs, then is slow": func(ctx context.Context, n int, add func()) error {
			if n <= 6 {
				<-ctx.Done()
				return ctx.Err()
			}
			time.Sleep(10 * time.Second)
			add()
			return nil
		},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, s *spool.Spool, db *sink) {
				db.setFault(fault)
				for range 10 {
					visits(t, s, 30)
					mustDo(t, s.Rotate())
					sleep(15 * time.Minute)
				}
				sleep(time.Hour)
				if n := db.total(); n != 300 || s.Stats().Hits != 0 {
					t.Errorf("%d visits added, %d left", n, s.Stats().Hits)
				}
				last := map[string]time.Time{}
				for _, c := range db.calls {
					if at, ok := last[c.id]; ok && c.at.Sub(at) < time.Second/2 {
						t.Errorf("%s was sent again after %v", c.id, c.at.Sub(at))
					}
					last[c.id] = c.at
				}
				if n := len(db.calls); n < 10 || n > 40 {
					t.Errorf("%d attempts", n)
				}
			})
		})
	}
}

// A segment that the database refuses for good does not keep the others.
func TestRefusedSegmentDoesNotBlock(t *testing.T) {
	s, db := openSpool(t, t.TempDir()), &sink{}
	c := New(Options{Spool: s, Sink: db, Log: quiet})
	for range 4 {
		visits(t, s, 25)
		mustDo(t, s.Rotate())
	}
	ids := s.IDs()
	db.setFault(func(_ context.Context, n int, add func()) error {
		if n == 1 {
			return errAway
		}
		add()
		return nil
	})
	if err := c.Flush(t.Context()); !errors.Is(err, errAway) || !errors.Is(c.Err(), errAway) {
		t.Errorf("Flush: %v, Err: %v", err, c.Err())
	}
	if d := cmp.Diff(ids[:1], s.IDs()); d != "" || db.total() != 75 {
		t.Errorf("%d visits, %s", db.total(), d)
	}
	mustDo(t, c.Flush(t.Context()))
	if db.total() != 100 || c.Err() != nil {
		t.Errorf("%d visits, %v", db.total(), c.Err())
	}
}

// With the database away a round asks for few of many segments.
func TestRoundGivesUp(t *testing.T) {
	s, db := openSpool(t, t.TempDir()), &sink{}
	db.setFault(func(context.Context, int, func()) error { return errAway })
	for range 10 {
		visits(t, s, 1)
		mustDo(t, s.Rotate())
	}
	if err := New(Options{Spool: s, Sink: db, Log: quiet}).Flush(t.Context()); !errors.Is(err, errAway) {
		t.Error(err)
	}
	if db.count() != maxFailures || len(s.IDs()) != 10 {
		t.Errorf("%d attempts, %d segments", db.count(), len(s.IDs()))
	}
}

// A segment that spans months is added in pieces; the process dies after the
// first, and again before the segment is removed.
func TestCrashBetweenAddAndRemove(t *testing.T) {
	dir := t.TempDir()
	s, db := openSpool(t, dir), &sink{}
	months := view
	for _, d := range []day.Day{day.New(2026, 2, 28), day.New(2026, 3, 1)} {
		months.Day = d
		mustDo(t, s.Put(t.Context(), months))
	}
	var attempts []Attempt
	options := Options{Sink: db, Log: quiet, Observe: Observe{Batch: func(a Attempt) { attempts = append(attempts, a) }}}
	db.setFault(func(_ context.Context, n int, add func()) error {
		if n == 2 {
			return errAway
		}
		add()
		return nil
	})
	options.Spool = s
	if err := New(options).Drain(t.Context()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	mustDo(t, s.Close())

	s = openSpool(t, dir)
	options.Spool = unremovable{s}
	c := New(options)
	for range 2 {
		if err := c.Flush(t.Context()); !errors.Is(err, errRemove) {
			t.Fatal(err)
		}
	}
	mustDo(t, s.Close())

	s = openSpool(t, dir)
	options.Spool = s
	mustDo(t, New(options).Flush(t.Context()))
	if n := db.total(); n != 2 || s.Stats().Hits != 0 || len(db.added) != 2 {
		t.Errorf("%d visits in %d batches, %+v", n, len(db.added), s.Stats())
	}
	if len(attempts) != 8 || attempts[2].Retry || !attempts[4].Retry || !errors.Is(attempts[1].Err, errAway) {
		t.Errorf("%+v", attempts)
	}
}

var errRemove = errors.New("remove")

type unremovable struct{ *spool.Spool }

func (unremovable) Remove(string) error { return errRemove }

// The figures of a sealed day stand: later hits of it are counted as too late.
func TestTooLate(t *testing.T) {
	s := openSpool(t, t.TempDir())
	db := &sink{sealed: map[string]day.Day{"kx4f9q": 20500}}
	late := 0
	c := New(Options{Spool: s, Sink: db, Log: quiet, Observe: Observe{TooLate: func(n int) { late += n }}})
	for _, d := range []day.Day{20499, 20500, 20501} {
		h := view
		h.Day = d
		mustDo(t, s.Put(t.Context(), h))
		h.Site = "aaaaaa"
		mustDo(t, s.Put(t.Context(), h))
	}
	db.setFault(func(context.Context, int, func()) error { return errAway })
	if err := c.Drain(t.Context()); !errors.Is(err, errAway) || late != 0 {
		t.Errorf("%d too late of a segment that is not added: %v", late, err)
	}
	db.setFault(nil)
	mustDo(t, c.Drain(t.Context()))
	got := map[string]uint64{}
	for _, cells := range db.added {
		for _, c := range cells {
			if c.Table == cell.Total {
				got[c.Site+" "+strconv.Itoa(int(c.Day))] += c.N
			}
		}
	}
	want := map[string]uint64{"kx4f9q 20501": 1, "aaaaaa 20499": 1, "aaaaaa 20500": 1, "aaaaaa 20501": 1}
	if !maps.Equal(got, want) || late != 2 {
		t.Errorf("%v, %d too late", got, late)
	}
}

func TestDrainAndFlush(t *testing.T) {
	s, db, now := openSpool(t, t.TempDir()), &sink{}, time.Now()
	c := New(Options{Spool: s, Sink: db, Log: quiet, Clock: func() time.Time { return now }})
	visits(t, s, 19)
	mustDo(t, c.Flush(t.Context()))
	if n := db.total(); n != 0 {
		t.Errorf("Flush added %d visits against the rule", n)
	}
	mustDo(t, c.Drain(t.Context()))
	if n := db.total(); n != 19 {
		t.Errorf("Drain added %d visits", n)
	}
	visits(t, s, 20)
	now = now.Add(48 * time.Hour)
	mustDo(t, c.Flush(t.Context()))
	if n := db.total(); n != 39 {
		t.Errorf("%d visits after Flush two days later", n)
	}
}

// With the database hanging hits are stored and memory does not grow with them.
func TestMemoryWithTheDatabaseAway(t *testing.T) {
	s, db := openSpool(t, t.TempDir()), &sink{}
	db.setFault(func(ctx context.Context, _ int, _ func()) error { <-ctx.Done(); return ctx.Err() })
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { New(Options{Spool: s, Sink: db, Log: quiet, Until: atOnce, Every: time.Millisecond}).Run(ctx) })
	putMany := func(n int) {
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for range n / 64 {
					if err := s.Put(context.Background(), view); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
	putMany(6_400)
	before := heap()
	putMany(64_000)
	if grown := heap() - before; grown > 2<<20 {
		t.Errorf("%d bytes more for 64,000 hits", grown)
	}
	if n := s.Stats().Hits; n != 70_400 {
		t.Errorf("%d hits stored", n)
	}
	cancel()
	running.Wait()
}
