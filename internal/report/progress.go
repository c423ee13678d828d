package report

import (
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

// progress says where each target of the grant stands.
func (b *builder) progress(ctx context.Context, r Report) (all []Progress, err error) {
	for _, t := range b.s.Grant.Targets {
		p := Progress{Indicator: t.Indicator, Wording: t.Wording, Target: t.Period, Whole: t.Whole, Note: t.How}
		if p.Figure, _, err = b.figure(ctx, t.Indicator, b.period); err != nil {
			return nil, err
		}
		if p.SoFar, p.Parts, err = b.figure(ctx, t.Indicator, b.soFar); err != nil {
			return nil, err
		}
		if share := shareIn(r.Tables, t); share != nil {
			p.Note = joinSentences(p.Note, share.String()+".")
		}
		p.Position = b.position(p)
		all = append(all, p)
	}
	return all, nil
}

// position is that of the period if it has a target, else that of the grant.
func (b *builder) position(p Progress) Position {
	if p.Target > 0 || p.Whole == 0 {
		return positionOf(p.Figure, p.Target, monthsIn(b.period), monthsIn(disclosure.Run(b.s.Period.First, b.s.Period.Last)))
	}
	periods := b.s.Grant.Periods()
	whole := disclosure.Run(periods[0].First, periods[len(periods)-1].Last)
	return positionOf(p.SoFar, p.Whole, monthsIn(b.soFar), monthsIn(whole))
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
		if !b.isBase(i.Table, r.Value) {
			parts = append(parts, Row{Value: r.Value, Label: b.Label(i.Table, r.Value), Figure: r.Figure})
			figures = append(figures, r.Figure)
		}
	}
	return disclosure.Add(figures...), parts, nil
}

// isBase says whether a value only tells how many were asked.
func (b *builder) isBase(table cell.Table, value string) bool {
	return slices.ContainsFunc(b.s.Grant.Targets, func(t funder.Target) bool {
		return t.Indicator.Table == table && t.OutOf == value
	})
}

func shareIn(tables []Table, t funder.Target) *Share {
	for _, table := range tables {
		for _, row := range table.Rows {
			if table.ID == t.Indicator.Table && row.Value == t.Indicator.Value && t.OutOf != "" {
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
		c := Card{Table: k.table, Title: k.title, Position: NoTarget}
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
