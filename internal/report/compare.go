package report

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
)

// Break is a day on which what is counted, or who, changed: figures of before
// and after it are of two things.
type Break struct {
	Day    day.Day
	Why    string       // a clause: "visitors were asked something else"
	Tables []cell.Table // that it is about; none = all
}

// compared puts numbers of the period beside those of the period before and of
// the same one a grant year before. There are none of a period whose months are
// not all in, and none of a number that is hidden now.
func (b *builder) compared(ctx context.Context) (all []Compared, err error) {
	if b.to < b.s.Period.Last {
		return nil, nil
	}
	about, targets := b.found, b.s.Grant.Targets
	visits := funder.Indicator{Table: cell.Total}
	if b.s.Grant.Slice.Allows(cell.Total, "") && !slices.ContainsFunc(about, func(d funder.Definition) bool { return slices.Contains(d.Reads, visits) }) {
		about = append(slices.Clone(about), funder.Definition{Source: funder.Website, Reads: []funder.Indicator{visits}})
		targets = append(slices.Clone(targets), funder.Target{Indicator: visits, Wording: "Visits to the website"})
	}
	for i, d := range about {
		c, err := b.compare(ctx, d)
		if err != nil {
			return nil, err
		}
		if c.Before != (Then{}) || c.LastYear != (Then{}) || c.Break != "" {
			c.Indicator, c.Label = targets[i].Indicator, targets[i].Wording
			all = append(all, c)
		}
	}
	return all, nil
}

// compare is the comparison of what one definition reads; zero if there is
// nothing to compare.
func (b *builder) compare(ctx context.Context, d funder.Definition) (Compared, error) {
	now, err := b.then(ctx, d, b.s.Period)
	if err != nil || !now.Figure.IsShown() {
		return Compared{}, err
	}
	c := Compared{Source: d.Source, Now: now, Added: len(d.Reads) > 1 || len(d.Reads) == 1 && d.Reads[0].Added() || b.strict(d)}
	before, lastYear := b.earlier()
	notBefore, err := b.beside(ctx, d, before, &c.Before)
	if err != nil {
		return Compared{}, err
	}
	notLastYear, err := b.beside(ctx, d, lastYear, &c.LastYear)
	switch {
	case notBefore == notLastYear:
		c.Break = notBefore
	case notLastYear != "":
		c.Break = "The year before is left out. " + notLastYear
	default:
		c.Break = "The period before is left out. " + notBefore
	}
	return c, err
}

// beside puts the number of an earlier period into then, if it can be compared;
// otherwise it says why not.
func (b *builder) beside(ctx context.Context, d funder.Definition, p *funder.Period, then *Then) (why string, err error) {
	if p == nil {
		return "", nil
	}
	was, err := b.then(ctx, d, *p)
	if err != nil || !was.Figure.IsShown() {
		return "", err
	}
	if why = b.apart(d, *p); why == "" {
		*then = was
	}
	return why, nil
}

// then is what a definition reads in a period of the grant: zero where figures
// are missing.
func (b *builder) then(ctx context.Context, d funder.Definition, p funder.Period) (Then, error) {
	if d.Source == funder.Records {
		f, _, err := b.entered(ctx, d, disclosure.Run(p.First, p.Last))
		return Then{First: p.First, Last: p.Last, Figure: f}, err
	}
	f, _, err := b.reads(ctx, d, disclosure.Run(p.First, p.Last))
	if errors.Is(err, disclosure.ErrOpen) || errors.Is(err, disclosure.ErrGone) {
		return Then{}, nil
	}
	return Then{First: p.First, Last: p.Last, Figure: f}, err
}

// earlier are the period before the report's and the same of the grant year
// before, nil where there is none. A yearly grant has them in one.
func (b *builder) earlier() (before, lastYear *funder.Period) {
	at := b.s.Period
	for _, p := range b.s.Grant.Periods() {
		if p.Last+1 == at.First {
			before = &p
		} else if p.Year == at.Year-1 && p.Part == at.Part {
			lastYear = &p
		}
	}
	return before, lastYear
}

// apart says why figures of an earlier period cannot be compared with those of
// the report's.
func (b *builder) apart(d funder.Definition, p funder.Period) string {
	now := disclosure.Run(b.s.Period.First, b.s.Period.Last)
	if monthsIn(disclosure.Run(p.First, p.Last)) != monthsIn(now) {
		return fmt.Sprintf("%s is of another length.", p.Label())
	}
	for _, k := range slices.Backward(b.s.Breaks) {
		about := len(k.Tables) == 0 || slices.ContainsFunc(d.Reads, func(i funder.Indicator) bool { return slices.Contains(k.Tables, i.Table) })
		if about && d.Source == funder.Website && p.First < k.Day && k.Day <= b.s.Period.Last {
			return fmt.Sprintf("Counting changed on %s: %s.", k.Day.Time().Format("2 January 2006"), k.Why)
		}
	}
	return ""
}
