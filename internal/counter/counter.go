// Package counter sums coarse hits into cells and hands them to the database in
// batches. A batch is made of one closed segment of the spool and has an id that
// follows from it, so that it counts once however often it is sent.
package counter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
)

// Spool is where hits wait; *spool.Spool is one. A closed segment never changes.
type Spool interface {
	// Waiting returns how many hits are in the open segment and when the first
	// of them came in.
	Waiting() (hits int, since time.Time)
	// Rotate closes the open segment, if there is one.
	Rotate() error
	// IDs returns the ids of the closed segments, oldest first.
	IDs() []string
	// Read calls each for every hit of a closed segment and returns its error.
	Read(id string, each func(coarse.Hit) error) error
	// Remove deletes a closed segment.
	Remove(id string) error
}

// Sink is where cells are added; the store is one.
type Sink interface {
	// Add adds the cells, all of one month, unless a batch with this id was
	// added before. After an error it is not known whether it was added.
	Add(ctx context.Context, b cell.Batch) error
	// Closed returns the last day whose total is sealed, of each site and basis
	// that has one on or after from.
	Closed(ctx context.Context, from day.Day) (map[cell.Scope]day.Day, error)
}

// Options says when and where to flush. A batch has the hits of whole days, so
// that rows which came together tell no more than the cells of those days do:
// no visit can be read from them (docs/decisions/0014).
type Options struct {
	Spool   Spool
	Sink    Sink
	Clock   func() time.Time // for the age of hits; nil = time.Now
	Log     *slog.Logger     // nil = slog.Default()
	Every   time.Duration    // segments are looked for at most this often; 0 = 15 min
	Timeout time.Duration    // for one segment; 0 = 2 min
	Observe Observe
	// Until is when hits that came in at a time may be counted; nil = at the end
	// of their day by UTC. Anything earlier than the end of a day is for tests.
	Until func(time.Time) time.Time
}

// EndOfDay makes a batch of each day in loc. A site in another zone has its days
// in two batches.
func EndOfDay(loc *time.Location) func(time.Time) time.Time {
	return func(t time.Time) time.Time { return day.Of(t, loc).End(loc) }
}

// Observe has functions to call at what metrics want to know. Any may be nil;
// none may block.
type Observe struct {
	// TooLate is called with the number of hits of a segment whose day was
	// sealed before they could be added.
	TooLate func(hits int)
	// Batch is called for every attempt to add a batch.
	Batch func(Attempt)
}

// Attempt is one attempt to add a batch.
type Attempt struct {
	Cells int
	Took  time.Duration
	Retry bool // this process tried the segment before
	Err   error
}

// Counter moves hits from a spool to a sink.
type Counter struct {
	opt Options

	round  sync.Mutex // one round at a time, one segment in memory
	failed map[string]bool

	mu  sync.Mutex
	err error // of the last round
}

// New returns a counter that has not started.
func New(o Options) *Counter {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Until == nil {
		o.Until = EndOfDay(time.UTC)
	}
	o.Every, o.Timeout = cmp.Or(o.Every, 15*time.Minute), cmp.Or(o.Timeout, 2*time.Minute)
	return &Counter{opt: o, failed: map[string]bool{}}
}

// Run flushes by the rule until ctx is done. What fails is kept and tried again
// after a while that grows to a minute.
func (c *Counter) Run(ctx context.Context) {
	look := time.NewTimer(c.untilLook())
	defer look.Stop()
	retry := time.NewTimer(0) // for what an earlier run left
	defer retry.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			look.Reset(c.untilLook())
		case <-retry.C:
		}
		err := c.Flush(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			failures++
			wait := c.backOff(failures)
			c.opt.Log.Error("counter: hits are kept and will be sent later", "error", err, "failures", failures, "next", wait)
			retry.Reset(wait)
		case failures > 0:
			c.opt.Log.Info("counter: hits are sent again", "failures", failures)
			failures = 0
			retry.Stop()
		}
	}
}

// backOff is a random time that doubles with every failure, from about a second
// to about a minute.
func (c *Counter) backOff(failures int) time.Duration {
	d := min(time.Second<<min(failures-1, 6), time.Minute, c.opt.Every)
	return d/2 + rand.N(d/2+1)
}

// untilLook is how long to wait for the next round: it comes as a day ends, so
// that the open segment is closed before it has many hits of the next.
func (c *Counter) untilLook() time.Duration {
	now := c.opt.Clock()
	if rest := c.opt.Until(now).Sub(now); rest > 0 {
		return min(rest, c.opt.Every)
	}
	return c.opt.Every
}

// over says whether the open segment may become a batch. Segments that are
// closed already were, or have grown too large to wait.
func (c *Counter) over() bool {
	hits, since := c.opt.Spool.Waiting()
	return hits > 0 && !c.opt.Clock().Before(c.opt.Until(since))
}

// Flush does one round now: it closes the open segment if its day is over and
// adds all closed segments.
func (c *Counter) Flush(ctx context.Context) error { return c.flush(ctx, c.over()) }

// Drain adds everything, whether its day is over or not. It is for tests and
// demonstrations: never call it for the visits of real people.
func (c *Counter) Drain(ctx context.Context) error { return c.flush(ctx, true) }

// Err returns the error of the last round, nil if all went well.
func (c *Counter) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// maxFailures ends a round: one segment that the database refuses must not keep
// the others, but a database that is away need not be asked for each.
const maxFailures = 3

func (c *Counter) flush(ctx context.Context, rotate bool) error {
	c.round.Lock()
	defer c.round.Unlock()
	var errs []error
	if rotate {
		if err := c.opt.Spool.Rotate(); err != nil {
			errs = append(errs, fmt.Errorf("flush hits: %w", err))
		}
	}
	for _, id := range c.opt.Spool.IDs() {
		if err := c.move(ctx, id); err != nil {
			errs = append(errs, fmt.Errorf("flush segment %s: %w", id, err))
		}
		if ctx.Err() != nil || len(errs) == maxFailures {
			break
		}
	}
	err := errors.Join(errs...)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	return err
}

// move adds one segment to the sink and removes it from the spool. Whatever
// fails or dies in between, moving it again counts nothing twice.
func (c *Counter) move(ctx context.Context, id string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	defer func() {
		if err != nil {
			c.failed[id] = true
		}
	}()
	sums, late, err := c.sum(ctx, id)
	if err != nil {
		return err
	}
	for _, b := range sums.batches(id) {
		start := c.opt.Clock()
		err := c.opt.Sink.Add(ctx, b)
		if c.opt.Observe.Batch != nil {
			c.opt.Observe.Batch(Attempt{Cells: len(b.Cells), Took: c.opt.Clock().Sub(start), Retry: c.failed[id], Err: err})
		}
		if err != nil {
			return fmt.Errorf("add batch: %w", err)
		}
	}
	if err := c.opt.Spool.Remove(id); err != nil {
		return err
	}
	delete(c.failed, id)
	if late > 0 && c.opt.Observe.TooLate != nil {
		c.opt.Observe.TooLate(late)
	}
	return nil
}

// sum counts the hits of a segment, but for the late ones: those of days that
// are sealed, whose figures stand.
func (c *Counter) sum(ctx context.Context, id string) (s sums, late int, err error) {
	s = sums{}
	first := day.Day(math.MaxInt32)
	err = c.opt.Spool.Read(id, func(h coarse.Hit) error {
		first = min(first, h.Day)
		s.add(h)
		return nil
	})
	if err != nil || len(s) == 0 {
		return s, 0, err
	}
	closed, err := c.opt.Sink.Closed(ctx, first)
	if err != nil {
		return nil, 0, fmt.Errorf("ask for the last sealed days: %w", err)
	}
	for g, counted := range s {
		if last, ok := closed[cell.Scope{Site: g.site, Basis: basisOf(g.basis)}]; ok && g.day <= last {
			late += counted.hits
			delete(s, g)
		}
	}
	return s, late, nil
}
