package attack

import (
	"math/rand/v2"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// grid is a two-way table of one quarter with its margins. The product has no
// such table yet: the simulated one is sealed by the real sealer, as any table
// is that has no profile of its own, and attacked by quarters. Its margins are
// strict, too (docs/decisions/0014).
type grid struct {
	*view
	quarter    disclosure.Period
	rows, cols []int   // columns of the margins
	cells      [][]int // columns of the table
}

func (v *view) grid(q disclosure.Period) *grid {
	g := &grid{view: v, quarter: q, rows: v.columns(cell.Issue), cols: v.columns(issueAreas)}
	for _, i := range issues.values {
		var row []int
		for _, a := range nations {
			row = append(row, v.index[column{issueByArea, i + " " + a}])
		}
		g.cells = append(g.cells, row)
	}
	return g
}

// twoWay attacks the quarters' tables in two ways: by exact bounds, which take
// the noise to be at most 3 (it is in 97 of 100 atoms), and by the posterior.
func twoWay(v *view, sweeps int) (byBounds, byPosterior score) {
	for _, q := range v.quarters() {
		g := v.grid(q)
		byBounds.add(g.bound(min(v.rule.reach, 3)))
		if v.rule.reach > 0 { // without noise the bounds are all there is
			byPosterior.add(g.sample(sweeps))
		}
	}
	return byBounds, byPosterior
}

// windowOf is what a figure says of the true count if the noise is at most e.
func (g *grid) windowOf(col, e int) (lo, hi int) {
	a := g.answer(col, g.quarter)
	if !a.shown {
		rule := g.ruleOf(col)
		return 0, max(rule.threshold, rule.floor) - 1 + e
	}
	return max(g.ruleOf(col).floor, a.lo-e), a.hi + e
}

func (g *grid) bound(e int) (s score) {
	f := newFlow(len(g.rows), len(g.cols))
	for i, col := range g.rows {
		lo, hi := g.windowOf(col, e)
		f.edge(f.source(), f.row(i), lo, hi)
	}
	for j, col := range g.cols {
		lo, hi := g.windowOf(col, e)
		f.edge(f.col(j), f.sink(), lo, hi)
	}
	for i, row := range g.cells {
		for j, col := range row {
			lo, hi := g.windowOf(col, e)
			f.edge(f.row(i), f.col(j), lo, hi)
		}
	}
	possible := f.settle()
	for i, row := range g.cells {
		for j, col := range row {
			prior := g.about(col, g.quarter, g.answer(col, g.quarter))
			posterior := prior
			if truth := g.truth(col, g.quarter.First, g.quarter.Last); possible && truth >= 1 && truth <= small {
				lo, hi := f.extremes(f.row(i), f.col(j))
				posterior = prior.times(func(n int) float64 { return float64(b2i(n >= lo && n <= hi)) })
			}
			s.judge(g.truth(col, g.quarter.First, g.quarter.Last), opinion{prior, prior, posterior})
		}
	}
	return s
}

// sample finds the posterior by Gibbs sampling: each cell in turn is drawn
// given all others. What is kept is the mean of the distributions drawn from.
func (g *grid) sample(sweeps int) (s score) {
	r := rand.New(rand.NewPCG(1, 2))
	rows, cols := g.likes(g.rows), g.likes(g.cols)
	state := make([][]int, len(g.cells))
	prior, seen, sum := make([][]dist, len(g.cells)), make([][]dist, len(g.cells)), make([][]dist, len(g.cells))
	rowSum, colSum := make([]int, len(rows)), make([]int, len(cols))
	for i, row := range g.cells {
		for j, col := range row {
			a := g.answer(col, g.quarter)
			d := g.about(col, g.quarter, a)
			prior[i] = append(prior[i], d)
			seen[i] = append(seen[i], d.times(g.ruleOf(col).of(a)))
			sum[i] = append(sum[i], dist{d.lo, make([]float64, len(d.p))})
			n, _ := seen[i][j].mode()
			state[i] = append(state[i], n)
			rowSum[i] += n
			colSum[j] += n
		}
	}
	for sweep := range sweeps {
		for i := range state {
			for j := range state[i] {
				rest, other := rowSum[i]-state[i][j], colSum[j]-state[i][j]
				d, ok := seen[i][j].times(func(n int) float64 { return rows[i](rest+n) * cols[j](other+n) }).normal()
				if !ok {
					continue
				}
				state[i][j] = d.draw(r.Float64())
				rowSum[i], colSum[j] = rest+state[i][j], other+state[i][j]
				for k, p := range d.p {
					sum[i][j].p[k] += p * float64(b2i(sweep >= sweeps/5))
				}
			}
		}
	}
	for i, row := range g.cells {
		for j, col := range row {
			s.judge(g.truth(col, g.quarter.First, g.quarter.Last), opinion{prior[i][j], seen[i][j], sum[i][j]})
		}
	}
	return s
}

// likes are the likelihoods of margins.
func (g *grid) likes(cols []int) (all []func(int) float64) {
	for _, col := range cols {
		a, rule := g.answer(col, g.quarter), g.ruleOf(col)
		all = append(all, func(n int) float64 { return rule.like(a, n) + 1e-12 })
	}
	return all
}

// draw is the number at which the running weight reaches u.
func (d dist) draw(u float64) int {
	for i, p := range d.p {
		if u -= p; u < 0 {
			return d.lo + i
		}
	}
	return d.hi()
}
