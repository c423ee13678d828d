// Package attack tries to find true small counts in sealed figures, as a
// determined reader would. Simulated charities are sealed by the real sealer and
// read through disclosure.Book alone; each attack turns figures, and the rule
// that everybody may know, into claims, and a judge who knows the truth counts
// the right ones. `make attack` runs all at full size.
//
// That the attacks can succeed is shown by taking protections away: see weakness.
package attack

import (
	"context"
	"fmt"
	"math"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// size says how much is attacked.
type size struct {
	charities int // of each number of visits a day
	averaging int // of them, how many are asked again and sent visits
	months    int
	sweeps    int // of the sampler
	trials    int // of each game: pages that are all alike
	days      int // of hits of which batches are linked
	kind      kind
}

// kind is a kind of charity, other than the usual one.
type kind struct {
	name string
	make func(*charity)
}

// otherKinds of charities are attacked, too.
var otherKinds = []kind{
	{"statistics exception, quarters from February", func(c *charity) {
		c.basis, c.quarterStart = cell.BasisException, 2
	}},
	{"all tables strict, quarters from March", func(c *charity) {
		c.quarterStart = 3
		for _, name := range c.names {
			c.strict[name.table] = true
		}
	}},
}

var (
	fullSize  = size{charities: 30, averaging: 10, months: 13, sweeps: 1500, trials: 40_000, days: 40}
	smallSize = size{charities: 1, averaging: 1, months: 3, sweeps: 60, trials: 2_000, days: 2}
)

// visits are how many visits a day the simulated charities have.
var visits = []float64{20, 50, 200}

// attacks are the rows of the table, with what they must not go beyond. The
// points are the goals of the design, but for those that it does not name.
var attacks = []struct {
	name   string
	points float64
}{
	{differenced, 6},
	{runsOfMonths, 6},
	{singleDays, 6},
	{calendarOfDays, 6},
	{runsOfDays, 6},
	{totalMinusParts, 4},
	{kindsOfAnswers, 4}, // a total and its parts
	{contactsTwice, 4},  // the same, with a total that nobody published
	{nestedBands, 4},
	{twoWayBounds, 2},
	{twoWayPosterior, 2},
	{askedAgain, 6},
	{sentAfter, 6},
	{sentBefore, 0},
	{somebodyThere, 6},
}

const (
	differenced     = "weeks, months and quarters against each other"
	runsOfMonths    = "the same with all runs of whole months"
	singleDays      = "days of the total, alone"
	calendarOfDays  = "days of the total, weeks and months"
	runsOfDays      = "days of the total, all runs of days" // which only a control has
	totalMinusParts = "total minus parts"
	kindsOfAnswers  = "answers in the banner by version and language, with their sum"
	contactsTwice   = "contacts by channel against contacts by part of the day"
	nestedBands     = "nested bands"
	twoWayBounds    = "two-way with margins, exact bounds"
	twoWayPosterior = "two-way with margins, posterior"
	askedAgain      = "one question in every way, averaged"
	sentAfter       = "own visits after sealing, averaged"
	sentBefore      = "own visits before sealing"
	somebodyThere   = "presence: was anybody there"
)

// results of some charities.
type results struct {
	scores    map[string]score
	margin    float64
	published published
	use       use
}

func newResults() *results { return &results{scores: map[string]score{}, margin: math.Inf(1)} }

func (r *results) score(attack string, s score) {
	old := r.scores[attack]
	old.add(s)
	r.scores[attack] = old
}

// attackAll seals and attacks charities of so many visits a day.
func attackAll(ctx context.Context, keys *disclosure.KeyStore, s size, visits float64, off weakness) (*results, error) {
	r := newResults()
	end := day.New(2025, 1, 1)
	for range s.months {
		end = disclosure.PeriodOf(disclosure.Month, end, 1).Last + 1
	}
	end--
	for i := range s.charities {
		c := simulate(uint64(visits)*1000+uint64(i), visits, end+9)
		if s.kind.make != nil {
			s.kind.make(c)
			c.site += fmt.Sprintf("-from%d", c.quarterStart)
		}
		m := newMemory(c.cells())
		m.forget = off.firstWins
		if err := seal(ctx, keys, c, m, off, end+10); err != nil {
			return nil, err
		}
		v, err := read(ctx, c, m, off, end)
		if err != nil {
			return nil, err
		}
		r.attack(v, s)
		if off.calendar {
			r.score(runsOfDays, daily(v, v.daysOfRuns()))
		}
		if i < s.averaging {
			if err := r.average(ctx, keys, v, m, off); err != nil {
				return nil, fmt.Errorf("attack charity %s: %w", c.site, err)
			}
		}
	}
	return r, nil
}

// attack runs the attacks that need nothing but figures.
func (r *results) attack(v *view, s size) {
	blocks, hidden := differencing(v, false)
	r.score(differenced, blocks)
	r.score(somebodyThere, hidden)
	blocks, _ = differencing(v, true)
	r.score(runsOfMonths, blocks)
	r.score(singleDays, daily(v, nil))
	r.score(calendarOfDays, daily(v, v.daysOfCalendar()))
	some, least := parts(v)
	r.score(totalMinusParts, some)
	r.margin = min(r.margin, least)
	r.score(kindsOfAnswers, kinds(v))
	r.score(contactsTwice, twice(v))
	r.score(nestedBands, nested(v))
	byBounds, byPosterior := twoWay(v, s.sweeps)
	r.score(twoWayBounds, byBounds)
	r.score(twoWayPosterior, byPosterior)
	r.published.add(v.published())
	r.use.add(v)
}

// average runs the attacks of one who asks again or sends visits.
func (r *results) average(ctx context.Context, keys *disclosure.KeyStore, v *view, l disclosure.Ledger, off weakness) error {
	again, err := repeated(ctx, v, l)
	if err != nil {
		return err
	}
	r.score(askedAgain, again)
	own := *v.charity
	own.site += "-after"
	sent, err := ownVisits(ctx, keys, &own, off, v.end)
	if err != nil {
		return err
	}
	r.score(sentAfter, sent)
	own.site = v.site + "-before"
	lifted, err := padding(ctx, keys, &own, off, v.end)
	r.score(sentBefore, lifted)
	return err
}

// add takes other charities in.
func (r *results) add(other *results) {
	for attack, s := range other.scores {
		r.score(attack, s)
	}
	r.margin = min(r.margin, other.margin)
	r.published.add(other.published)
}

// lines are the rows of the table.
func (r *results) lines(visits string) (all []line) {
	for _, a := range attacks {
		s, made := r.scores[a.name]
		if !made {
			continue
		}
		b := bound{points: a.points, free: a.name == somebodyThere}
		if a.name == totalMinusParts {
			b.extra = fmt.Sprintf("least margin %g > 4", r.margin)
			b.broken = r.margin <= 4
		}
		all = append(all, line{attack: a.name, size: visits, score: s, bound: b})
	}
	return all
}
