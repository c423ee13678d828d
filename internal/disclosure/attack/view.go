package attack

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// ledger is where a charity is sealed and read: the store is one, memory another.
type ledger interface {
	disclosure.Counts
	disclosure.Ledger
}

// seal seals all that is closed on the morning of d, by the real sealer.
func seal(ctx context.Context, keys *disclosure.KeyStore, c *charity, l ledger, off weakness, d day.Day) error {
	s := &disclosure.Sealer{Counts: l, Ledger: l, Keys: keys}
	if off != (weakness{}) {
		s.Ledger = weak{l, off, newView(c, off, c.to)}
	}
	_, err := s.Seal(ctx, c.plan(), d.Start(time.UTC).Add(9*time.Hour))
	return err
}

// view is everything that a reader of one charity has: what the book says, and
// nothing else.
type view struct {
	*charity
	rule  *rule // of all tables but those with the strict profile
	tight *rule // of those
	rate  []float64
	end   day.Day                     // months up to here are sealed
	shown map[disclosure.Period][]int // by column; 0 = fewer than 10
}

// read asks the book for every table in every period that is closed by end, and
// in every run of whole months, as the dashboard and a report do.
func read(ctx context.Context, c *charity, l disclosure.Ledger, off weakness, end day.Day) (*view, error) {
	v := newView(c, off, end)
	b := c.book(l)
	tables := map[cell.Table]bool{}
	for _, name := range c.names {
		tables[name.table] = true
	}
	for t := range tables {
		for _, p := range v.periods(t) {
			rows, err := b.Table(ctx, disclosure.Query{Site: c.site, Table: t, Period: p})
			if err != nil {
				return nil, fmt.Errorf("read as a reader: %w", err)
			}
			if v.shown[p] == nil {
				v.shown[p] = make([]int, len(c.names))
			}
			for _, row := range rows {
				n, _ := row.Figure.Shown()
				v.shown[p][c.index[column{t, row.Value}]] = int(n)
			}
		}
	}
	if off.calendar {
		return v, v.addFreeRuns(ctx, l)
	}
	return v, nil
}

func newView(c *charity, off weakness, end day.Day) *view {
	return &view{charity: c, rule: sdc1(off), tight: sdc1Strict(off), rate: c.rates(), end: end, shown: map[disclosure.Period][]int{}}
}

// rulesOf is what a table is published by.
func (v *view) rulesOf(t cell.Table) *rule {
	if v.strict[t] || t == cell.Banner || t == cell.ContactHour || t == issueAreas || t == issueByArea {
		return v.tight
	}
	return v.rule
}

// ruleOf is what a column is published by.
func (v *view) ruleOf(col int) *rule { return v.rulesOf(v.names[col].table) }

// reader is the door to figures of one basis.
type reader interface {
	Figure(ctx context.Context, q disclosure.Query) (disclosure.Figure, error)
	Table(ctx context.Context, q disclosure.Query) ([]disclosure.Row, error)
	TableOf(ctx context.Context, q disclosure.Query, domain []string) ([]disclosure.Row, error)
	Series(ctx context.Context, q disclosure.Query, periods []disclosure.Period) ([]disclosure.Point, error)
}

// book is how the charity is read.
func (c *charity) book(l disclosure.Ledger) reader {
	if c.basis == cell.BasisException {
		own := disclosure.NewOwnBook(l)
		own.Strict = c.isStrict
		return own
	}
	b := disclosure.NewBook(l)
	b.Strict = c.isStrict
	return b
}

// pagesIn are the shown figures of a site's pages.
func pagesIn(ctx context.Context, b reader, site string, p disclosure.Period) (map[string]int, error) {
	rows, err := b.Table(ctx, disclosure.Query{Site: site, Table: cell.Page, Period: p})
	if err != nil {
		return nil, fmt.Errorf("read pages as a reader: %w", err)
	}
	shown := map[string]int{}
	for _, row := range rows {
		n, _ := row.Figure.Shown()
		shown[row.Value] = int(n)
	}
	return shown, nil
}

// periods are those that a table has figures of.
func (v *view) periods(t cell.Table) (all []disclosure.Period) {
	all = append(all, v.runs()...)
	all = append(all, v.quarters()...)
	switch {
	case t == cell.Total:
		all = append(append(all, disclosure.Days(v.from, v.end)...), v.weeks()...)
	case !sensitive(t):
		all = append(all, v.weeks()...)
	}
	slices.SortFunc(all, func(a, b disclosure.Period) int {
		return slices.Compare([]int{int(a.First), int(a.Last)}, []int{int(b.First), int(b.Last)})
	})
	return slices.Compact(all)
}

// sensitive tells which tables have quarters and no weeks.
func sensitive(t cell.Table) bool {
	switch t {
	case cell.Contact, cell.Issue, cell.Outcome, cell.Language, cell.Banner, cell.ContactHour, issueAreas, issueByArea:
		return true
	default:
		return false
	}
}

func (v *view) months() []disclosure.Period { return disclosure.Months(v.from, v.end) }

// weeks are the sealed ones: the last may reach over the end.
func (v *view) weeks() []disclosure.Period { return disclosure.Weeks(v.from, v.end) }

// quarters are the sealed ones.
func (v *view) quarters() (all []disclosure.Period) {
	for _, q := range disclosure.Quarters(v.from, v.end, v.quarterStart) {
		if q.First >= v.from && q.Last <= v.end {
			all = append(all, q)
		}
	}
	return all
}

// runs are the months and all runs of whole months.
func (v *view) runs() (all []disclosure.Period) {
	months := v.months()
	for i := range months {
		for _, last := range months[i:] {
			all = append(all, disclosure.Run(months[i].First, last.First))
		}
	}
	return all
}

// prior is what the attacker thinks of a count before anything is released.
func (v *view) prior(col int, first, last day.Day, lo, hi int) dist {
	return expect(v.rate[col]*v.busy(first, last), lo, hi)
}

// about is the prior of a count of which an answer is known, over the numbers
// that matter.
func (v *view) about(col int, p disclosure.Period, a answer) dist {
	lo, hi := v.ruleOf(col).room(a)
	return v.prior(col, p.First, p.Last, lo, hi)
}

// answer is that of an atom.
func (v *view) answer(col int, p disclosure.Period) answer {
	return v.ruleOf(col).answerOf(v.shown[p][col])
}
