package attack

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/counter"
	"github.com/footfall-analytics/footfall/internal/day"
)

// linkage is the attack of somebody who holds the database while the cells
// exist, and can tell the rows of each batch apart (the database keeps them as a
// part until it merges them). The attacker wants the rows of one visit.
type linkage struct {
	visits  int           // of which the batch has the first hit
	alone   int           // that are the only visit of their site and day in the batch, not in the day: all facts are theirs
	inDay   map[group]int // visits that there are
	targets int           // visits of which one fact is known that no other of the group has
	right   int           // best guesses of their device from the rows of the group
	chance  int           // best guesses of somebody who sees no rows
	claims  int           // devices named with certainty, as the group has but one
	correct int
	ordered int // pairs of rows at the same place of two tables, each a count of 1
	joined  int // of those, pairs that are of one visit
	expect  float64
}

// queue is a counter.Spool in memory.
type queue struct {
	now    func() time.Time
	open   []coarse.Hit
	since  time.Time
	closed map[string][]coarse.Hit
	last   int
}

func (q *queue) put(h coarse.Hit) {
	if len(q.open) == 0 {
		q.since = q.now()
	}
	q.open = append(q.open, h)
}

// Waiting implements counter.Spool.
func (q *queue) Waiting() (int, time.Time) { return len(q.open), q.since }

// Rotate implements counter.Spool.
func (q *queue) Rotate() error {
	if len(q.open) > 0 {
		q.last++
		q.closed[strconv.Itoa(q.last)] = q.open
		q.open = nil
	}
	return nil
}

// IDs implements counter.Spool.
func (q *queue) IDs() (ids []string) {
	for id := range q.closed {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Read implements counter.Spool.
func (q *queue) Read(id string, each func(coarse.Hit) error) error {
	for _, h := range q.closed[id] {
		if err := each(h); err != nil {
			return err
		}
	}
	return nil
}

// Remove implements counter.Spool.
func (q *queue) Remove(id string) error {
	delete(q.closed, id)
	return nil
}

// thief is a counter.Sink that looks at every batch, beside the hits that it was
// made of, which only the judge may see.
type thief struct {
	*linkage
	queue *queue
}

// Closed implements counter.Sink.
func (thief) Closed(context.Context, day.Day) (map[cell.Scope]day.Day, error) { return nil, nil }

// group is what one site and day have in a batch.
type group struct {
	site string
	day  day.Day
}

// Add implements counter.Sink.
func (t thief) Add(_ context.Context, b cell.Batch) error {
	rows := map[group]map[cell.Table][]cell.Cell{}
	for _, c := range b.Cells {
		g := group{c.Site, c.Day}
		if rows[g] == nil {
			rows[g] = map[cell.Table][]cell.Cell{}
		}
		rows[g][c.Table] = append(rows[g][c.Table], c)
	}
	truth := map[group][]coarse.Hit{}
	for _, id := range t.queue.IDs() {
		for _, h := range t.queue.closed[id] {
			if g := (group{h.Site, h.Day}); h.NewVisit && rows[g] != nil {
				truth[g] = append(truth[g], h)
			}
		}
	}
	for g, visits := range truth {
		t.alone += b2i(len(visits) == 1 && t.inDay[g] > 1)
		t.relink(rows[g], visits)
	}
	return nil
}

func (l *linkage) relink(rows map[cell.Table][]cell.Cell, visits []coarse.Hit) {
	l.visits += len(visits)
	most := slices.MaxFunc(rows[cell.Device], func(a, b cell.Cell) int { return cmp.Compare(a.N, b.N) }).Value
	known := map[string]uint64{}
	for _, c := range rows[cell.Source] {
		known[c.Value] = c.N
	}
	for _, v := range visits {
		if known[v.Source] != 1 {
			continue
		}
		l.targets++
		l.right += b2i(v.Device == most)
		l.chance += b2i(v.Device == others[1].values[0])
		if len(rows[cell.Device]) == 1 {
			l.claims++
			l.correct += b2i(v.Device == rows[cell.Device][0].Value)
		}
	}
	if len(visits) > 1 {
		l.byOrder(rows, visits)
	}
}

// byOrder takes rows at the same place of two tables for one visit's.
func (l *linkage) byOrder(rows map[cell.Table][]cell.Cell, visits []coarse.Hit) {
	sources, devices := rows[cell.Source], rows[cell.Device]
	for i := range min(len(sources), len(devices)) {
		s, d := sources[i], devices[i]
		if s.N != 1 || d.N != 1 {
			continue
		}
		l.ordered++
		l.expect += 1 / float64(len(visits))
		if slices.ContainsFunc(visits, func(v coarse.Hit) bool { return v.Source == s.Value && v.Device == d.Value }) {
			l.joined++
		}
	}
}

// relink lets sites with so many visits a day share one collector for some days
// and gives their hits to the real counter, which looks every 15 minutes and
// counts what until allows (nil = as the product does).
func relink(ctx context.Context, sites int, perDay float64, days int, until func(time.Time) time.Time) (*linkage, error) {
	c := &charity{random: rand.New(rand.NewPCG(uint64(sites), uint64(perDay)))}
	first := day.New(2025, 3, 3)
	now := first.Time()
	q := &queue{now: func() time.Time { return now }, closed: map[string][]coarse.Hit{}}
	l := &linkage{inDay: map[group]int{}}
	k := counter.New(counter.Options{Spool: q, Sink: thief{l, q}, Clock: q.now, Until: until})
	type timed struct {
		at  time.Time
		hit coarse.Hit
	}
	var hits []timed
	for d := first; d < first+day.Day(days); d++ {
		for s := range sites {
			for range c.poisson(perDay * seasonOf(d)) {
				hour := 7 + 16*c.random.Float64()
				if c.random.IntN(10) == 0 {
					hour = 24 * c.random.Float64()
				}
				at := d.Time().Add(time.Duration(hour * float64(time.Hour)))
				for _, h := range c.hits(fmt.Sprintf("site%d", s), d) {
					h.Day = day.Of(at, time.UTC)
					l.inDay[group{h.Site, h.Day}] += b2i(h.NewVisit)
					hits = append(hits, timed{at, h})
					at = at.Add(time.Duration(c.random.IntN(240)) * time.Second)
				}
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b timed) int { return a.at.Compare(b.at) })
	look := func(until time.Time) error {
		for until.Sub(now) >= 15*time.Minute {
			now = now.Add(15 * time.Minute)
			if err := k.Flush(ctx); err != nil {
				return err
			}
		}
		return nil
	}
	for _, h := range hits {
		if err := look(h.at); err != nil {
			return nil, err
		}
		q.put(h.hit)
	}
	return l, look(now.Add(25 * time.Hour))
}

// hits are those of one visit.
func (c *charity) hits(site string, d day.Day) (all []coarse.Hit) {
	r := c.random
	hit := func(k coarse.Kind) coarse.Hit { return coarse.Hit{Kind: k, Basis: coarse.Consent, Site: site, Day: d} }
	pick := func(c choices) string { return c.values[c.pick(r)] }
	view := hit(coarse.View)
	view.NewVisit, view.NewPage, view.Page, view.Area = true, true, pick(pages), pick(areas)
	view.Source, view.Device, view.Browser, view.System = pick(others[0]), pick(others[1]), pick(others[2]), pick(others[3])
	all = append(all, view)
	for r.Float64() < .55 {
		next := hit(coarse.View)
		next.NewPage, next.Page = true, pick(pages)
		all = append(all, next)
	}
	if r.Float64() < .11 {
		event := hit(coarse.Event)
		event.Table, event.Value = string(cell.Issue), pick(issues)
		all = append(all, event)
	}
	leave := hit(coarse.Leave)
	leave.Length = bands[cell.Length][:1]
	return append(all, leave)
}
