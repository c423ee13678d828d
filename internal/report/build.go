package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Source hands out sealed figures; a *disclosure.Book is one, and for pages of
// staff alone a *disclosure.OwnBook.
type Source interface {
	Figure(ctx context.Context, q disclosure.Query) (disclosure.Figure, error)
	TableOf(ctx context.Context, q disclosure.Query, domain []string) ([]disclosure.Row, error)
	Series(ctx context.Context, q disclosure.Query, periods []disclosure.Period) ([]disclosure.Point, error)
	IsStrict(q disclosure.Query) bool
}

// Settings say what a report is about.
type Settings struct {
	Site       site.Site
	Funder     funder.Funder
	Grant      funder.Grant
	Period     funder.Period // of the grant
	Names      Names
	Defined    []funder.Definition // indicators of the site
	Records    *disclosure.RecordBook
	Entered    map[string]day.Day // by indicator's id: day on which its case records were entered last
	Breaks     []Break            // days on which counting changed
	Words      []Words            // what the charity says itself
	Correction string             // why there is a later version
}

// chartMonths is how many months the chart shows, those of the report included.
const chartMonths = 12

// Build fills a draft from sealed figures. Months of the period that are not
// sealed yet make it Provisional; if not even the first one is, the error is
// disclosure.ErrOpen. It takes a Book and no Source: only visits counted by
// consent are in one, and no other figure has a way into a report.
func Build(ctx context.Context, src *disclosure.Book, s Settings) (Report, error) {
	if err := s.Grant.Validate(); err != nil {
		return Report{}, fmt.Errorf("build report: %w", err)
	}
	b := &builder{Tables: NewTables(src.Once(), s.Site, s.Names), s: s}
	if err := b.find(); err != nil {
		return Report{}, fmt.Errorf("build report: %w", err)
	}
	draft, err := b.build(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("build report: %w", err)
	}
	return draft, nil
}

// builder fills one draft.
type builder struct {
	*Tables
	s             Settings
	found         []funder.Definition // what each target of the grant reads
	since, to     day.Day             // first and last day with figures, within the grant
	period, soFar disclosure.Period   // counted months of the report and of the grant
}

func (b *builder) build(ctx context.Context) (Report, error) {
	s, g := b.s, b.s.Grant
	visits, err := b.months(ctx)
	if err != nil {
		return Report{}, err
	}
	r := Report{
		Status:     Final,
		Correction: s.Correction,
		Charity:    Charity{Name: s.Site.Name, Number: s.Site.Charity},
		Funder:     s.Funder.Name,
		Grant: Grant{Title: g.Title, FunderRef: g.FunderRef, CharityRef: g.CharityRef, Start: g.Start, End: g.End,
			Giving: g.Giving, CharityOrg: g.Charity, FunderOrg: s.Funder.Org, Areas: g.Areas, Slice: g.Slice},
		Period: Period{Name: s.Period.Name(), Label: s.Period.Label(), First: s.Period.First, Last: s.Period.Last,
			CountedTo: b.to, CountedSince: b.since, Agreed: s.Period.Agreed, Note: s.Period.Note(), Due: s.Period.Due},
		Visits: visits,
		Words:  s.Words,
	}
	if len(s.Site.Hosts) > 0 {
		r.Charity.Website = s.Site.Hosts[0]
	}
	if b.to < s.Period.Last {
		r.Status = Provisional
	}
	if r.Tables, err = b.tables(ctx); err != nil {
		return Report{}, err
	}
	if r.Monthly, err = b.monthly(ctx); err != nil {
		return Report{}, err
	}
	if r.Answers = (Answers{Outside: true}); g.Slice.Allows(cell.Decision, "") {
		if r.Answers, err = b.Answers(ctx, b.period); err != nil {
			return Report{}, err
		}
	}
	b.addShares(r.Tables)
	if r.Progress, err = b.progress(ctx, r); err != nil {
		return Report{}, err
	}
	if slices.ContainsFunc(r.Progress, func(p Progress) bool { return p.Position == NotIn }) {
		r.Status = Provisional
	}
	if r.Cards, err = b.cards(ctx, r); err != nil {
		return Report{}, err
	}
	r.Compared, err = b.compared(ctx)
	return r, err
}

// tables reads the tables that the grant's slice allows, and of each the rows.
func (b *builder) tables(ctx context.Context) (all []Table, err error) {
	slice := b.s.Grant.Slice
	for _, id := range reported {
		if !slice.Allows(id, "") || id == cell.Search && len(b.choices(id)) == 0 {
			continue
		}
		t, err := b.table(ctx, id, b.period, slice.Allows)
		if err != nil {
			return nil, err
		}
		t.Source = funder.Website
		all = append(all, t)
	}
	return all, nil
}

// months reads the visits by month, and finds out for which months of the
// period and of the grant there are figures.
func (b *builder) months(ctx context.Context) ([]Month, error) {
	p, start := b.s.Period, b.s.Grant.Periods()[0].First
	y, m, _ := p.Last.Time().Date()
	first := min(day.New(y, m-chartMonths+1, 1), start)
	points, err := b.src.Series(ctx, b.query(cell.Total), disclosure.Months(first, p.Last))
	if err != nil {
		return nil, fmt.Errorf("read visits by month: %w", err)
	}
	b.since, b.to = start, 0
	for _, pt := range points {
		switch {
		case !pt.Sealed && pt.Period.Last < p.First:
			b.since = max(start, pt.Period.Last+1) // what was before is no run with the rest
		case pt.Sealed && (pt.Period.First == p.First || pt.Period.First == b.to+1):
			b.to = pt.Period.Last
		}
	}
	if b.to == 0 {
		return nil, fmt.Errorf("%s: %w", p.Label(), disclosure.ErrOpen)
	}
	b.period, b.soFar = disclosure.Run(p.First, b.to), disclosure.Run(b.since, b.to)
	if !b.s.Grant.Slice.Allows(cell.Total, "") {
		return nil, nil // what they say of which months are sealed is all that is taken
	}
	return b.charted(points), nil
}

// charted keeps the months that the chart shows: none before the first figure.
func (b *builder) charted(points []disclosure.Point) (months []Month) {
	points = points[max(0, len(points)-chartMonths):]
	for _, pt := range points {
		inside := pt.Period.First >= b.s.Period.First
		if pt.Sealed && (pt.Figure.IsShown() || inside || len(months) > 0) {
			months = append(months, Month{First: pt.Period.First, Last: pt.Period.Last, Figure: pt.Figure, Inside: inside, Strict: b.src.IsStrict(b.queryIn(cell.Total, pt.Period))})
		}
	}
	return months
}

// addShares puts a percentage on the rows of targets that have a base.
func (b *builder) addShares(tables []Table) {
	for n := range b.s.Grant.Targets {
		for i := range tables {
			if part, base := b.partOf(n); part.Table == tables[i].ID && base != "" {
				addShare(tables[i].Rows, part.Value, base)
			}
		}
	}
}

// partOf is the count that a target's percentage is of, and the value of the
// same table that says how many were asked, "" if it has none.
func (b *builder) partOf(target int) (part funder.Indicator, base string) {
	if d := b.found[target]; len(d.Reads) == 1 {
		return d.Reads[0], cmp.Or(b.s.Grant.Targets[target].OutOf, d.OutOf)
	}
	return part, ""
}

func addShare(rows []Row, value, base string) {
	for i := range rows {
		for _, of := range rows {
			if rows[i].Value == value && of.Value == base {
				rows[i].Share = shareOf(rows[i].Figure, of)
			}
		}
	}
}

func shareOf(part disclosure.Figure, of Row) *Share {
	p, ok := disclosure.Percent(part, of.Figure)
	if !ok {
		return nil
	}
	return &Share{Percent: p, Of: of.Label, Base: of.Figure}
}
