package report

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
)

// fromRecords fills in what was entered of the charity's case records. They are
// of the whole period, whatever months of the website are in.
func (b *builder) fromRecords(ctx context.Context, d funder.Definition, p *Progress) error {
	period := disclosure.Run(b.s.Period.First, b.s.Period.Last)
	soFar := disclosure.Run(b.s.Grant.Periods()[0].First, b.s.Period.Last)
	p.Since, p.Until, p.AsOf = soFar.First, soFar.Last, b.s.Entered[d.ID]
	var in, all bool
	var err error
	if p.Figure, in, err = b.entered(ctx, d, period); err != nil {
		return err
	}
	if p.SoFar, all, err = b.entered(ctx, d, soFar); err != nil {
		return err
	}
	p.Exact = p.Figure.IsExact()
	p.Position = b.position(*p, period, soFar)
	switch {
	case !in:
		p.Position, p.Note = NotIn, "The case records of this period are not entered yet."
	case !all:
		p.Note = "Case records of an earlier period were not entered, so there is no number of the grant so far."
		if p.Target == 0 && p.Whole > 0 {
			p.Position = NotIn
		}
	}
	return nil
}

// entered reads a total of case records; in is false if nobody has entered it,
// or it is not sealed.
func (b *builder) entered(ctx context.Context, d funder.Definition, p disclosure.Period) (f disclosure.Figure, in bool, err error) {
	if b.s.Records == nil {
		return f, false, nil
	}
	read := b.s.Records.Figure
	if b.exact(d) {
		read = b.s.Records.Exact
	}
	f, err = read(ctx, disclosure.Query{Site: b.s.Site.Key, Table: funder.Defined, Value: d.ID, Period: p})
	switch {
	case errors.Is(err, disclosure.ErrOpen), errors.Is(err, disclosure.ErrGone), errors.Is(err, disclosure.ErrNoFigure):
		return disclosure.Figure{}, false, nil
	case err != nil:
		return disclosure.Figure{}, false, fmt.Errorf("read case records of %q: %w", d.ID, err)
	}
	return f, true, nil
}

// exact says whether this grant's agreement demands an indicator as it is:
// another grant's is none of its business.
func (b *builder) exact(d funder.Definition) bool {
	return slices.ContainsFunc(b.s.Grant.Targets, func(t funder.Target) bool {
		return t.Exact && t.Indicator == funder.Indicator{Table: funder.Defined, Value: d.ID}
	})
}
