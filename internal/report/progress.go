package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
)

// Position says in words how a figure stands to its target.
type Position string

// The positions of a figure.
const (
	Ahead    Position = "Ahead"    // more than 110 % of the target
	OnTrack  Position = "On track" // 90 % to 110 %
	Behind   Position = "Behind"   // less than 90 %
	NoTarget Position = "No target"
	TooFew   Position = "Too few to show"
	NotIn    Position = "Not entered yet" // case records
)

// positionOf compares a figure with the part of a target that counted of
// total months should have reached.
func positionOf(f disclosure.Figure, target uint64, counted, total int) Position {
	n, ok := f.Shown()
	switch due := target * uint64(counted); {
	case target == 0:
		return NoTarget
	case !ok:
		return TooFew
	case 100*n*uint64(total) > 110*due:
		return Ahead
	case 100*n*uint64(total) >= 90*due:
		return OnTrack
	default:
		return Behind
	}
}

// find looks up what the targets of the grant read.
func (b *builder) find() error {
	v := funder.Vocabulary{Site: b.s.Site, Defined: b.s.Defined}
	for _, t := range b.s.Grant.Targets {
		d, err := v.Find(t.Indicator)
		if err != nil && t.Indicator.Table == funder.Defined {
			return fmt.Errorf("target %q: %w", t.Wording, err)
		}
		if err != nil { // the site counted it once, and figures of then are kept
			d = funder.Definition{Source: funder.Website, Reads: []funder.Indicator{t.Indicator}}
		}
		for _, r := range d.Reads {
			if !b.s.Grant.Slice.Allows(r.Table, r.Value) {
				return fmt.Errorf("target %q: %q is outside of the slice that reports of this grant may show: change the slice or the target", t.Wording, r)
			}
		}
		b.found = append(b.found, d)
	}
	return nil
}

// headings are the parts of a report under which counts stand that nobody
// defined.
var headings = map[cell.Table]funder.Heading{
	cell.Contact: "contacts", cell.Total: "usage", cell.Page: "usage", cell.Search: "usage", cell.Download: "usage",
	cell.Issue: "issues", cell.Outcome: "outcomes", cell.Signpost: "other",
}

// progress says where each target of the grant stands.
func (b *builder) progress(ctx context.Context, r Report) (all []Progress, err error) {
	for i, t := range b.s.Grant.Targets {
		d := b.found[i]
		p := Progress{
			Indicator: t.Indicator, Wording: t.Wording, Target: t.Period, Whole: t.Whole,
			Heading: cmp.Or(d.Heading, headings[t.Indicator.Table]), Unit: cmp.Or(d.Unit.En, kinds[t.Indicator.Table].unit),
			Source: d.Source, Definition: cmp.Or(t.Definition, d.Meaning.En), How: cmp.Or(t.How, d.How.En),
		}
		if d.Source == funder.Records {
			err = b.fromRecords(ctx, d, &p)
		} else {
			err = b.fromWebsite(ctx, d, &p)
		}
		if err != nil {
			return nil, err
		}
		p.Strict = b.strict(d)
		if share := b.shareIn(r.Tables, i); share != nil {
			p.Note = share.String() + "."
		}
		all = append(all, p)
	}
	return all, nil
}

// fromWebsite fills in what a definition reads of the website, in the months
// that are in.
func (b *builder) fromWebsite(ctx context.Context, d funder.Definition, p *Progress) (err error) {
	if p.Figure, _, err = b.reads(ctx, d, b.period); err != nil {
		return err
	}
	if p.SoFar, p.Parts, err = b.reads(ctx, d, b.soFar); err != nil {
		return err
	}
	p.Position = b.position(*p, b.period, b.soFar)
	return nil
}

// strict tells whether a table that a definition reads is strict in a year of
// the grant so far.
func (b *builder) strict(d funder.Definition) bool {
	since := disclosure.Run(b.s.Grant.Periods()[0].First, b.s.Period.Last)
	return slices.ContainsFunc(d.Reads, func(i funder.Indicator) bool { return b.src.IsStrict(b.queryIn(i.Table, since)) })
}

// reads adds up what a definition reads of the website in a period. parts are
// the rows of a sum, hidden ones too where they are named.
func (b *builder) reads(ctx context.Context, d funder.Definition, p disclosure.Period) (sum disclosure.Figure, parts []Row, err error) {
	if len(d.Reads) == 1 {
		return b.figure(ctx, d.Reads[0], p)
	}
	var figures []disclosure.Figure
	for _, i := range d.Reads {
		f, _, err := b.figure(ctx, i, p)
		if err != nil {
			return sum, nil, err
		}
		parts = append(parts, Row{Value: i.Value, Label: b.Label(i.Table, i.Value), Figure: f})
		figures = append(figures, f)
	}
	return disclosure.Add(figures...), parts, nil
}

// position is that of the period if it has a target, else that of the grant.
func (b *builder) position(p Progress, period, soFar disclosure.Period) Position {
	if p.Target > 0 || p.Whole == 0 {
		return positionOf(p.Figure, p.Target, monthsIn(period), monthsIn(disclosure.Run(b.s.Period.First, b.s.Period.Last)))
	}
	periods := b.s.Grant.Periods()
	whole := disclosure.Run(periods[0].First, periods[len(periods)-1].Last)
	return positionOf(p.SoFar, p.Whole, monthsIn(soFar), monthsIn(whole))
}

func monthsIn(p disclosure.Period) int { return len(disclosure.Months(p.First, p.Last)) }

// figure is the indicator's number in a period: one cell, or what is shown of
// a table added up. parts are the rows of such a sum.
func (b *builder) figure(ctx context.Context, i funder.Indicator, p disclosure.Period) (sum disclosure.Figure, parts []Row, err error) {
	q := b.queryIn(i.Table, p)
	if !i.Added() {
		q.Value = i.Value
		if sum, err = b.src.Figure(ctx, q); err != nil {
			return sum, nil, fmt.Errorf("read indicator %s: %w", i, err)
		}
		return sum, nil, nil
	}
	rows, err := b.src.TableOf(ctx, q, nil)
	if err != nil {
		return sum, nil, fmt.Errorf("read indicator %s: %w", i, err)
	}
	var figures []disclosure.Figure
	for _, r := range rows {
		if !b.isBase(i.Table, r.Value) && b.s.Grant.Slice.Allows(i.Table, r.Value) {
			parts = append(parts, Row{Value: r.Value, Label: b.Label(i.Table, r.Value), Figure: r.Figure})
			figures = append(figures, r.Figure)
		}
	}
	return disclosure.Add(figures...), parts, nil
}

// isBase says whether a value only tells how many were asked.
func (b *builder) isBase(table cell.Table, value string) bool {
	for i := range b.found {
		if part, base := b.partOf(i); part.Table == table && base == value && base != "" {
			return true
		}
	}
	return false
}

func (b *builder) shareIn(tables []Table, target int) *Share {
	part, base := b.partOf(target)
	for _, table := range tables {
		for _, row := range table.Rows {
			if table.ID == part.Table && row.Value == part.Value && base != "" {
				return row.Share
			}
		}
	}
	return nil
}

// cards makes the four numbers at the top.
func (b *builder) cards(ctx context.Context, r Report) (cards []Card, err error) {
	for _, k := range []struct {
		table cell.Table
		title string
	}{{cell.Contact, "Contacts"}, {cell.Total, "Site usage"}, {cell.Issue, "Issues"}, {cell.Outcome, "Outcomes"}} {
		if !b.s.Grant.Slice.Allows(k.table, "") {
			continue
		}
		c := Card{Table: k.table, Title: k.title, Position: NoTarget, Source: funder.Website, Strict: b.src.IsStrict(b.queryIn(k.table, b.period))}
		if c.Figure, _, err = b.figure(ctx, funder.Indicator{Table: k.table}, b.period); err != nil {
			return nil, err
		}
		for _, p := range r.Progress {
			if p.Indicator.Table == k.table && p.Indicator.Value == "" && p.Target > 0 {
				c.Target, c.Position = p.Target, p.Position
			}
		}
		c.Sentence, c.Note = b.sentence(r, k.table)
		cards = append(cards, c)
	}
	return cards, nil
}
