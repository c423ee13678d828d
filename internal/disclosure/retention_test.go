package disclosure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// timed is a memory that knows when a period was sealed.
type timed struct {
	*memory
	at map[string]time.Time
}

func (m *timed) Seal(ctx context.Context, s Sealing) error {
	if err := m.memory.Seal(ctx, s); err != nil {
		return err
	}
	for _, part := range s.Parts {
		if _, ok := m.at[part.Period.Name]; !ok {
			m.at[part.Period.Name] = s.At
		}
	}
	return nil
}

// releases is Release, or a mutant of it.
type releases func(p Plan, month Period, sealed map[string]time.Time) (time.Time, []Period, error)

// charityLife is a charity whose sealing lags at times, whose quarters move,
// and whose cells are deleted at the first moment at which they may be.
type charityLife struct {
	m      *timed
	all    []cell.Cell // that there ever were
	sealer *Sealer
	plan   Plan
	how    protection
	gone   map[string]bool // months
	now    time.Time
}

// protection says how the cells of a life are protected.
type protection struct {
	release  releases
	trusting bool // the sealer is not told what is deleted
	steady   bool // quarters stay where they are
}

var zones = []string{"Europe/London", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu", "UTC"}

func newLife(t testing.TB, rnd *rand.Rand, keys *KeyStore, how protection) *charityLife {
	t.Helper()
	loc, err := time.LoadLocation(zones[rnd.IntN(len(zones))])
	if err != nil {
		t.Fatal(err)
	}
	l := &charityLife{how: how, gone: map[string]bool{}}
	l.plan = Plan{Site: testSite, Basis: cell.BasisConsent, Location: loc, QuarterStart: 1 + rnd.IntN(12),
		First: day.New(2024, 11, 1) + day.Day(rnd.IntN(150)), Deleted: map[string]bool{}}
	for d := l.plan.First; d < l.plan.First+lifetime; d++ {
		for _, c := range []cell.Cell{at(d, cell.Total, "", 9), at(d, cell.Page, "/", 7), at(d, cell.Issue, "money", 4)} {
			if c.N = rnd.Uint64N(c.N); c.N > 0 {
				l.all = append(l.all, c)
			}
		}
	}
	l.m = &timed{newMemory(l.all...), map[string]time.Time{}}
	l.sealer = &Sealer{Counts: l.m, Ledger: l.m, Keys: keys, piece: 1 + rnd.IntN(60)}
	l.now = l.plan.First.Start(loc)
	return l
}

var errCrash = errors.New("crash")

// step lets some days pass and does a round of sealing and of deletion, each
// of which may fail or not take place.
func (l *charityLife) step(t testing.TB, rnd *rand.Rand) {
	t.Helper()
	l.now = l.now.Add(time.Duration(1+rnd.IntN(20*24)) * time.Hour)
	if rnd.IntN(6) == 0 && !l.how.steady {
		l.plan.QuarterStart = 1 + rnd.IntN(12)
	}
	l.m.crash = nil
	if rnd.IntN(3) == 0 {
		left := rnd.IntN(3)
		l.m.crash = func(int) error {
			if left--; left < 0 {
				return errCrash
			}
			return nil
		}
	}
	if rnd.IntN(5) > 0 {
		if _, err := l.sealer.Seal(t.Context(), l.plan, l.now); err != nil && !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
	}
	l.delete(t)
}

// delete deletes the cells of every month that may go.
func (l *charityLife) delete(t testing.TB) {
	t.Helper()
	for _, month := range Months(l.plan.First, day.Of(l.now, l.plan.Location)) {
		if l.gone[month.Name] {
			continue
		}
		_, waits, err := l.how.release(l.plan, month, l.m.at)
		if err != nil {
			t.Fatal(err)
		}
		if len(waits) > 0 {
			continue
		}
		var left []cell.Cell
		for _, c := range l.m.cells {
			if c.Day < month.First || c.Day > month.Last {
				left = append(left, c)
			}
		}
		l.m.cells = left
		l.gone[month.Name] = true
		if !l.how.trusting {
			l.plan.Deleted[month.Name] = true
		}
	}
}

// wrong looks for an atom that was sealed without cells that it consists of.
func (l *charityLife) wrong() error {
	for a, e := range l.m.every() {
		var n uint64
		for _, c := range l.all {
			if c.Table == a.Table && c.Value == a.Value && c.Day >= a.Period.First && c.Day <= a.Period.Last {
				n += c.N
			}
		}
		if e.N != n {
			return fmt.Errorf("%s %q of %s is sealed with %d, want %d", a.Table, a.Value, a.Period.Name, e.N, n)
		}
	}
	return nil
}

const lifetime = 200 // days of visits

// live lets a charity live for a year and more; in the end all of its cells are gone.
func live(t testing.TB, seed uint64, keys *KeyStore, how protection) error {
	rnd := rand.New(rand.NewPCG(seed, 1))
	l := newLife(t, rnd, keys, how)
	for end := (l.plan.First + lifetime).Start(time.UTC); l.now.Before(end); {
		l.step(t, rnd)
	}
	l.m.crash = nil
	for range 2 { // the last quarter is over
		l.now = l.now.AddDate(0, 0, 100)
		if _, err := l.sealer.Seal(t.Context(), l.plan, l.now); err != nil {
			return err
		}
		l.delete(t)
	}
	if err := l.wrong(); err != nil {
		return err
	}
	if len(l.m.cells) > 0 {
		return fmt.Errorf("%d cells are left when all is sealed, of %s", len(l.m.cells), l.m.cells[0].Day)
	}
	return nil
}

// Cells that an unsealed atom needs are never deleted, whatever the calendar
// does; and all are deleted in the end.
func TestCellsOutliveEveryAtomThatNeedsThem(t *testing.T) {
	keys := fixedKeys(t, 77)
	for seed := range uint64(60) {
		if err := live(t, seed, keys, protection{release: Plan.Release}); err != nil {
			t.Fatalf("life %d: %v", seed, err)
		}
	}
}

// without is Release that forgets one grain.
func without(g Grain) releases {
	return func(p Plan, month Period, sealed map[string]time.Time) (time.Time, []Period, error) {
		at, waits, err := p.Release(month, sealed)
		return at, slices.DeleteFunc(waits, func(q Period) bool { return q.Grain == g }), err
	}
}

// Days and months are sealed before the weeks and quarters that they wait with.
func TestDeletingTooEarlyIsFound(t *testing.T) {
	keys := fixedKeys(t, 77)
	for name, mutant := range map[string]protection{
		"weeks are forgotten":            {release: without(Week), steady: true, trusting: true},
		"quarters are forgotten":         {release: without(Quarter), steady: true, trusting: true},
		"quarters move after a deletion": {release: Plan.Release, trusting: true},
	} {
		found := false
		for seed := uint64(0); seed < 100 && !found; seed++ {
			found = live(t, seed, keys, mutant) != nil
		}
		if !found {
			t.Errorf("not found: %s", name)
		}
	}
}

func TestRelease(t *testing.T) {
	p := testPlan(t)
	m := &timed{newMemory(), map[string]time.Time{}}
	s := &Sealer{Counts: m, Ledger: m, Keys: fixedKeys(t, 3)}
	march := period(t, "2025-03")
	round := func(now time.Time) (time.Time, string) {
		t.Helper()
		if _, err := s.Seal(t.Context(), p, now); err != nil {
			t.Fatal(err)
		}
		at, waits, err := p.Release(march, m.at)
		if err != nil {
			t.Fatal(err)
		}
		names := ""
		for _, q := range waits {
			names += q.Name + " "
		}
		return at, names
	}
	end := day.New(2025, 4, 1).Start(p.Location)
	if _, waits := round(end.Add(Grace - time.Second)); waits != "2025-03-31 2025-W14 2025-Q1 2025-03 " {
		t.Errorf("before March is closed it waits for %s", waits)
	}
	if _, waits := round(end.Add(Grace)); waits != "2025-W14 " {
		t.Errorf("when March is closed it waits for %s", waits)
	}
	week := day.New(2025, 4, 7).Start(p.Location).Add(Grace)
	if at, waits := round(week); waits != "" || !at.Equal(week) {
		t.Errorf("when its last week is sealed it waits for %s, released at %s", waits, at)
	}
	if at, waits := round(week.AddDate(0, 1, 0)); waits != "" || !at.Equal(week) {
		t.Errorf("a month later it waits for %s, released at %s, want %s", waits, at, week)
	}
	february := p
	february.QuarterStart = 2 // in force before anything was sealed
	empty := map[string]time.Time{}
	_, waits, err := february.Release(period(t, "2025-02"), empty)
	if err != nil {
		t.Fatal(err)
	}
	if len(waits) != 28+5+1+1 || waits[33].Name != "2025-Q1-02" {
		t.Errorf("February waits for %v", waits)
	}
}

// The year's key is needed by what begins in it, on any calendar.
func TestOfYear(t *testing.T) {
	p := testPlan(t)
	p.First = day.New(2025, 1, 15)
	for _, c := range []struct {
		year, quarterStart int
		want               string // the first and last of each grain
	}{
		{2024, 1, "2024-11-01 2024-12-31, , , 2024-11 2024-12"},
		{2024, 2, "2024-11-01 2024-12-31, , 2024-Q4-11 2024-Q4-11, 2024-11 2024-12"},
		{2025, 1, "2025-01-01 2025-12-31, 2025-W03 2025-W52, 2025-Q1 2025-Q4, 2025-01 2025-12"},
		{2025, 3, "2025-01-01 2025-12-31, 2025-W03 2025-W52, 2025-Q1-03 2025-Q4-12, 2025-01 2025-12"},
		{2026, 1, "2026-01-01 2026-12-31, 2026-W01 2026-W53, 2026-Q1 2026-Q4, 2026-01 2026-12"},
	} {
		p.QuarterStart = c.quarterStart
		all, err := p.OfYear(c.year, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, g := range []Grain{Day, Week, Quarter, Month} {
			var names []string
			for _, q := range all {
				if q.Grain == g {
					names = append(names, q.Name)
				}
			}
			if len(names) == 0 {
				got = append(got, "")
				continue
			}
			got = append(got, names[0]+" "+names[len(names)-1])
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%d with quarters from %d: %s, want %s", c.year, c.quarterStart, text, c.want)
		}
	}
}
