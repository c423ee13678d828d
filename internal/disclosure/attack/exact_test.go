package attack

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// each calls f for every vector of n numbers from 0 to most.
func each(n, most int, f func([]int)) {
	x := make([]int, n)
	for {
		f(x)
		i := 0
		for ; i < n && x[i] == most; i++ {
			x[i] = 0
		}
		if i == n {
			return
		}
		x[i]++
	}
}

// The posterior of a chain of blocks is that of going through all their numbers.
func TestChainIsExact(t *testing.T) {
	const most = 6
	r := rand.New(rand.NewPCG(1, 1))
	rule := sdc1(weakness{})
	for range 20 {
		prior := func() dist { return expect(1+4*r.Float64(), 0, most) }
		figure := func() answer { return rule.answerOf(max(0, 5*r.IntN(4)-5) / 10 * 10) }
		whole := func() (block, answer) {
			b, a := block{Period: disclosure.Period{Name: "week"}, prior: prior()}, figure()
			b.seen = b.prior.times(rule.of(a))
			return b, a
		}
		week1, a1 := whole()
		week2, a2 := whole()
		tail, head := &block{Period: disclosure.Period{Name: "tail"}, prior: prior()}, &block{Period: disclosure.Period{Name: "head"}, prior: prior()}
		month1, month2, border := figure(), figure(), figure()
		c := &chain{rule: rule, links: []link{
			{month: month1, weeks: []block{week1}, tail: tail, border: border, fromLeft: zero(), fromRight: zero()},
			{month: month2, weeks: []block{week2}, head: head, fromLeft: zero(), fromRight: zero()},
		}}
		var want [4][most + 1]float64
		each(4, most, func(x []int) { // week, tail, head, week
			p := week1.prior.at(x[0]) * tail.prior.at(x[1]) * head.prior.at(x[2]) * week2.prior.at(x[3]) *
				rule.like(a1, x[0]) * rule.like(border, x[1]+x[2]) * rule.like(a2, x[3]) * rule.like(month1, x[0]+x[1]) * rule.like(month2, x[2]+x[3])
			for i, n := range x {
				want[i][n] += p
			}
		})
		at := 0
		c.solve(func(b *block, posterior dist) { // week, tail, week, head
			i := []int{0, 1, 3, 2}[at]
			at++
			w, _ := dist{p: want[i][:]}.normal()
			got, ok := posterior.normal()
			for n := range most + 1 {
				if !ok || math.Abs(got.at(n)-w.at(n)) > 1e-6 {
					t.Errorf("%s: probability of %d is %g, want %g", b.Name, n, got.at(n), w.at(n))
				}
			}
		})
		if at != 4 {
			t.Errorf("%d blocks", at)
		}
	}
}

// Bounds of running sums, and of two-way tables, are those of going through all
// numbers that keep to the windows.
func TestBoundsAreExact(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	window := func(truth int) answer {
		return answer{lo: max(0, truth-r.IntN(3)), hi: truth + r.IntN(3)}
	}
	in := func(n int, w answer) bool { return n >= w.lo && n <= w.hi }
	const most = 5
	for range 200 {
		x := []int{r.IntN(4), r.IntN(4), r.IntN(4), r.IntN(4)} // 2 x 2, by rows
		row, col := []int{x[0] + x[1], x[2] + x[3]}, []int{x[0] + x[2], x[1] + x[3]}
		var cells, rows, cols [4]answer
		f, b := newFlow(2, 2), newBounds(4)
		for i, n := range x {
			cells[i] = answer{lo: max(0, n-2), hi: min(most, n+2)}
			f.edge(f.row(i/2), f.col(i%2), cells[i].lo, cells[i].hi)
			b.within(i, i, cells[i])
		}
		for i := range 2 {
			rows[i], cols[i] = window(row[i]), window(col[i])
			f.edge(f.source(), f.row(i), rows[i].lo, rows[i].hi)
			f.edge(f.col(i), f.sink(), cols[i].lo, cols[i].hi)
			b.within(2*i, 2*i+1, rows[i])
		}
		three := window(x[1] + x[2] + x[3])
		b.within(1, 3, three)
		b.close()
		grid, line := [4]answer{}, [4]answer{}
		for i := range grid {
			grid[i].lo, line[i].lo = far, far
		}
		each(4, most, func(y []int) {
			ok := in(y[0]+y[1], rows[0]) && in(y[2]+y[3], rows[1])
			for i, n := range y {
				ok = ok && in(n, cells[i])
			}
			for i, n := range y {
				if ok && in(y[0]+y[2], cols[0]) && in(y[1]+y[3], cols[1]) {
					grid[i].lo, grid[i].hi = min(grid[i].lo, n), max(grid[i].hi, n)
				}
				if ok && in(y[1]+y[2]+y[3], three) {
					line[i].lo, line[i].hi = min(line[i].lo, n), max(line[i].hi, n)
				}
			}
		})
		if !f.settle() {
			t.Fatal("the truth keeps to all windows, but no flow is found")
		}
		for i := range x {
			lo, hi := f.extremes(f.row(i/2), f.col(i%2))
			if lo != grid[i].lo || hi != grid[i].hi {
				t.Errorf("cell %d of a two-way table: %d to %d, want %d to %d", i, lo, hi, grid[i].lo, grid[i].hi)
			}
			if lo, hi = b.of(i); lo != line[i].lo || hi != line[i].hi {
				t.Errorf("number %d of four: %d to %d, want %d to %d", i, lo, hi, line[i].lo, line[i].hi)
			}
		}
	}
}
