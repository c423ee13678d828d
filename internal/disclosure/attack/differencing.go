package attack

import (
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// differencing sets periods that overlap against each other. Of traffic these
// are weeks against months: the days that a week and a month share are a block,
// and the attack finds for each block the exact posterior from all weeks and
// months of a value together. Of sensitive tables they are months against
// quarters. Figures of longer periods are sums of the months' noisy counts, so
// they bound these: with runs, every run of whole months does, else quarters
// and the year.
func differencing(v *view, runs bool) (s score, hidden score) {
	for col, name := range v.names {
		switch {
		case name.table == cell.Total:
			continue
		case sensitive(name.table):
			s.add(quarterly(v, col, runs))
		default:
			c := newChain(v, col, v.monthly(col, runs))
			some, none := c.attack()
			s.add(some)
			hidden.add(none)
		}
	}
	return s, hidden
}

// monthly reads what all figures of months and of their sums say of each
// month's noisy count.
func (v *view) monthly(col int, runs bool) []answer {
	months := v.months()
	net := newBounds(len(months))
	answers := make([]answer, len(months))
	for i, m := range months {
		answers[i] = v.answer(col, m)
		net.within(i, i, answers[i])
	}
	v.bindRuns(net, col, answers, runs)
	net.close()
	for i := range answers {
		answers[i].lo, answers[i].hi = net.of(i)
	}
	return answers
}

// bindRuns tells the net what the figures of runs of months say.
func (v *view) bindRuns(net *bounds, col int, answers []answer, runs bool) {
	months := v.months()
	for i := range months {
		begins := disclosure.PeriodOf(disclosure.Quarter, months[i].First, v.quarterStart).First == months[i].First
		for k := i + 1; k < len(months); k++ {
			run := disclosure.Run(months[i].First, months[k].First)
			quarters := (k-i+1)%3 == 0 && begins
			quarter, year := quarters && k-i == 2, k-i == 11 && i == 0
			if !runs && !quarter && !year || quarters && sensitive(v.names[col].table) {
				continue // sums of whole quarters have the quarters' noise
			}
			v.bind(net, i, k, sumOf{col, v.shown[run][col], v.runThreshold(col, k-i+1)}, answers)
		}
	}
}

// runThreshold is the published threshold of a sum of m months.
func (v *view) runThreshold(col, m int) int {
	return v.plainThreshold(col, m) * v.ruleOf(col).threshold / v.rule.threshold
}

func (v *view) plainThreshold(col, m int) int {
	up := func(from, rise, into, steps int) int { return from + (rise*into+steps-1)/steps }
	switch {
	case sensitive(v.names[col].table) && m <= 4:
		return up(10, 10, m-1, 3)
	case sensitive(v.names[col].table):
		return max(20, up(15, 10, m-3, 9))
	case m <= 3:
		return up(10, 5, m-1, 2)
	default:
		return up(15, 10, m-3, 9)
	}
}

// sumOf is the figure of a sum of a column, 0 if it is hidden.
type sumOf struct{ col, shown, threshold int }

// bind tells the net what the figure of a sum says. That of a hidden sum says
// something only if one of its atoms is shown: then its true count is above the
// floor.
func (v *view) bind(net *bounds, from, to int, sum sumOf, atoms []answer) {
	rule := v.ruleOf(sum.col)
	if sum.shown > 0 {
		a := rule.window(sum.shown, sum.threshold)
		if rule.rounding == 1 { // sums are rounded by the book, whatever the ledger holds
			a = answer{lo: max(sum.shown-2, sum.threshold), hi: sum.shown + 2}
		}
		net.within(from, to, a)
		return
	}
	for i := from; i <= to; i++ {
		if atoms[i].shown {
			net.within(from, to, answer{lo: -(to - from + 1) * rule.reach, hi: sum.threshold - 1})
			return
		}
	}
}

// quarterly attacks the months of a sensitive value: each has a figure, and the
// three of a quarter have one together, with noise of its own.
func quarterly(v *view, col int, runs bool) (s score) {
	answers, months, rule := v.monthly(col, runs), v.months(), v.ruleOf(col)
	for _, q := range v.quarters() {
		i := slices.IndexFunc(months, func(m disclosure.Period) bool { return m.First == q.First })
		three := months[i : i+3]
		whole := v.answer(col, q)
		prior, seen := make([]dist, 3), make([]dist, 3)
		for k, m := range three {
			prior[k] = v.about(col, m, answers[i+k])
			seen[k] = prior[k].times(rule.of(answers[i+k]))
		}
		for k, m := range three {
			rest := seen[(k+1)%3].plus(seen[(k+2)%3])
			own := prior[k].times(rule.of(v.answer(col, m)))
			s.judge(v.truth(col, m.First, m.Last), opinion{prior[k], own, seen[k].given(rest, rule.of(whole))})
		}
	}
	return s
}

// daily attacks the visits of single days by the figures of the runs of days
// that hold them.
func daily(v *view, runs []disclosure.Period) (s score) {
	col := v.index[column{cell.Total, ""}]
	rule, days := v.ruleOf(col), disclosure.Days(v.from, v.end)
	net := newBounds(len(days))
	answers := make([]answer, len(days))
	for i, d := range days {
		answers[i] = v.answer(col, d)
		net.within(i, i, answers[i])
	}
	for _, run := range runs {
		v.bind(net, int(run.First-v.from), int(run.Last-v.from), sumOf{col, v.shown[run][col], 25 * rule.threshold / v.rule.threshold}, answers)
	}
	if runs != nil {
		net.close()
	}
	for i, d := range days {
		a := answers[i]
		a.lo, a.hi = net.of(i)
		_, most := rule.room(a)
		prior := v.prior(col, d.First, d.Last, 0, max(reachOf(v.rate[col]*v.busy(d.First, d.Last)), most))
		s.judge(v.truth(col, d.First, d.Last), opinion{prior, prior.times(rule.of(v.answer(col, d))), prior.times(rule.of(a))})
	}
	return s
}

// daysOfCalendar are the weeks, months, quarters and the year within the time.
func (v *view) daysOfCalendar() (all []disclosure.Period) {
	for _, w := range v.weeks() {
		if w.First >= v.from && w.Last <= v.end {
			all = append(all, w)
		}
	}
	return append(append(all, v.runs()...), v.quarters()...)
}

// maxRun is the longest free run of days that is asked for. Longer ones say
// nothing that these do not.
const maxRun = 12

// daysOfRuns are all runs of days up to maxRun, as far as they are closed. They
// have no names: the calendar has none of them.
func (v *view) daysOfRuns() (all []disclosure.Period) {
	for first := v.from; first <= v.end; first++ {
		for last := first + 1; last < min(first+maxRun, v.end-6); last++ {
			all = append(all, disclosure.Period{First: first, Last: last})
		}
	}
	return all
}

// addFreeRuns gives the view what the design allowed and the book refuses: the
// visits of every free run of days, as sums of their noisy counts.
func (v *view) addFreeRuns(ctx context.Context, l disclosure.Ledger) error {
	days, err := l.Entries(ctx, disclosure.Range{Site: v.site, Basis: v.basis, Table: cell.Total, Grains: []disclosure.Grain{disclosure.Day}, First: v.from, Last: v.end})
	if err != nil {
		return fmt.Errorf("read days: %w", err)
	}
	for _, run := range v.daysOfRuns() {
		n, noisy := uint64(0), int64(0)
		for _, e := range days[run.First-v.from : run.Last-v.from+1] {
			n, noisy = n+e.N, noisy+e.Noisy
		}
		v.shown[run] = make([]int, len(v.names))
		if n >= 5 && noisy >= 25 {
			v.shown[run][v.index[column{cell.Total, ""}]] = int((noisy + 2) / 5 * 5)
		}
	}
	return nil
}
