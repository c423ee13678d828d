package attack

import (
	"context"
	"fmt"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// repeated asks for every month's figure in every way that the book has, and
// then again, and averages: the answers are used as if each had noise of its
// own wherever they differ.
func repeated(ctx context.Context, v *view, l disclosure.Ledger) (s score, err error) {
	b := v.book(l)
	for col, name := range v.names {
		for _, m := range v.months() {
			truth := v.truth(col, m.First, m.Last)
			if truth < 1 || truth > small || name.table == cell.Total {
				continue
			}
			answers, err := ask(ctx, b, disclosure.Query{Site: v.site, Table: name.table, Value: name.value, Period: m})
			if err != nil {
				return s, err
			}
			prior := v.prior(col, m.First, m.Last, 0, 80)
			s.judge(truth, opinion{prior, v.average(col, m, answers[:1], 0), v.average(col, m, answers, 0)})
		}
	}
	return s, nil
}

// ask asks one question in all ways.
func ask(ctx context.Context, b reader, q disclosure.Query) (answers []int, err error) {
	figure := func(f disclosure.Figure) {
		n, _ := f.Shown()
		answers = append(answers, int(n))
	}
	for range 2 {
		f, err := b.Figure(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("ask again: %w", err)
		}
		figure(f)
		points, err := b.Series(ctx, q, []disclosure.Period{q.Period})
		if err != nil {
			return nil, fmt.Errorf("ask again: %w", err)
		}
		figure(points[0].Figure)
		rows, err := b.TableOf(ctx, q, []string{q.Value})
		if err != nil {
			return nil, fmt.Errorf("ask again: %w", err)
		}
		for _, row := range rows {
			if row.Value == q.Value {
				figure(row.Figure)
			}
		}
	}
	return answers, nil
}

// average is the posterior of a count of which answer k was given when k times
// own visits had been added. Answers that never differ are one answer.
func (v *view) average(col int, p disclosure.Period, answers []int, own int) dist {
	d := v.prior(col, p.First, p.Last, 0, 80)
	same := true
	for _, a := range answers {
		same = same && a == answers[0]
	}
	for k, shown := range answers {
		if same && k > 0 {
			break
		}
		d = d.times(func(n int) float64 { return v.ruleOf(col).like(v.ruleOf(col).answerOf(shown), n+k*own) })
	}
	return d
}

// rounds is how often the attacker sends visits and looks.
const rounds = 40

// ownVisits is averaging by one who sends visits: when a month is sealed the
// attacker adds one to each page of it, lets the sealer run and looks again.
// If that changed a figure there would be new noise around a count that differs
// by a known number. Late hits never reach the cells in the product (the
// counter refuses them); here they do, so that the ledger stands alone.
func ownVisits(ctx context.Context, keys *disclosure.KeyStore, c *charity, off weakness, end day.Day) (s score, err error) {
	m := newMemory(c.cells())
	m.forget = off.firstWins
	v := newView(c, off, end)
	month := disclosure.PeriodOf(disclosure.Month, c.from+40, 1)
	answers := map[int][]int{}
	for range rounds {
		if err := seal(ctx, keys, c, m, off, month.Last+10); err != nil {
			return s, err
		}
		shown, err := pagesIn(ctx, c.book(m), c.site, month)
		if err != nil {
			return s, err
		}
		for _, col := range v.columns(cell.Page) {
			answers[col] = append(answers[col], shown[c.names[col].value])
			m.add(cell.Cell{Site: c.site, Basis: c.basis, Day: month.First, Table: cell.Page, Value: c.names[col].value, N: 1})
		}
	}
	for col, all := range answers {
		prior := v.prior(col, month.First, month.Last, 0, 80)
		s.judge(c.truth(col, month.First, month.Last), opinion{prior, v.average(col, month, all[:1], 1), v.average(col, month, all, 1)})
	}
	return s, nil
}

// padded is how many visits the attacker sends to each page beforehand.
const padded = 30

// padding lifts every count over the threshold: the attacker sends the same
// known number of visits to each page in time, before the month is sealed, on
// one day of each month, and takes them off the figure again.
func padding(ctx context.Context, keys *disclosure.KeyStore, c *charity, off weakness, end day.Day) (s score, err error) {
	m := newMemory(c.cells())
	for _, month := range disclosure.Months(c.from, end) {
		for _, name := range c.names {
			if name.table == cell.Page {
				m.add(cell.Cell{Site: c.site, Basis: c.basis, Day: month.First + 14, Table: cell.Page, Value: name.value, N: padded})
			}
		}
	}
	if err := seal(ctx, keys, c, m, off, end+10); err != nil {
		return s, err
	}
	v := newView(c, off, end)
	for _, month := range v.months() {
		shown, err := pagesIn(ctx, c.book(m), c.site, month)
		if err != nil {
			return s, err
		}
		for _, col := range v.columns(cell.Page) {
			prior, rule := v.prior(col, month.First, month.Last, 0, 60), v.ruleOf(col)
			a := rule.answerOf(shown[c.names[col].value])
			padded := prior.times(func(n int) float64 { return rule.like(a, n+padded) })
			s.judge(c.truth(col, month.First, month.Last), opinion{prior, prior, padded})
		}
	}
	return s, nil
}
