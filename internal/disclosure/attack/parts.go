package attack

import (
	"math"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// parts subtracts: the visits of a period less all shown parts of a table in
// which each visit has one value leave the hidden ones. The posterior of each
// value takes the figures of all others into account. least is the smallest
// margin of error, at 95 %, of the subtraction where it leaves one value.
func parts(v *view) (s score, least float64) {
	least = math.Inf(1)
	for _, p := range append(v.weeks(), v.months()...) {
		whole, explain := v.totalOf(p)
		if !whole.shown {
			continue
		}
		for _, t := range partitions {
			if sensitive(t) && p.Grain == disclosure.Week {
				continue
			}
			s.add(v.subtract(v.columns(t), p, explain))
			if hidden, shown := v.hiddenIn(t, p); hidden == 1 {
				least = min(least, v.marginOf(t, p, shown))
			}
		}
	}
	return s, least
}

// kinds subtracts the kinds of each decision of the banner (by version and
// language) from its own figure.
func kinds(v *view) (s score) {
	for _, m := range v.months() {
		for i, d := range decisions {
			var cols []int
			for k, col := range v.columns(cell.Banner) {
				if k%len(decisions) == i {
					cols = append(cols, col)
				}
			}
			whole := v.index[column{cell.Decision, d}]
			s.add(v.subtract(cols, m, v.ruleOf(whole).of(v.answer(whole, m))))
		}
	}
	return s
}

// twice sets contacts by channel and by part of the day against each other, in
// months and quarters: each table tells how many there were together, and so
// what the hidden parts of the other can be.
func twice(v *view) (s score) {
	channels, hours := v.columns(cell.Contact), v.columns(cell.ContactHour)
	for _, p := range append(v.months(), v.quarters()...) {
		s.add(v.subtract(hours, p, v.together(channels, p)))
		s.add(v.subtract(channels, p, v.together(hours, p)))
	}
	return s
}

// together is how well a number of events explains the figures of all columns
// that they are counted in: the distribution of the sum that the figures leave,
// but for what was thought of it before.
func (v *view) together(cols []int, p disclosure.Period) func(n int) float64 {
	before, after := zero(), zero()
	for _, col := range cols {
		a := v.answer(col, p)
		prior := v.prior(col, p.First, p.Last, 0, max(reachOf(v.rate[col]*v.busy(p.First, p.Last)), a.hi+v.ruleOf(col).margin))
		before = trim(before.plus(prior))
		after = trim(after.plus(prior.times(v.ruleOf(col).of(a))))
	}
	return func(n int) float64 {
		if before.at(n) == 0 {
			return 0
		}
		return after.at(n) / before.at(n)
	}
}

// totalOf reads the visits of a week or a month: the likelihood of the figure
// given their true number, over which the noise of every day has run.
func (v *view) totalOf(p disclosure.Period) (whole answer, explain func(n int) float64) {
	total := v.index[column{cell.Total, ""}]
	shown := v.shown[p][total]
	whole = answer{lo: max(shown-2, v.runThreshold(total, 1)*5/2), hi: shown + 2, shown: shown > 0}
	if p.First >= v.from && p.Last <= v.end {
		var days answer // what the figures of its days say together
		for d := p.First; d <= p.Last; d++ {
			a := v.answer(total, dayOf(d))
			days.lo, days.hi = days.lo+a.lo, days.hi+a.hi
		}
		whole.lo, whole.hi = max(whole.lo, days.lo), min(whole.hi, days.hi)
	}
	noise := v.ruleOf(total).noiseOf(int(p.Last - p.First + 1))
	return whole, func(n int) (like float64) {
		for y := whole.lo; y <= whole.hi; y++ {
			like += noise.at(y - n)
		}
		return like
	}
}

// noiseOf is the distribution of the noise of a sum of atoms.
func (r *rule) noiseOf(atoms int) dist {
	one := dist{lo: -min(r.reach, r.margin)}
	for e := one.lo; e <= -one.lo; e++ {
		one.p = append(one.p, r.noise(e))
	}
	sum := zero()
	for range atoms {
		sum = trim(sum.plus(one))
	}
	return sum
}

// columns are those of a table.
func (v *view) columns(t cell.Table) (cols []int) {
	for col, name := range v.names {
		if name.table == t {
			cols = append(cols, col)
		}
	}
	return cols
}

func (v *view) subtract(cols []int, p disclosure.Period, explain func(int) float64) (s score) {
	prior, seen := make([]dist, len(cols)), make([]dist, len(cols))
	behind := make([]dist, len(cols)+1)
	behind[len(cols)] = zero()
	for i := len(cols) - 1; i >= 0; i-- {
		a := v.answer(cols[i], p)
		prior[i] = v.about(cols[i], p, a)
		seen[i] = trim(prior[i].times(v.ruleOf(cols[i]).of(a)))
		behind[i] = trim(behind[i+1].plus(seen[i]))
	}
	before := zero()
	for i, col := range cols {
		truth := v.truth(col, p.First, p.Last)
		if truth >= 1 && truth <= small {
			s.judge(truth, opinion{prior[i], seen[i], seen[i].given(before.plus(behind[i+1]), explain)})
		}
		before = trim(before.plus(seen[i]))
	}
	return s
}

func (v *view) hiddenIn(t cell.Table, p disclosure.Period) (hidden, shown int) {
	for _, col := range v.columns(t) {
		if v.shown[p][col] == 0 {
			hidden++
		} else {
			shown++
		}
	}
	return hidden, shown
}

// marginOf is how far the subtraction errs at most, in 95 of 100 cases: by the
// noise of the days and of the shown parts, and by the rounding of each.
func (v *view) marginOf(t cell.Table, p disclosure.Period, shown int) float64 {
	rounded := dist{lo: -(v.rule.rounding / 2)}
	for range v.rule.rounding {
		rounded.p = append(rounded.p, 1/float64(v.rule.rounding))
	}
	errs := v.rulesOf(cell.Total).noiseOf(int(p.Last-p.First) + 1).plus(v.rulesOf(t).noiseOf(shown)).plus(rounded)
	for range shown {
		errs = errs.plus(rounded)
	}
	inside := errs.at(0)
	for m := 0; ; m++ {
		if m > 0 {
			inside += errs.at(m) + errs.at(-m)
		}
		if inside >= sure {
			return float64(m)
		}
	}
}

// nested attacks the tables whose bands lie in each other: who stayed three
// minutes stayed one. The difference of two bands, and of the first and all
// visits, is a count of its own that nobody published.
func nested(v *view) (s score) {
	for _, p := range append(v.weeks(), v.months()...) {
		whole, explain := v.totalOf(p)
		if !whole.shown {
			continue
		}
		for t, values := range bands {
			cols := []int{v.index[column{cell.Total, ""}]}
			for _, value := range values {
				cols = append(cols, v.index[column{t, value}])
			}
			s.add(v.peel(cols, p, explain))
		}
	}
	return s
}

// peel attacks the differences of the nested columns, the widest first.
func (v *view) peel(cols []int, p disclosure.Period, explain func(int) float64) (s score) {
	last := len(cols) - 1
	busy := v.busy(p.First, p.Last)
	layers, inside := make([]dist, len(cols)), make([]dist, len(cols)+1)
	truths := make([]int, len(cols))
	like := make([]func(int) float64, len(cols))
	inside[len(cols)] = zero()
	for i := last; i >= 0; i-- {
		mean, inner := v.rate[cols[i]]*busy, 0.0
		truths[i] = v.truth(cols[i], p.First, p.Last)
		if i < last {
			inner = v.rate[cols[i+1]] * busy
			truths[i] -= v.truth(cols[i+1], p.First, p.Last)
		}
		most := reachOf(mean-inner) + 40
		layers[i] = expect(max(mean-inner, .1), 0, most)
		like[i] = explain
		if i > 0 {
			like[i] = v.ruleOf(cols[i]).of(v.answer(cols[i], p))
		}
		inside[i] = trim(inside[i+1].plus(trim(layers[i])).times(like[i]))
	}
	// outside(n) is how well n in a band explains all wider ones.
	outside := func(int) float64 { return 1 }
	for i := range cols {
		wider, own := outside, like[i]
		explained := func(n int) float64 { return own(n) * wider(n) }
		s.judge(truths[i], opinion{layers[i], layers[i], layers[i].given(inside[i+1], explained)})
		if i < last {
			outside = tabled(inside[i+1], trim(layers[i]), explained)
		}
	}
	return s
}

// tabled is the sum over x of layer(x) f(n+x), for every n that is possible.
func tabled(n, layer dist, f func(int) float64) func(int) float64 {
	flat := dist{lo: n.lo, p: make([]float64, len(n.p))}
	for i := range flat.p {
		flat.p[i] = 1
	}
	return flat.given(layer, f).at
}
