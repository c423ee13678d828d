package attack

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// promise is what the rule promises of one visit, computed from the rule alone.
type promise struct {
	eps   float64 // largest |log likelihood ratio| of an answer that both worlds can give
	delta float64 // probability of an answer that only one world can give
	gain  float64 // largest advantage (true less false alarms) of any attacker
	worst int     // the count at which it is
}

// outputs are all answers of an atom with up to most visits.
func (r *rule) outputs(most int) (all []answer) {
	all = append(all, r.answerOf(0))
	for shown := r.rounding; shown <= most+2*reach; shown += r.rounding {
		if shown+r.rounding/2 >= r.threshold {
			all = append(all, r.answerOf(shown))
		}
	}
	return all
}

// promiseOf compares a count with the same and one visit more, for all counts
// up to most.
func promiseOf(r *rule, most int) (p promise) {
	all := r.outputs(most)
	for n := range most {
		gain, delta := 0.0, 0.0
		for _, a := range all {
			without, with := r.like(a, n), r.like(a, n+1)
			gain += math.Abs(with-without) / 2
			const nothing = 1e-9 // what floating point leaves of the far ends
			switch {
			case min(without, with) > nothing:
				p.eps = max(p.eps, math.Abs(math.Log(with/without)))
			case max(without, with) > 100*nothing:
				delta += max(without, with)
			}
		}
		p.delta = max(p.delta, delta)
		if gain > p.gain {
			p.gain, p.worst = gain, n
		}
	}
	return p
}

// twoAtoms is the largest advantage where a visit is in two atoms.
func twoAtoms(r *rule, most int) (gain float64, week, month int) {
	all := r.outputs(most)
	for w := range most {
		for m := w; m < most; m++ {
			sum := 0.0
			for _, a := range all {
				w0, w1 := r.like(a, w), r.like(a, w+1)
				if w0+w1 < 1e-12 {
					continue
				}
				for _, b := range all {
					sum += math.Abs(w1*r.like(b, m+1)-w0*r.like(b, m)) / 2
				}
			}
			if sum > gain {
				gain, week, month = sum, w, m
			}
		}
	}
	return gain, week, month
}

// game is thousands of pages that all have the same visits in a month, and of
// them in a week, but for one visit that is there or not.
type game struct {
	week, month, trials int
	two                 bool // the attacker has both atoms
}

// member plays the game with the real sealer: thousands of pages of which
// everything is known but whether one visit was there. The attacker has the
// month's figure and, with two, the week's. It returns the share of right alarms
// less that of false ones.
func member(ctx context.Context, keys *disclosure.KeyStore, off weakness, g game) (gain float64, err error) {
	week, month, trials := g.week, g.month, g.trials
	random := rand.New(rand.NewPCG(uint64(week), uint64(month)))
	d := day.New(2025, 3, 12)
	p, q := disclosure.PeriodOf(disclosure.Month, d, 1), disclosure.PeriodOf(disclosure.Week, d, 1)
	c := &charity{site: fmt.Sprintf("game-%d-%d", week, month), from: p.First, basis: cell.BasisConsent}
	var cells []cell.Cell
	there := make([]bool, trials)
	page := func(i int) string { return fmt.Sprintf("/%d", i) }
	for i := range there {
		there[i] = random.IntN(2) == 1
		for at, n := range map[day.Day]int{d: week + b2i(there[i]), d + 8: month - week} {
			if n > 0 {
				cells = append(cells, cell.Cell{Site: c.site, Basis: cell.BasisConsent, Day: at, Table: cell.Page, Value: page(i), N: uint64(n)})
			}
		}
	}
	m := newMemory(cells)
	if err := seal(ctx, keys, c, m, off, p.Last+10); err != nil {
		return 0, err
	}
	r := sdc1(off)
	odds := make([]float64, trials) // log
	known := map[disclosure.Period]int{p: month}
	if g.two {
		known[q] = week
	}
	for period, known := range known {
		shown, err := pagesIn(ctx, c.book(m), c.site, period)
		if err != nil {
			return 0, err
		}
		for i := range odds {
			a := r.answerOf(shown[page(i)])
			odds[i] += math.Log(r.like(a, known+1)+1e-300) - math.Log(r.like(a, known)+1e-300)
		}
	}
	return advantage(odds, there), nil
}

// advantage is the share of right alarms less that of false ones, of who says
// "there" where the odds (their logarithm) are for it.
func advantage(odds []float64, there []bool) float64 {
	alarms, present := [2]int{}, [2]int{}
	for i := range odds {
		present[b2i(there[i])]++
		if odds[i] > 0 || odds[i] == 0 && i%2 == 0 {
			alarms[b2i(there[i])]++
		}
	}
	return float64(alarms[1])/float64(present[1]) - float64(alarms[0])/float64(present[0])
}

// belowFloor seals pages that all have the same few visits, and returns how
// many of them are shown.
func belowFloor(ctx context.Context, keys *disclosure.KeyStore, off weakness, visits, pages int) (shown int, err error) {
	p := disclosure.PeriodOf(disclosure.Month, day.New(2025, 3, 12), 1)
	c := &charity{site: fmt.Sprintf("floor-%d", visits), from: p.First, basis: cell.BasisConsent}
	m := newMemory(nil)
	for i := range pages {
		m.add(cell.Cell{Site: c.site, Basis: cell.BasisConsent, Day: p.First, Table: cell.Page, Value: fmt.Sprintf("/%d", i), N: uint64(visits)})
	}
	if err := seal(ctx, keys, c, m, off, p.Last+10); err != nil {
		return 0, err
	}
	all, err := pagesIn(ctx, c.book(m), c.site, p)
	return len(all), err
}
