package report

import (
	"context"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// monthly reads the contacts of each month of the period by channel, every
// month with the same channels. A single month is what the table of contacts
// says already, and a grid in which nothing is shown says nothing.
func (b *builder) monthly(ctx context.Context) ([]MonthRows, error) {
	months := disclosure.Months(b.period.First, b.period.Last)
	slice, channels := b.s.Grant.Slice, b.domain(cell.Contact)
	if len(months) < 2 || len(channels) == 0 || !slice.Allows(cell.Contact, "") {
		return nil, nil
	}
	var all []MonthRows
	shown := false
	for _, m := range months {
		t, err := b.table(ctx, cell.Contact, m, slice.Allows)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(t.Rows, func(x, y Row) int {
			return slices.Index(channels, x.Value) - slices.Index(channels, y.Value)
		})
		shown = shown || slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Figure.IsShown() })
		all = append(all, MonthRows{First: m.First, Last: m.Last, Rows: t.Rows, Strict: t.Strict})
	}
	if !shown {
		return nil, nil
	}
	return all, nil
}
